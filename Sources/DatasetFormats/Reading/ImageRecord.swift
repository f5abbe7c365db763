import Detection

/// One image as its label file tells it: nothing checked, nothing looked up.
struct ImageRecord {
    /// Where the image file may be, likeliest first: the first that is there counts, else the first.
    var names: [String] = []
    /// For an image that is nowhere, when another has the first of the names.
    var nameIfTaken: String?
    var width: Double?
    var height: Double?
    var split: String?
    /// Whether the boxes are fractions of the image.
    var isFractional = false
    var objects: [ObjectRecord] = []
    /// The label file, and the record's place in it.
    let bytes: FileBytes
    let place: Int

    init(_ bytes: FileBytes, at place: Int) {
        self.bytes = bytes
        self.place = place
    }
}

/// One object as its label file tells it.
struct ObjectRecord {
    var label: String?
    /// NaN edges where the file has no number.
    var box: BoundingBox?
    /// What the box was made of when it was none: "polygon", "circle".
    var outline: String?
    /// Why it is no object for us, instead of a box.
    var fault: String?
    var isCrowd = false
    var isDifficult = false
    var area: Double?
    var place: Int

    init(at place: Int) {
        self.place = place
    }
}

/// The records of a dataset, found but not kept: each is parsed when it is asked for.
protocol RecordSource {
    /// Classes that are listed, in their order.
    var categories: [String] { get }
    /// Whether no object may have a class that is not listed; otherwise the records are gone through once for their classes.
    var listsEveryCategory: Bool { get }
    /// The folder the image names are relative to.
    var imageRoot: String { get }
    /// Faults found on the way to the records.
    var issues: [DatasetIssue] { get }
    var count: Int { get }
    /// Throws when the record cannot be made sense of.
    func record(at index: Int) throws(DatasetError) -> ImageRecord
    /// Image files without a label file: images without objects. Those that a record names are passed over.
    var unlabelled: [String] { get }
    /// Whether an image file is there; asked for every name of a record.
    func hasImage(_ name: String) -> Bool
}

extension RecordSource {
    var listsEveryCategory: Bool { false }
    var issues: [DatasetIssue] { [] }
    var unlabelled: [String] { [] }
    func hasImage(_ name: String) -> Bool { DatasetFolder.exists(DatasetFolder.join(imageRoot, name)) }
}
