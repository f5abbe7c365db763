import Detection

/// Takes the images of a dataset one at a time into a format: checks them, keeps account of what the format cannot hold, brings the
/// image files along, and leaves the rest to the format's writer.
package struct DatasetSink {
    /// Whether image files are brought along, and from which folder.
    package enum Images: Sendable, Hashable {
        case none
        /// A missing file is an error.
        case required(String)
        /// A missing file is a loss.
        case optional(String)
    }

    private let format: any DatasetFormat.Type
    private let categories: [String]
    private let images: Images
    private let imageOutput: OutputFolder
    private var writer: any DatasetWriter
    private var ledger = LossLedger()
    private var used: [Bool]
    private var names: Set<String> = []
    private var stems: Set<String> = []

    package init(_ format: any DatasetFormat.Type, to folder: String, categories: [String], images: Images) throws(DatasetError) {
        self.format = format
        self.categories = categories
        self.images = images
        try DatasetFolder.makeFolder(folder)
        writer = try format.writer(to: folder, categories: categories)
        imageOutput = OutputFolder(DatasetFolder.join(folder, format.imageFolder))
        used = [Bool](repeating: false, count: categories.count)
    }

    /// Writes one image's labels. Throws for a name that leaves the folder or comes twice, a class that is not listed, a box that is
    /// not finite, and what the disk has to say.
    package mutating func add(_ entry: DatasetEntry) throws(DatasetError) {
        var entry = entry
        let source = entry.image.fileName
        try check(entry.image)
        entry.image.fileName = try name(for: source)
        fit(&entry)
        try place(source, as: entry.image.fileName)
        try writer.add(entry)
    }

    /// Completes the files.
    package mutating func finish() throws(DatasetError) -> LossLedger {
        try writer.finish()
        if !format.abilities.contains(.categoryList) {
            let kept = categories.indices.filter { used[$0] }.map { categories[$0] }
            let unused = categories.indices.filter { !used[$0] }.map { categories[$0] }
            ledger.add(.unusedCategories, unused.count, file: "", detail: unused.prefix(20).joined(separator: ", "))
            // Without a list, classes are read again in the order of their names.
            let moved = kept.sorted().enumerated().filter { $0.offset >= categories.count || categories[$0.offset] != $0.element }
            ledger.add(.renumbered, moved.count, file: "", detail: moved.prefix(20).map(\.element).joined(separator: ", "))
        }
        return ledger
    }

    private func check(_ image: LabelledImage) throws(DatasetError) {
        guard !image.fileName.isEmpty, DatasetFolder.contained(image.fileName) == image.fileName else {
            throw DatasetError(file: image.fileName, message: "an image's file name must be a relative path that does not climb")
        }
        guard image.width > 0, image.height > 0 else {
            throw DatasetError(file: image.fileName, message: "the image has no size, which \(format.title) needs")
        }
        for object in image.objects {
            guard categories.indices.contains(object.category), object.box.isFinite, object.area.isFinite else {
                throw DatasetError(file: image.fileName, message: "an object has no known class or a box that is not finite")
            }
        }
    }

    private mutating func name(for source: String) throws(DatasetError) -> String {
        var name = source
        if !format.abilities.contains(.sharedFiles) {
            let stem = DatasetFolder.withoutExtension(source), ending = DatasetFolder.pathExtension(of: source)
            guard !names.contains(source) else { throw Self.twice(source) }
            var number = 1
            while !stems.insert(DatasetFolder.withoutExtension(name)).inserted || (name != source && names.contains(name)) {
                name = "\(stem)_\(ending)\(number == 1 ? "" : "_\(number)").\(ending)"
                number += 1
            }
            if name != source { ledger.add(.renamed, file: source, detail: name) }
        }
        guard names.insert(source).inserted else { throw Self.twice(source) }
        return name
    }

    private static func twice(_ name: String) -> DatasetError {
        DatasetError(file: name, message: "the image comes twice, and the second would replace the first; rename one of the two")
    }

    /// Takes away what the format cannot hold, and writes it down.
    private mutating func fit(_ entry: inout DatasetEntry) {
        let abilities = format.abilities
        let file = entry.image.fileName
        var crowds = 0, difficult = 0, areas = 0, rounded = 0
        for index in entry.image.objects.indices {
            let object = entry.image.objects[index]
            used[object.category] = true
            if object.isCrowd, !abilities.contains(.crowds) { crowds += 1 }
            if object.isDifficult, !abilities.contains(.difficult) { difficult += 1 }
            if !abilities.contains(.areas), abs(object.area - object.box.area) > max(0.5, object.box.area * 1e-6) { areas += 1 }
            if !abilities.contains(.fractions) {
                let box = object.box.inWholePixels(width: entry.image.width, height: entry.image.height)
                let shift = max(
                    abs(box.xMin - object.box.xMin), abs(box.yMin - object.box.yMin), abs(box.xMax - object.box.xMax), abs(box.yMax - object.box.yMax))
                if shift > 1e-6 {
                    rounded += 1
                    ledger.largestShift = max(ledger.largestShift, shift)
                }
                entry.image.objects[index].box = box
            }
        }
        ledger.add(.crowds, crowds, file: file)
        ledger.add(.difficult, difficult, file: file)
        ledger.add(.areas, areas, file: file)
        ledger.add(.rounded, rounded, file: file)
        if let split = entry.split, !abilities.contains(.splits) {
            // Where the folders of the images tell the split, it is still told.
            if SplitName.told(byFoldersOf: entry.image.fileName) != split { ledger.add(.splits, file: file, detail: split) }
            entry.split = nil
        }
        if !abilities.contains(.imageSizes), images == .none { ledger.add(.imageSizes, file: file) }
    }

    private mutating func place(_ source: String, as name: String) throws(DatasetError) {
        switch images {
        case .none: break
        case .required(let folder):
            let from = DatasetFolder.join(folder, source)
            guard try imageOutput.link(from, as: name) else {
                throw DatasetError(file: from, message: "the image file is missing, so it cannot be placed in \(imageOutput.path)")
            }
        case .optional(let folder):
            if try !imageOutput.link(DatasetFolder.join(folder, source), as: name) { ledger.add(.imageFiles, file: source) }
        }
    }
}

extension BoundingBox {
    /// The nearest whole pixels, at least one each way and inside the image.
    func inWholePixels(width: Int, height: Int) -> BoundingBox {
        func edges(_ low: Double, _ high: Double, _ side: Double) -> (Double, Double) {
            let low = min(max(low.rounded(), 0), max(side - 1, 0)), high = min(high.rounded(), side)
            return (low, max(high, low + 1))
        }
        let (left, right) = edges(xMin, xMax, Double(width)), (top, bottom) = edges(yMin, yMax, Double(height))
        return BoundingBox(xMin: left, yMin: top, xMax: right, yMax: bottom)
    }
}
