/// Every evaluator, as a list: what is listed here is offered, compared and tested.
package enum AllEvaluators {
    package static let all: [any Evaluator] = [
        COCOEvaluator(),
        VOCEvaluator(VOCSettings(integration: .allPoints)),
        VOCEvaluator(VOCSettings(integration: .elevenPoints)),
    ]

    /// The evaluator whose numbers carry `protocolName`.
    package static func named(_ protocolName: String) -> (any Evaluator)? {
        all.first { $0.protocolName == protocolName }
    }
}
