import Execution
import Foundation
import Kinds
import Resources
import Testing

@Suite("Which values the trials of a sweep take")
struct SearchSpaceTests {
    private static let wire: [String: JSON] = [
        "lr": ["loguniform", [-6, -1]], "batch": ["choice", [[8, 16, 32]]], "depth": ["randint", [4]], "drop": ["quniform", [0, 0.5, 0.1]],
        "w": ["normal", [10, 2]],
    ]

    @Test("the same trial gets the same values, another trial or seed others")
    func repeatable() throws {
        let space = try SearchSpace(Self.wire)
        #expect(space.randomPoint(3, seed: 1) == space.randomPoint(3, seed: 1))
        #expect(space.randomPoint(3, seed: 1) != space.randomPoint(4, seed: 1))
        #expect(space.randomPoint(3, seed: 1) != space.randomPoint(3, seed: 2))
        #expect(Set(space.randomPoint(0, seed: 0).keys) == Set(Self.wire.keys))
    }

    @Test("values stay in their ranges and spread over them")
    func distributions() throws {
        let space = try SearchSpace(Self.wire)
        let points = (0..<2000).map { space.randomPoint($0, seed: 7) }
        func numbers(_ name: String) -> [Double] { points.compactMap { $0[name].flatMap(Double.init) } }
        #expect(numbers("lr").allSatisfy { exp(-6.0)...exp(-1.0) ~= $0 })
        // The logarithm is what is uniform.
        let logs = numbers("lr").map { log($0) }
        #expect(abs(logs.reduce(0, +) / 2000 + 3.5) < 0.15)
        #expect(Set(points.compactMap { $0["batch"] }) == ["8", "16", "32"])
        #expect(Set(points.compactMap { $0["depth"] }) == ["0", "1", "2", "3"])
        #expect(numbers("drop").allSatisfy { abs(($0 * 10).rounded() - $0 * 10) < 1e-9 && 0...0.5 ~= $0 })
        let mean = numbers("w").reduce(0, +) / 2000
        let deviation = (numbers("w").map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 2000).squareRoot()
        #expect(abs(mean - 10) < 0.2 && abs(deviation - 2) < 0.2)
    }

    @Test("a grid visits every combination once, and a continuous space has none")
    func grid() throws {
        let space = try SearchSpace(["a": ["choice", [[1, 2]]], "b": ["choice", [["x", true]]], "c": ["randint", [3]]])
        let count = try #require(space.combinations)
        #expect(count == 12)
        let points = (0..<count).compactMap { space.gridPoint($0) }
        #expect(Set(points).count == 12)
        #expect(points.first == ["a": "1", "b": "x", "c": "0"])
        #expect(points.contains(["a": "2", "b": "True", "c": "2"]))
        #expect(space.gridPoint(12) == nil)
        #expect(try SearchSpace(["a": ["uniform", [0, 1]]]).combinations == nil)
    }

    @Test(
        "what is no way to vary a parameter is refused with its name",
        arguments: [
            ["uniform", [1]], ["uniform", [2, 1]], ["quniform", [0, 1, 0]], ["randint", [0]], ["choice", [[]]], ["dance", [1, 2]], "x", ["normal", ["a", 1]],
        ] as [JSON])
    func refused(parameter: JSON) {
        #expect { try SearchSpace(["lr": parameter]) } throws: { ($0 as? Problem)?.message.contains("searchSpace.lr") == true }
    }
}

@Suite("What a sweep does next")
struct SweepPlanTests {
    private func plan(
        _ trials: [(JobStatus, [Double])], total: Int = 5, concurrent: Int = 2, maximize: Bool = true, policy: EarlyTermination? = nil,
        cancel: Bool = false, late: Bool = false
    ) -> SweepPlan {
        SweepPlan.decide(
            trials: trials.enumerated().map { SweepPlan.Trial(number: $0.offset, status: $0.element.0, metrics: $0.element.1) }, total: total,
            concurrent: concurrent, isMaximized: maximize, policy: policy, cancelRequested: cancel, isLate: late)
    }

