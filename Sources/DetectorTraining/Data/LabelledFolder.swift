package import Detection

/// Labelled images with the folder that their file names are relative to.
package struct LabelledFolder: Sendable {
    package var folder: String
    package var dataset: LabelledDataset

    package init(folder: String, dataset: LabelledDataset) {
        self.folder = folder
        self.dataset = dataset
    }

    func path(of image: LabelledImage) -> String { folder.isEmpty ? image.fileName : "\(folder)/\(image.fileName)" }
}
