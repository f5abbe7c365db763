package import DatasetFormats
import Detection

/// What a dataset is like: how much of what, how large, where. Labels are gone through once; nothing of them is kept.
package struct DatasetStatistics: Sendable, Hashable, Codable {
    /// Boxes by area, in COCO's bounds: below 32² pixels, below 96², larger.
    package struct Sizes: Sendable, Hashable, Codable {
        package var small = 0
        package var medium = 0
        package var large = 0

        mutating func add(_ area: Double) {
            if area < 1024 { small += 1 } else if area < 9216 { medium += 1 } else { large += 1 }
        }
    }

    package struct Category: Sendable, Hashable, Codable {
        package var name: String
        package var objects = 0
        /// Images that show it.
        package var images = 0
        package var sizes = Sizes()
    }

    package struct ImageSize: Sendable, Hashable, Codable {
        package var width: Int
        package var height: Int
        package var images: Int
    }

    /// Cells each way of the grid of centres.
    package static let grid = 32

    package var source: String
    package var format: String
    package var images = 0
    package var imagesWithoutObjects = 0
    package var objects = 0
    package var sizes = Sizes()
    package var categories: [Category]
    /// Images in each split.
    package var splits: [String: Int] = [:]
    package var objectsPerImage = Bins(
        [1, 2, 3, 4, 5, 10, 20, 50, 100], ["0", "1", "2", "3", "4", "5 to 9", "10 to 19", "20 to 49", "50 to 99", "100 and more"])
    /// The side of a square of the box's area, in pixels.
    package var boxSides = Bins([8, 16, 32, 64, 96, 128, 192, 256, 384, 512, 1024])
    /// The box's part of its image's area, in percent.
    package var boxShares = Bins([0.1, 0.5, 1, 2, 5, 10, 20, 50])
    /// Width by height.
    package var aspectRatios = Bins(
        [0.25, 0.5, 0.75, 1 / 0.75, 2, 4],
        ["higher than 4 : 1", "2 : 1 to 4 : 1 high", "4 : 3 to 2 : 1 high", "nearly square", "4 : 3 to 2 : 1 wide", "2 : 1 to 4 : 1 wide", "wider than 4 : 1"])
    /// The most frequent ones, and how many there are.
    package var imageSizes: [ImageSize] = []
    package var imageSizeCount = 0
    /// Centres of boxes, on a grid over the image: row after row from the top.
    package var centres = [Int](repeating: 0, count: grid * grid)
    package var issueCount = 0

    /// Reads the dataset at `path` once.
    package init(
        of path: String, format name: String? = nil, images folder: String? = nil, progress: DatasetConversion.Progress = { _, _ in }
    ) throws(DatasetError) {
        let format = try AllFormats.format(named: name, at: path)
        var reader = try format.open(at: path, images: folder)
        var log = IssueLog()
        source = path
        self.format = format.name
        categories = reader.categories.map { Category(name: $0) }
        var found: [[Int]: Int] = [:]
        while let entry = try reader.next(&log) {
            add(entry)
            found[[entry.image.width, entry.image.height], default: 0] += 1
            if images % 1000 == 0 { progress(reader.position, reader.count) }
        }
        progress(reader.count, reader.count)
        issueCount = log.count
        imageSizeCount = found.count
        imageSizes = found.map { ImageSize(width: $0.key[0], height: $0.key[1], images: $0.value) }
            .sorted { ($1.images, $0.width, $0.height) < ($0.images, $1.width, $1.height) }.prefix(20).map { $0 }
    }

    private mutating func add(_ entry: DatasetEntry) {
        let image = entry.image
        images += 1
        if image.objects.isEmpty { imagesWithoutObjects += 1 }
        if let split = entry.split { splits[split, default: 0] += 1 }
        objects += image.objects.count
        objectsPerImage.add(Double(image.objects.count))
        for category in Set(image.objects.map(\.category)) { categories[category].images += 1 }
        let (width, height) = (Double(image.width), Double(image.height))
        for object in image.objects {
            let box = object.box
            categories[object.category].objects += 1
            categories[object.category].sizes.add(box.area)
            sizes.add(box.area)
            boxSides.add(box.area.squareRoot())
            boxShares.add(box.area / (width * height) * 100)
            aspectRatios.add(box.width / box.height)
            func cell(_ place: Double, _ side: Double) -> Int { min(max(Int(place / side * Double(Self.grid)), 0), Self.grid - 1) }
            centres[cell(box.centerY, height) * Self.grid + cell(box.centerX, width)] += 1
        }
    }

    /// As aligned text.
    package var text: String {
        let width = max(20, (categories.map(\.name.count).max() ?? 0) + 2)
        func row(_ name: String, _ cells: [String]) -> String {
            name + String(repeating: " ", count: max(1, width - name.count)) + cells.map { String(repeating: " ", count: max(1, 10 - $0.count)) + $0 }.joined()
        }
        func part(_ title: String, _ bins: Bins) -> [String] {
            [title] + zip(bins.labels, bins.counts).filter { $1 > 0 }.map { row("  \($0)", ["\($1)"]) }
        }
        var lines = ["\(images) images (\(imagesWithoutObjects) without objects), \(objects) objects, \(categories.count) classes"]
        if !splits.isEmpty { lines.append("splits: " + splits.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")) }
        if issueCount > 0 { lines.append("\(issueCount) issues in the labels (dataset validate tells them)") }
        lines.append(row("class", ["objects", "images", "small", "medium", "large"]))
        lines += categories.map { row($0.name, [$0.objects, $0.images, $0.sizes.small, $0.sizes.medium, $0.sizes.large].map { "\($0)" }) }
        lines.append(row("all", [objects, images, sizes.small, sizes.medium, sizes.large].map { "\($0)" }))
        lines.append("small is below 32 × 32 pixels, medium below 96 × 96")
        lines += part("objects in an image", objectsPerImage)
        lines += part("side of a box in pixels (root of its area)", boxSides)
        lines += part("part of the image in percent", boxShares)
        lines += part("shape of a box", aspectRatios)
        lines.append("image sizes: \(imageSizeCount)")
        lines += imageSizes.prefix(10).map { row("  \($0.width) × \($0.height)", ["\($0.images)"]) }
        return lines.joined(separator: "\n")
    }
}