    @Test("trials start as room allows, until all have run")
    func start() {
        #expect(plan([]).start == [0, 1])
        #expect(plan([(.completed, []), (.running, [])]).start == [2])
        #expect(plan([(.running, []), (.running, [])]).start == [])
        #expect(plan([(.completed, []), (.failed, []), (.canceled, [])], total: 3).end == .completed)
        #expect(plan([(.failed, []), (.failed, [])], total: 2).end == .failed)
        #expect(plan([(.completed, [])], total: 2).end == nil)
    }

    @Test("the best is the greatest or the least value of a completed trial, the first of equals")
    func best() {
        let trials: [(JobStatus, [Double])] = [(.completed, [0.2, 0.9, 0.5]), (.completed, [0.9]), (.canceled, [0.99]), (.completed, [.nan])]
        #expect(plan(trials, total: 4).best?.number == 0)
        #expect(plan(trials, total: 4, maximize: false).best?.number == 0)
        #expect(plan(trials, total: 4, maximize: false).best?.value == 0.2)
        #expect(plan([(.completed, [])], total: 1).best == nil)
    }

    @Test("a cancelled or late sweep stops its trials and starts no more")
    func stop() {
        #expect(plan([(.running, []), (.cancelRequested, [])], cancel: true).cancel == [0])
        #expect(plan([(.completed, []), (.canceled, [])], cancel: true).end == .canceled)
        let late = plan([(.completed, [1]), (.running, [])], late: true)
        #expect(late.start.isEmpty && late.cancel == [1] && late.end == nil)
        #expect(plan([(.completed, [1]), (.canceled, [])], late: true).end == .completed)
        #expect(plan([(.canceled, [])], late: true).end == .failed)
    }

    @Test("the bandit stops what is too far from the best, in both directions of the goal")
    func bandit() {
        let factor = EarlyTermination(["policyType": "Bandit", "slackFactor": 0.1, "evaluationInterval": 1])
        #expect(plan([(.running, [0.95]), (.running, [0.85]), (.running, [1.0])], policy: factor).cancel == [1])
        #expect(plan([(.running, [1.05]), (.running, [1.2]), (.running, [1.0])], maximize: false, policy: factor).cancel == [1])
        let amount = EarlyTermination(["policyType": "Bandit", "slackAmount": 0.2])
        #expect(plan([(.running, [0.7]), (.completed, [1.0])], policy: amount).cancel == [0])
        #expect(plan([(.running, [0.85]), (.completed, [1.0])], policy: amount).cancel == [])
    }

    @Test("nothing is judged before its delay, nor between intervals")
    func patience() {
        let policy = EarlyTermination(["policyType": "Bandit", "slackFactor": 0.1, "evaluationInterval": 2, "delayEvaluation": 4])
        #expect(plan([(.running, [0.1, 0.1, 0.1]), (.running, [1.0])], policy: policy).cancel == [])
        #expect(plan([(.running, [0.1, 0.1, 0.1, 0.1]), (.running, [1.0])], policy: policy).cancel == [0])
        // The fifth report is not looked at yet.
        #expect(plan([(.running, [0.95, 0.1, 0.1, 0.1, 2.0]), (.running, [1.0])], policy: policy).cancel == [0])
    }

    @Test("median stopping compares with the running averages of the others at the same report")
    func median() {
        let policy = EarlyTermination(["policyType": "MedianStopping", "evaluationInterval": 1])
        #expect(plan([(.running, [0.1, 0.2]), (.completed, [0.5, 0.7]), (.running, [0.6, 0.8])], policy: policy).cancel == [0])
        #expect(plan([(.running, [0.1])], policy: policy).cancel == [])
    }

