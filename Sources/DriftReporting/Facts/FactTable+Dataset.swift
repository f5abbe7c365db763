import DatasetFormats
package import Detection
import Foundation
package import Imaging

extension FactTable {
    /// Finds objects in a picture and names their classes; throws when the model cannot.
    package typealias Detect = (PixelImage) throws -> [(object: DetectedObject, name: String)]

    /// The facts of the pictures in a folder.
    /// - Parameters:
    ///   - annotations: the label file or folder when the labels are not in `folder`; without any labels the pictures alone
    ///     are measured.
    ///   - limit: at most so many pictures, spread evenly over the set.
    ///   - detect: the deployed model. What it sees in the baseline is compared with what it sees in production, which is
    ///     fairer than the labels: a model that overlooks every tenth can has not drifted because of it.
    package static func dataset(
        folder: String, annotations: String? = nil, limit: Int = 2000, detect: Detect? = nil
    ) throws -> FactTable {
        let (root, images, categories, notes) = try contents(folder: folder, annotations: annotations)
        var table = FactTable(rows: [], notes: notes)
        var unreadable: [String] = []
        let step = max(1, Double(images.count) / Double(max(1, limit)))
        let chosen = stride(from: 0, to: Double(images.count), by: step).map { images[Int($0)] }
        if chosen.count < images.count { table.notes.append("\(chosen.count) of the \(images.count) baseline images were measured") }
        for image in chosen {
            let path = root.isEmpty ? image.fileName : "\(root)/\(image.fileName)"
            do {
                let picture = try PixelImage(contentsOfFile: path)
                let seen = try detect?(picture)
                let objects =
                    if let seen {
                        seen.map { SeenObject($0.object.box, of: (picture.width, picture.height), category: $0.name, score: $0.object.score) }
                    } else {
                        image.objects.map { SeenObject($0.box, of: (image.width, image.height), category: categories[$0.category]) }
                    }
                table.rows.append(
                    Row(
                        name: image.fileName, facts: ImageFacts(of: picture).values,
                        objects: seen == nil && categories.isEmpty ? nil : objects))
            } catch let error as ImagingError {
                unreadable.append(error.description)
            }
        }
        table.objectSource = detect != nil ? .model : categories.isEmpty ? .none : .labels
        if let first = unreadable.first { table.notes.append("\(unreadable.count) baseline images were left out; the first: \(first)") }
        guard !table.rows.isEmpty else {
            throw DriftError("\(folder): no image of the baseline could be read\(unreadable.first.map { ": \($0)" } ?? ""); check --baseline")
        }
        return table
    }

    private typealias Contents = (root: String, images: [LabelledImage], categories: [String], notes: [String])

    private static func contents(folder: String, annotations: String?) throws -> Contents {
        // What `martlet-worker prepare` writes has the pictures that were learnt from in train.
        let isSplit = annotations == nil && FileManager.default.fileExists(atPath: folder + "/train/annotations")
        let folder = isSplit ? folder + "/train" : folder
        do {
            let labelled = try AllFormats.read(at: annotations ?? folder, images: annotations == nil ? nil : folder)
            let images = labelled.dataset.images.map { image in
                var image = image
                image.objects.removeAll { !labelled.dataset.categories.indices.contains($0.category) }
                return image
            }
            let notes = labelled.issues.isEmpty ? [] : ["the baseline's labels have \(labelled.issues.count) faults; the first: \(labelled.issues[0])"]
            return (labelled.imageRoot, images, labelled.dataset.categories, notes)
        } catch {
            if annotations != nil { throw error }
            let files = pictures(in: folder)
            guard !files.isEmpty else { throw error }
            let images = files.map { LabelledImage(fileName: $0, width: 0, height: 0, objects: []) }
            return (folder, images, [], ["the baseline has no labels beside its images, so predictions are compared only with a model"])
        }
    }

    private static func pictures(in folder: String) -> [String] {
        guard let files = FileManager.default.enumerator(atPath: folder) else { return [] }
        return files.compactMap { $0 as? String }.filter { ImageFormat(fileName: $0) != nil }.sorted()
    }
}

extension FactTable.SeenObject {
    /// A box in pixels of a picture of that size.
    init(_ box: BoundingBox, of size: (width: Int, height: Int), category: String, score: Double? = nil) {
        let area = Double(size.width) * Double(size.height)
        let inside = box.clipped(width: Double(size.width), height: Double(size.height))
        self.init(category: category, score: score, areaShare: area > 0 ? inside.area / area : nil)
    }
}
