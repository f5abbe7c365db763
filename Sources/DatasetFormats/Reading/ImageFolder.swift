/// Where image files are likely to be.
enum ImageFolder {
    /// The usual folders below `home`, likeliest first; the last is `home` itself.
    static func usual(below home: String) -> [String] {
        ["images", "Images", "JPEGImages", ""].map { DatasetFolder.join(home, $0) }
    }

    /// The first of `candidates` that holds one of `names` (those of the first images, each with the forms it may have); the first
    /// that is there when none does, else the last.
    static func likeliest(of candidates: [String], names: some Sequence<[String]>) -> String {
        let folders = candidates.filter { DatasetFolder.isFolder($0.isEmpty ? "." : $0) }
        let wanted = names.prefix(20).map { $0.map(DatasetFolder.contained) }
        return folders.first { folder in
            wanted.contains { $0.contains { !$0.isEmpty && DatasetFolder.exists(DatasetFolder.join(folder, $0)) } }
        } ?? folders.first ?? candidates.last ?? ""
    }
}

/// Looking for label files.
enum LabelFiles {
    /// The label files that belong to `path`: itself, or those in the folder and in its subfolders `folders`, or else those in each
    /// of its folders (its splits).
    static func find(at path: String, extension wanted: [String] = ["json"], in folders: [String] = [], looksRight: (FileBytes) -> Bool) -> [String] {
        func isRight(_ file: String) -> Bool { (try? FileBytes(path: file)).map(looksRight) ?? false }
        guard DatasetFolder.isFolder(path) else {
            let ending = DatasetFolder.pathExtension(of: path)
            return (wanted.contains(ending) || ending.isEmpty) && isRight(path) ? [path] : []
        }
        func matching(_ folder: String) -> [String] {
            let files = DatasetFolder.entries(of: folder).filter { $0 != ConversionReport.fileName }
                .filter { wanted.contains(DatasetFolder.pathExtension(of: $0)) }
                .map { DatasetFolder.join(folder, $0) }
            // A folder of thousands has a file for each image: the first ones tell whether there is anything for us.
            if files.count > 1000, !files.prefix(20).contains(where: isRight) { return [] }
            return files.filter(isRight)
        }
        var files = matching(path)
        for name in folders {
            if let folder = DatasetFolder.subfolder(of: path, named: [name]) { files += matching(DatasetFolder.join(path, folder)) }
        }
        if files.isEmpty { files = DatasetFolder.folders(in: path).prefix(100).flatMap { matching(DatasetFolder.join(path, $0)) } }
        return files
    }
}
