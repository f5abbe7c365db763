import Foundation

extension PixelImage {
    /// Reads and decodes a JPEG or PNG file. Errors name the file.
    package init(contentsOfFile path: String, limits: ImageLimits = .standard) throws(ImagingError) {
        let bytes: [UInt8]
        do {
            // The size is asked first: a huge file must not be read only to be refused.
            if let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int { try limits.check(byteCount: size) }
            bytes = Array(try Data(contentsOf: URL(filePath: path)))
        } catch let error as ImagingError {
            throw error.about(path)
        } catch {
            throw ImagingError(.unreadable, "\(path): the file cannot be read; check that it is there and may be read.")
        }
        do throws(ImagingError) {
            self = try ImageDecoder(limits: limits).decode(bytes, fileName: path)
        } catch {
            throw error.about(path)
        }
    }

    /// Encodes by the ending of the name (`.png`, `.jpg`) and replaces the file in one step.
    package func write(toFile path: String, quality: Int = 90) throws(ImagingError) {
        guard let format = ImageFormat(fileName: path) else {
            throw ImagingError(.invalidRequest, "\(path): cannot tell the format by the name; end it with .png or .jpg.")
        }
        let bytes = format == .png ? try ImageEncoder.png(self) : try ImageEncoder.jpeg(self, quality: quality)
        do {
            try Data(bytes).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw ImagingError(.unreadable, "\(path): the file cannot be written; check that its folder is there and may be written.")
        }
    }
}
