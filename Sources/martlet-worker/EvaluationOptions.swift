import ArgumentParser
import Detection

/// How detections are measured.
struct EvaluationOptions: ParsableArguments {
    @Option(
        name: [.customLong("protocol"), .customLong("protocol-name")],
        help: "How to measure: \(EvaluationOptions.names.joined(separator: ", ")).")
    var protocolName = "coco"

    @Option(help: "Measure by a second protocol as well.")
    var compare: String?

    @Flag(help: "Say why the two protocols differ on these images: change one rule at a time, with the number after each.")
    var explain = false

    @Option(help: "Overlaps to match at instead of the protocol's own, for example 0.5 or 0.5,0.75; the protocol's name then says so.")
    var iou: String?

    /// Every name that `--protocol` takes.
    static let names = AllEvaluators.all.map(\.protocolName) + AllEvaluators.aliases.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }

    func validate() throws {
        _ = try overlaps()
        _ = try evaluator(protocolName)
        if let compare { _ = try evaluator(compare) }
        if explain, compare == nil { throw ValidationError("--explain needs a second protocol to explain the difference to: --compare PROTOCOL") }
    }

    var chosen: any Evaluator { get throws { try evaluator(protocolName) } }
    var other: (any Evaluator)? { get throws { try compare.map(evaluator) } }

    private func evaluator(_ name: String) throws -> any Evaluator {
        guard let evaluator = AllEvaluators.named(name) else {
            throw ValidationError("there is no protocol \"\(name)\"; known are \(Self.names.joined(separator: ", "))")
        }
        return try overlaps().map { AdjustedEvaluator(evaluator, overlaps: $0) } ?? evaluator
    }

    private func overlaps() throws -> [Double]? {
        guard let iou else { return nil }
        let values = iou.split(separator: ",", omittingEmptySubsequences: false).map { Double($0.filter { $0 != " " }) }
        guard values.count <= EvaluationRules.mostOverlaps, values.allSatisfy({ $0.map { $0 > 0 && $0 <= 1 } ?? false }) else {
            throw ValidationError("--iou must be up to \(EvaluationRules.mostOverlaps) numbers above 0 and up to 1, with commas between them")
        }
        return values.compactMap { $0 }
    }
}
