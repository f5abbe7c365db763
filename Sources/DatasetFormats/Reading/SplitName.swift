/// What people call the parts of a dataset.
enum SplitName {
    private static let known = [
        "train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val", "test": "test", "testing": "test",
    ]

    /// The part a file or folder name stands for (`train2017`, `Validation`, `training-mltable-folder`); nil when it stands for none.
    static func told(by name: some StringProtocol) -> String? {
        known[name.prefix { $0.isLetter }.lowercased()]
    }

    /// The part a folder on the way to a file stands for.
    static func told(byFoldersOf path: String) -> String? {
        path.utf8.split(separator: UInt8(ascii: "/")).dropLast().lazy.compactMap { known[Substring($0).lowercased()] }.first
    }

    /// A name that a label file gives a part: the usual name where it is one of these, else as it is; nil for "no part".
    static func given(_ name: String) -> String? {
        name.isEmpty || name.lowercased() == "default" ? nil : known[name.lowercased()] ?? name
    }

    /// A part's name as a file name: letters, digits, `-` and `_` of it.
    static func fileName(_ split: String?) -> String {
        let kept = (split ?? "default").map { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" ? $0 : "_" }
        return kept.isEmpty ? "default" : String(kept)
    }
}
