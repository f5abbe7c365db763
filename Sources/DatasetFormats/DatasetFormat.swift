package import Detection

/// One way of keeping labelled images on disk. A format is a folder here: the format (how to tell it by looking), what finds and
/// parses its records, and its writer.
///
/// Boxes are plain edges in pixels from the top left corner, as `BoundingBox` has them; a format that counts otherwise (Pascal
/// VOC) converts as it reads and writes.
package protocol DatasetFormat: SendableMetatype {
    /// As in `--format`, for example `coco`.
    static var name: String { get }
    /// As people say it, for example "Pascal VOC".
    static var title: String { get }
    /// What its files hold; the rest is lost on writing, and reported.
    static var abilities: FormatAbilities { get }
    /// Where the image files go, below the folder that is written; empty for the folder itself.
    static var imageFolder: String { get }

    /// What at `path` (a folder or a file) speaks for this format, in a few words; nil when nothing does.
    static func detect(at path: String) -> String?

    /// Finds the labels at `path`, without keeping them in memory.
    /// - Parameter images: the folder the file names are relative to; nil to look for it beside the labels.
    static func open(at path: String, images: String?) throws(DatasetError) -> DatasetReader

    /// A writer of the format's usual layout into `folder`, which is made when missing.
    static func writer(to folder: String, categories: [String]) throws(DatasetError) -> any DatasetWriter
}

/// What label files of a format can hold, beside file names, boxes and classes by name.
package struct FormatAbilities: OptionSet, Sendable, Hashable {
    package let rawValue: Int

    package init(rawValue: Int) {
        self.rawValue = rawValue
    }

    /// COCO's crowd regions.
    package static let crowds = Self(rawValue: 1)
    /// Pascal VOC's "difficult".
    package static let difficult = Self(rawValue: 2)
    /// Areas that are not those of the boxes.
    package static let areas = Self(rawValue: 4)
    /// Which images are to learn from, and which to measure with.
    package static let splits = Self(rawValue: 8)
    /// The list of classes: its order, and classes without objects.
    package static let categoryList = Self(rawValue: 16)
    /// Widths and heights of the images; without them reading needs the image files.
    package static let imageSizes = Self(rawValue: 32)
    /// Edges between two pixels.
    package static let fractions = Self(rawValue: 64)
    /// One label file for many images; without it two images whose names differ only in their extension cannot be told apart.
    package static let sharedFiles = Self(rawValue: 128)
}

/// One labelled image, and the part of the dataset it belongs to.
package struct DatasetEntry: Sendable, Hashable {
    package var image: LabelledImage
    /// `train`, `val`, `test` or a name of the user's own; nil when the set is not divided.
    package var split: String?

    package init(_ image: LabelledImage, split: String? = nil) {
        self.image = image
        self.split = split
    }
}

/// Writes label files while the images come. Names are relative and unique, classes known, boxes finite: `DatasetSink` sees to it.
package protocol DatasetWriter {
    mutating func add(_ entry: DatasetEntry) throws(DatasetError)
    /// Writes what comes last and gives the files their names. Without it no complete label file is left.
    mutating func finish() throws(DatasetError)
}