    @Test("truncation stops the worst share")
    func truncation() {
        let policy = EarlyTermination(["policyType": "TruncationSelection", "truncationPercentage": 50, "evaluationInterval": 1])
        #expect(plan([(.running, [0.1]), (.running, [0.2]), (.running, [0.8]), (.completed, [0.9])], policy: policy).cancel == [0, 1])
        let excluding = EarlyTermination([
            "policyType": "TruncationSelection", "truncationPercentage": 50, "evaluationInterval": 1, "excludeFinishedJobs": true,
        ])
        #expect(plan([(.completed, [0.1]), (.running, [0.2]), (.running, [0.8])], policy: excluding).cancel == [1])
        #expect(EarlyTermination(nil) == nil && EarlyTermination(["policyType": "Dance"]) == nil)
    }
}

@Suite("The command of a parallel step")
struct ParallelDriverTests {
    private static let spec: JSON = [
        "input_data": "${{inputs.images}}", "mini_batch_size": "5", "max_concurrency_per_instance": 2, "error_threshold": -1,
        "retry_settings": ["max_retries": 1, "timeout": 60],
        "task": [
            "entry_script": "it's.py", "program_arguments": "--model ${{inputs.model}}", "append_row_to": "${{outputs.rows}}",
        ],
    ]

    @Test("names every setting; what the step says goes before what the component says")
    func command() throws {
        let text = try ParallelDriver.command(spec: Self.spec, step: ["resources": ["instance_count": 3], "mini_batch_size": "7"])
        #expect(
            text == "martlet-parallel --entry-script 'it'\\''s.py' --input-data \"${{inputs.images}}\" --processes 6 "
                + "--mini-batch-size='7' --error-threshold='-1' --max-retries='1' --timeout='60' "
                + "--append-row-to \"${{outputs.rows}}\" -- --model ${{inputs.model}}")
    }

    @Test("without a script or an input there is none")
    func incomplete() {
        #expect(throws: Problem.self) { try ParallelDriver.command(spec: [:], step: [:]) }
        #expect(throws: Problem.self) { try ParallelDriver.command(spec: ["input_data": "x", "task": [:]], step: [:]) }
    }

    @Test("the driver does every mini-batch once, in order, tries again, and gives up at the threshold")
    func driver() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-driver-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder.appending(path: "in"), withIntermediateDirectories: true)
        try ParallelDriver.install(in: folder.path)
        for number in 1...5 { try "\(number)".write(to: folder.appending(path: "in/\(number).txt"), atomically: true, encoding: .utf8) }
        let script = """
            import os, sys
            def init():
                global folder
                folder = sys.argv[1]
            def run(mini_batch):
                rows = [open(path).read() for path in mini_batch]
                mark = os.path.join(folder, "seen" + rows[0])
                if "3" in rows and not os.path.exists(mark):
                    open(mark, "w").close()
                    raise ValueError("the first time")
                if "5" in rows and "--strict" in sys.argv:
                    raise ValueError("always")
                return rows
            """
        try script.write(to: folder.appending(path: "entry.py"), atomically: true, encoding: .utf8)
        func run(_ arguments: String...) throws -> Int32 {
            let process = Process()
            process.executableURL = folder.appending(path: "martlet-parallel")
            process.currentDirectoryURL = folder
            process.arguments =
                ["--entry-script", "entry.py", "--input-data", "in", "--mini-batch-size", "2", "--processes", "2", "--append-row-to", "out/rows.txt"]
                + arguments
            process.standardError = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            return process.terminationStatus
        }
        #expect(try run("--", folder.path) == 0)
        #expect(try String(contentsOf: folder.appending(path: "out/rows.txt"), encoding: .utf8) == "1\n2\n3\n4\n5\n")
        #expect(FileManager.default.fileExists(atPath: folder.appending(path: "seen3").path))
        #expect(try run("--max-retries", "0", "--", folder.path, "--strict") == 0)
        #expect(try String(contentsOf: folder.appending(path: "out/rows.txt"), encoding: .utf8) == "1\n2\n3\n4\n")
        #expect(try run("--max-retries", "0", "--mini-batch-error-threshold", "0", "--", folder.path, "--strict") == 1)
        #expect(try run("--input-data", "nowhere", "--", folder.path) == 1)
    }
}
