import Foundation
import TensorEngine
import Testing

/// The tensor engine of this test run, if its plug-in is built and a tensor library is installed.
enum EngineAtHand {
    static let engine: TensorEngine? = {
        let engine = try? TensorEngine.load()
        // One thread: results that repeat to the last bit, and no fight over the cores with other suites.
        engine?.threadCount = 1
        return engine
    }()

    /// Skips a test, visibly, where there is no engine.
    static let isReady: any SuiteTrait & TestTrait = ConditionTrait.enabled(
        if: engine != nil, "there is no tensor engine beside the tests; run `make setup-engine` and build again")

    static func require() throws -> TensorEngine { try #require(engine) }
}

/// A folder of its own for a test, removed with the value.
final class TemporaryFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("martlet-training-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}
