/// Why two protocols give different numbers on this very set: the way from one to the other, one rule at a time, with the
/// number after each. The changes of all steps add up to the difference exactly; in another order single ones may differ.
package struct ProtocolComparison: Sendable, Hashable, Codable {
    package struct Step: Sendable, Hashable, Codable {
        /// Which rule was changed, in words.
        package var rule: String
        package var before: String
        package var after: String
        /// What in this set it touches, for example "12 crowd regions".
        package var concerns: String
        /// The mean over classes and overlaps after this step.
        package var meanAveragePrecision: Double
        /// The mean over classes at overlap 0.5 after this step; −1 where the rules do not match there.
        package var at50: Double
        /// Change of `meanAveragePrecision` by this step; 0 where nothing was measured.
        package var change: Double
    }

    /// The protocol at the start, and its numbers.
    package var from: String
    package var fromMeanAveragePrecision: Double
    package var fromAt50: Double
    package var to: String
    package var toMeanAveragePrecision: Double
    package var toAt50: Double
    /// Rules in which the two differ; none when they decide alike.
    package var steps: [Step]

    package init(from: any Evaluator, to: any Evaluator, on set: EvaluationSet, threads: Int? = nil) {
        func measured(_ rules: EvaluationRules) -> (mean: Double, half: Double) {
            let report = DetectionReport(
                protocolName: "", set: set, classes: ClassEvaluation.all(set, rules: rules, threads: threads), rules: rules)
            return (report.meanAveragePrecision, report.at50)
        }
        var rules = from.rules
        // Sizes have numbers of their own and no part in the mean.
        rules.areaRanges = [from.rules.areaRanges[0]]
        rules.recallLimits = []
        let start = measured(rules)
        var now = start
        var steps: [Step] = []
        let target = to.rules
        for toggle in RuleToggle.all where toggle.says(rules) != toggle.says(target) {
            let before = toggle.says(rules)
            toggle.apply(target, &rules)
            let next = measured(rules)
            steps.append(
                Step(
                    rule: toggle.rule, before: before, after: toggle.says(rules), concerns: toggle.concerns(set, from.rules, target),
                    meanAveragePrecision: next.mean, at50: next.half, change: next.mean > -1 && now.mean > -1 ? next.mean - now.mean : 0))
            now = next
        }
        self.from = from.protocolName
        (fromMeanAveragePrecision, fromAt50) = start
        self.to = to.protocolName
        (toMeanAveragePrecision, toAt50) = now
        self.steps = steps
    }
}
