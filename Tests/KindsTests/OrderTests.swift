import Foundation
import Kinds
import Resources
import Testing

/// Every YAML document of the order (../shared/seed.md), read in the folders that the order describes.
@Suite struct OrderTests {
    static let file = RealYAML.root.appending(path: "../../seed.md").standardizedFileURL

    /// The documents by their file names in the order, in order of appearance.
    static let places = [
        ("data/image_data.yml", "data"), ("data/annotation_data.yml", "data"), ("environments/yolov8_env.yml", "environment"),
        ("pipelines/train_job.yml", "job"), ("model_register.yml", "model"), ("endpoints/online_endpoint.yml", "online-endpoint"),
        ("endpoints/online_deployment.yml", "online-deployment"), ("pipelines/training_pipeline.yml", "job"),
    ]

    static func blocks() -> [String] {
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
        var blocks: [String] = []
        var current: [Substring]?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.trimmingCharacters(in: .whitespaces).hasPrefix("```") {
                if let lines = current, lines.first?.contains("$schema") == true || lines.first?.contains("name: yolov8-env") == true {
                    blocks.append(lines.map { $0.hasPrefix("    ") ? String($0.dropFirst(4)) : String($0) }.joined(separator: "\n") + "\n")
                }
                current = current == nil ? [] : nil
            } else {
                current?.append(line)
            }
        }
        return blocks
    }

    @Test("all of them are accepted as they are written", .enabled(if: !blocks().isEmpty)) func documents() throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "order-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        for folder in ["data", "environments", "pipelines", "endpoints", "src"] {
            try FileManager.default.createDirectory(at: root.appending(path: folder), withIntermediateDirectories: true)
        }
        try "def init(): pass\n".write(to: root.appending(path: "src/score.py"), atomically: true, encoding: .utf8)
        var blocks = Self.blocks()
        let conda = try #require(blocks.firstIndex { $0.hasPrefix("name: yolov8-env") })
        let path = root.appending(path: "environments/conda_dependencies.yml")
        try blocks.remove(at: conda).write(to: path, atomically: true, encoding: .utf8)
        try #require(blocks.count == Self.places.count)
        for (block, (path, noun)) in zip(blocks, Self.places) {
            let file = root.appending(path: path)
            try block.write(to: file, atomically: true, encoding: .utf8)
            let kind = try #require(AllKinds.kind(noun: noun))
            let draft = try kind.draft(from: YAMLDocument(contentsOfFile: file.path), workspace: .standard)
            let properties = try #require(draft.body["properties"])
            switch path {
            case "pipelines/train_job.yml":
                #expect(properties["command"]?.stringValue?.hasSuffix("--model_output_path ${{outputs.model_output_folder}}") == true)
                #expect(properties["inputs"]?["learning_rate"]?["value"] == "0.001")
                #expect(draft.uploads.map(\.pointer) == [["properties", "codeId"]])
            case "model_register.yml": #expect(properties["properties"]?["mAP"] == "0.75")
            case "environments/yolov8_env.yml":
                #expect(properties["condaFile"]?.stringValue?.contains("pytorch::pytorch torchvision torchaudio pytorch-cuda=11.8") == true)
            case "endpoints/online_deployment.yml":
                #expect(draft.parent == "fridge-detector-endpoint")
                #expect(draft.uploads.map(\.pointer) == [["properties", "codeConfiguration", "codeId"]])
            case "pipelines/training_pipeline.yml":
                #expect(properties["jobs"]?.pipelineEdges == ["train_model_job": [], "register_model_job": ["train_model_job"]])
                #expect(draft.inlineAssets.count == 2)
            default: break
            }
        }
    }
}
