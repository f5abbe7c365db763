/// Walks the segments of a JPEG file (ITU T.81, annex B) up to the frame header.
enum JPEGHeader {
    static func read(_ file: ByteView) throws(ImagingError) -> ImageHeader {
        var orientation = ImageOrientation.upright
        var position = 2
        while true {
            // Any number of fill bytes may precede a marker; stray bytes between segments are skipped as libjpeg does.
            while let byte = file[position], byte != 0xFF { position += 1 }
            while file[position] == 0xFF { position += 1 }
            guard let marker = file[position] else {
                throw ImagingError(.truncated, "the JPEG file ends before its picture starts (\(file.count) bytes).")
            }
            position += 1
            switch marker {
            case 0x00, 0x01, 0xD0...0xD8:
                continue
            case 0xD9, 0xDA:
                throw ImagingError(.damaged, "the JPEG file has no frame header before its picture data.")
            default:
                break
            }
            guard let length = file.uint16(at: position), length >= 2 else {
                throw ImagingError(.truncated, "the JPEG file ends within a segment (\(file.count) bytes).")
            }
            if isFrame(marker) { return try frame(file, at: position, orientation: orientation) }
            if marker == 0xE1, file.text(at: position + 2, count: 6) == "Exif\0\0" {
                orientation = exifOrientation(file, tiff: position + 8, end: position + length) ?? orientation
            }
            position += length
        }
    }

    /// SOF0…SOF15 without the three numbers in between that mean something else (DHT, JPG, DAC).
    private static func isFrame(_ marker: UInt8) -> Bool {
        (0xC0...0xCF).contains(marker) && marker != 0xC4 && marker != 0xC8 && marker != 0xCC
    }

    private static func frame(
        _ file: ByteView, at position: Int, orientation: ImageOrientation
    ) throws(ImagingError) -> ImageHeader {
        guard let depth = file[position + 2], let height = file.uint16(at: position + 3),
            let width = file.uint16(at: position + 5), let channels = file[position + 7]
        else { throw ImagingError(.truncated, "the JPEG file ends within its frame header (\(file.count) bytes).") }
        guard width > 0, height > 0, channels > 0 else {
            throw ImagingError(.damaged, "the JPEG file says it is \(width) × \(height) pixels with \(channels) components.")
        }
        guard depth == 8 else {
            throw ImagingError(.unsupportedFormat, "the JPEG file has \(depth) bits per component; 8 are supported.")
        }
        return ImageHeader(
            format: .jpeg, width: width, height: height, channels: Int(channels), bitDepth: Int(depth), orientation: orientation)
    }

    /// Tag 0x0112 of the first directory of the TIFF structure that Exif embeds; nil when absent or broken.
    private static func exifOrientation(_ file: ByteView, tiff: Int, end: Int) -> ImageOrientation? {
        let littleEndian: Bool
        switch file.text(at: tiff, count: 2) {
        case "II": littleEndian = true
        case "MM": littleEndian = false
        default: return nil
        }
        guard let directory = file.uint32(at: tiff + 4, littleEndian: littleEndian), directory < end - tiff,
            let entries = file.uint16(at: tiff + directory, littleEndian: littleEndian)
        else { return nil }
        for entry in 0..<entries {
            let position = tiff + directory + 2 + entry * 12
            guard position + 12 <= end, let tag = file.uint16(at: position, littleEndian: littleEndian) else { return nil }
            guard tag == 0x0112 else { continue }
            guard let value = file.uint16(at: position + 8, littleEndian: littleEndian) else { return nil }
            return UInt8(exactly: value).flatMap(ImageOrientation.init(rawValue:))
        }
        return nil
    }
}
