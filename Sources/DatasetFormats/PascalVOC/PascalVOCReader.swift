import Detection
import Foundation

/// Reads a folder of VOC annotations. Images without an annotation file are kept as images without objects; an image whose
/// annotation cannot be read is left out, because nobody knows what is in it.
struct PascalVOCReader {
    let folder: String
    let files: [String]
    let imageRoot: String
    let classFile: String

    func read() -> ImportedDataset {
        var issues: [DatasetIssue] = []
        var annotations: [(file: String, annotation: PascalVOCAnnotation)] = []
        for file in files {
            let path = DatasetFolder.join(folder, file)
            do throws(DatasetError) {
                annotations.append((file, try PascalVOCAnnotation(contentsOf: path)))
            } catch {
                issues.append(DatasetIssue(file: error.file, line: error.line, severity: .error, message: error.message))
            }
        }

        var names = CategoryList(listedClasses())
        for name in Set(annotations.flatMap { $0.annotation.objects.map(\.name) }).sorted() { _ = names.index(of: name) }

        let imageFiles = DatasetFolder.files(under: imageRoot).filter(DatasetFolder.isImage)
        let known = Set(imageFiles)
        let byStem = Dictionary(imageFiles.map { (DatasetFolder.withoutExtension($0), $0) }, uniquingKeysWith: { first, _ in first })
        // Broken annotations claim their image too.
        var claimed = Set(files.compactMap { byStem[DatasetFolder.withoutExtension($0)] })
        var images: [LabelledImage] = []
        var listed: Set<String> = []
        for (file, annotation) in annotations {
            let path = DatasetFolder.join(folder, file)
            func report(_ severity: DatasetIssue.Severity, _ message: String, line: Int? = nil) {
                issues.append(DatasetIssue(file: path, line: line, severity: severity, message: message))
            }
            // The annotation's own name is believed when that file is there; its place in the tree is the second guess.
            let stem = DatasetFolder.withoutExtension(file)
            let beside = DatasetFolder.join(DatasetFolder.parent(of: file), annotation.fileName)
            let found = [beside, annotation.fileName].first { !annotation.fileName.isEmpty && known.contains($0) } ?? byStem[stem]
            let fileName = found ?? (annotation.fileName.isEmpty ? stem + ".jpg" : beside)
            if found == nil { report(.warning, "the image file \(fileName) is not in \(imageRoot)") }
            guard listed.insert(fileName).inserted else {
                report(.error, "the image \(fileName) has more than one annotation file; the first is used")
                continue
            }
            claimed.insert(fileName)
            guard let size = annotation.size ?? (try? ImageHeader.size(ofFileAt: DatasetFolder.join(imageRoot, fileName))) else {
                report(.error, "has no usable size, and the image file does not tell; it was left out")
                continue
            }
            var objects: [LabelledObject] = []
            for object in annotation.objects {
                guard
                    let box = BoxCheck(object.box, width: size.width, height: size.height)
                        .box(reporting: { report($0, "\(object.name): \($1)", line: object.line) })
                else { continue }
                objects.append(LabelledObject(box: box, category: names.index(of: object.name), isDifficult: object.isDifficult))
            }
            images.append(LabelledImage(fileName: fileName, width: size.width, height: size.height, objects: objects))
        }
        for fileName in imageFiles where !claimed.contains(fileName) {
            do throws(DatasetError) {
                let size = try ImageHeader.size(ofFileAt: DatasetFolder.join(imageRoot, fileName))
                images.append(LabelledImage(fileName: fileName, width: size.width, height: size.height, objects: []))
            } catch {
                issues.append(DatasetIssue(file: error.file, severity: .error, message: error.message))
            }
        }
        images.sort { $0.fileName < $1.fileName }
        return ImportedDataset(
            format: PascalVOCFormat.name, dataset: LabelledDataset(categories: names.names, images: images), imageRoot: imageRoot,
            issues: issues)
    }

    private func listedClasses() -> [String] {
        guard let data = try? DatasetFolder.read(classFile) else { return [] }
        return YOLONames(lines: String(decoding: data, as: UTF8.self)).names
    }
}
