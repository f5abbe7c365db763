import Detection
import DetectorTraining
import Foundation
import Inference
import TensorEngine
import Testing

@Suite(EngineAtHand.isReady, .serialized) struct TrainerTests {
    private static var settings: TrainingSettings {
        var settings = TrainingSettings()
        settings.imgsz = 64
        settings.batch = 3
        settings.epochs = 3
        settings.threads = 1
        settings.close_mosaic = 1
        settings.warmup_epochs = 1
        return settings
    }

    private static func trainer(_ settings: TrainingSettings, _ set: LabelledFolder, _ output: String) throws -> Trainer {
        try Trainer(
            settings: settings, training: set, validation: set, outputFolder: output, engine: try EngineAtHand.require())
    }

    @Test func `training on a tiny set lowers the loss and writes every file`() throws {
        let folder = try TemporaryFolder()
        let set = try DrawnSet.write(to: folder, count: 6, side: 64)
        var settings = Self.settings
        (settings.epochs, settings.close_mosaic, settings.lr0) = (12, 10, 0.004)
        settings.val_period = 12
        (settings.ema_tau, settings.ema_decay) = (5, 0.8)
        var reports: [EpochReport] = []
        let summary = try Self.trainer(settings, set, folder.path("out")).run(onEvent: { event in
            if case .epoch(let report) = event { reports.append(report) }
        })
        let (first, last) = (try #require(reports.first), try #require(reports.last))
        #expect(reports.count == 12)
        #expect(last.loss.total < first.loss.total * 0.85)
        #expect(last.metrics.contains { $0.name == "metrics/mAP50(B)" })
        for file in summary.files { #expect(FileManager.default.fileExists(atPath: folder.path("out/\(file)")), "\(file)") }

        let (detections, report) = try DetectorEvaluation.evaluate(
            weightsPath: folder.path("out/best.safetensors"), data: set, engine: EngineAtHand.require())
        #expect(detections.count == 6)
        #expect(report.at50 == summary.best?.at50)
        #expect(report.truthCount == 6)
    }

    @Test func `a training that was interrupted ends with the same weights`() throws {
        let folder = try TemporaryFolder()
        let set = try DrawnSet.write(to: folder, count: 6, side: 64)
        _ = try Self.trainer(Self.settings, set, folder.path("whole")).run()

        // Stopped within the second epoch, as a kill would: the checkpoint is of the first.
        var steps = 0
        let stopped = try Self.trainer(Self.settings, set, folder.path("parts")).run(shouldStop: {
            steps += 1
            return steps > 3
        })
        #expect(stopped.ending == .stopped)
        #expect(stopped.epochs == 1)
        var settings = Self.settings
        settings.resume = true
        let resumed = try Self.trainer(settings, set, folder.path("parts")).run()
        #expect(resumed.ending == .finished)
        #expect(resumed.epochs == 3)

        let whole = try SafeTensors(path: folder.path("whole/last.safetensors"))
        let parts = try SafeTensors(path: folder.path("parts/last.safetensors"))
        #expect(whole.names == parts.names)
        for name in whole.names where !name.hasSuffix("num_batches_tracked") {
            #expect(try whole.floats(name) == parts.floats(name), "\(name)")
        }
        let lines = try String(contentsOfFile: folder.path("parts/results.csv"), encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 4)
    }

    @Test func `a training killed in mid-epoch goes on along the same curve`() throws {
        let folder = try TemporaryFolder()
        let set = try DrawnSet.write(to: folder, count: 6, side: 64)
        _ = try Self.trainer(Self.settings, set, folder.path("whole")).run()
        // What kill -9 leaves is what lies on the disk at that moment. (An exit test would wait for the children of other tests.)
        struct Killed: Error {}
        var steps = 0
        #expect(throws: Killed.self) {
            _ = try Self.trainer(Self.settings, set, folder.path("dying")).run(onEvent: { event in
                guard case .step = event else { return }
                steps += 1
                guard steps == 4 else { return }
                // The checkpoint of the first epoch is written beside the training.
                while try Trainer.interruptedSettings(in: folder.path("dying")) == nil { usleep(1000) }
                try FileManager.default.copyItem(atPath: folder.path("dying"), toPath: folder.path("killed"))
                throw Killed()
            })
        }
        var settings = try #require(try Trainer.interruptedSettings(in: folder.path("killed")))
        #expect(settings.epochs == 3)
        settings.resume = true
        #expect(try Self.trainer(settings, set, folder.path("killed")).run().epochs == 3)

        func curve(_ name: String) throws -> [[Substring]] {
            let text = try String(contentsOfFile: folder.path("\(name)/results.csv"), encoding: .utf8)
            // All but the times.
            return text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }.map { Array($0[2...7]) + [$0[0]] }
        }
        #expect(try curve("killed") == curve("whole"))
        #expect(try curve("whole").count == 4)
    }

    @Test func `a training starts from the weights of a .pt file with other classes`() throws {
        let folder = try TemporaryFolder()
        let set = try DrawnSet.write(to: folder, count: 4, side: 64)
        var model = PickledModel()
        model.architecture = DetectorArchitecture(scale: .nano, classCount: 7)
        try model.encoded().write(to: URL(fileURLWithPath: folder.path("seven.pt")))
        var settings = Self.settings
        (settings.epochs, settings.pretrained) = (1, folder.path("seven.pt"))
        // So slow that the weights stay what they were.
        (settings.lr0, settings.weight_decay) = (1e-12, 0)
        var notes: [String] = []
        _ = try Self.trainer(settings, set, folder.path("out")).run(onEvent: { if case .note(let note) = $0 { notes.append(note) } })
        #expect(notes.contains { $0.contains("6 of the head") }, "\(notes)")
        let (given, taken) = (try UltralyticsCheckpoint(path: folder.path("seven.pt")).weights, try SafeTensors(path: folder.path("out/last.safetensors")))
        for name in ["model.0.conv.weight", "model.9.cv2.conv.weight", "model.22.cv2.1.2.bias"] {
            #expect(try zip(given.floats(name), taken.floats(name)).allSatisfy { abs($0 - $1) < 1e-5 }, "\(name)")
        }

        settings.model = "yolov8s"
        #expect(throws: TrainingError.self) { try Self.trainer(settings, set, folder.path("other")).run() }
        settings.model = nil
        settings.device = "cuda:7"
        let error = #expect(throws: TrainingError.self) { try Self.trainer(settings, set, folder.path("card")).run() }
        #expect(error?.description.contains("cuda:7") == true)
    }

    @Test func `data and settings that cannot work together are refused before anything is written`() throws {
        let folder = try TemporaryFolder()
        var set = try DrawnSet.write(to: folder, count: 3, side: 64)
        var other = set
        other.dataset.categories = ["x", "y"]
        let engine = try EngineAtHand.require()
        #expect(throws: TrainingError.self) {
            try Trainer(settings: Self.settings, training: set, validation: other, outputFolder: folder.path("o"), engine: engine)
        }
        set.dataset.images[0].objects[0].category = 9
        #expect(throws: TrainingError.self) {
            try Trainer(settings: Self.settings, training: set, validation: nil, outputFolder: folder.path("o"), engine: engine)
        }
        set.dataset.images = []
        #expect(throws: TrainingError.self) {
            try Trainer(settings: Self.settings, training: set, validation: nil, outputFolder: folder.path("o"), engine: engine)
        }
    }
}
