/// One rule in which protocols differ: how to say it, how to take it over, and what of a set it touches.
struct RuleToggle: Sendable {
    let rule: String
    let says: @Sendable (EvaluationRules) -> String
    let apply: @Sendable (_ target: EvaluationRules, _ rules: inout EvaluationRules) -> Void
    let concerns: @Sendable (EvaluationSet, _ one: EvaluationRules, _ other: EvaluationRules) -> String

    /// In the order in which they are changed: what is measured first, how the number is made last.
    static let all: [RuleToggle] = [
        RuleToggle(
            rule: "overlaps", says: { text($0.overlaps) }, apply: { $1.overlaps = $0.overlaps },
            concerns: { _, one, other in "\(one.overlaps.count) and \(other.overlaps.count) overlaps are averaged" }),
        RuleToggle(
            rule: "crowd regions",
            says: { $0.crowds == .absorb ? "take any number of detections and count for none" : "are not there" },
            apply: { $1.crowds = $0.crowds },
            concerns: { set, _, _ in counted(set.truths.columns.flags.count { $0.contains(.crowd) }, "crowd region") }),
        RuleToggle(
            rule: "difficult objects", says: { $0.difficult == .ignored ? "count for nothing" : "count like any other" },
            apply: { $1.difficult = $0.difficult },
            concerns: { set, _, _ in counted(set.truths.columns.flags.count { $0.contains(.difficult) }, "difficult object") }),
        RuleToggle(
            rule: "least confidence", says: { $0.leastScore.isFinite ? "\($0.leastScore)" : "none" },
            apply: { $1.leastScore = $0.leastScore },
            concerns: { set, one, other in
                let floor = max(one.leastScore, other.leastScore)
                return counted(set.detections.columns.weights.count { $0 < floor }, "detection") + " below \(floor)"
            }),
        RuleToggle(
            rule: "most detections", says: { text($0.detectionLimit) }, apply: { $1.detectionLimit = $0.detectionLimit },
            concerns: { set, one, other in
                [one, other].filter { $0.detectionLimit != .none }
                    .map { counted(cut(set, by: $0), "detection") + " beyond the limit of \(text($0.detectionLimit))" }
                    .joined(separator: ", ")
            }),
        RuleToggle(
            rule: "equal scores", says: { $0.ties == .earlierFirst ? "the earlier detection first" : "the later detection first" },
            apply: { $1.ties = $0.ties }, concerns: { set, _, _ in counted(tied(set), "detection") + " with a score that its class has twice" }),
        RuleToggle(
            rule: "assignment",
            says: {
                $0.assignment == .bestFree
                    ? "a detection whose truth is taken goes to the next free one" : "a detection looks only at the truth it overlaps most"
            },
            apply: { $1.assignment = $0.assignment },
            concerns: { set, _, _ in counted(contested(set), "detection") + " overlapping two truths of its class by 0.5 or more" }),
        RuleToggle(
            rule: "integration", says: { text($0.integration) }, apply: { $1.integration = $0.integration },
            concerns: { set, _, _ in
                counted(set.classNames.indices.count { !set.truths.range(ofClass: $0).isEmpty }, "curve") + " of classes with truth"
            }),
    ]

    private static func text(_ overlaps: [Double]) -> String {
        overlaps == EvaluationRules.standardOverlaps ? "0.50 to 0.95 in steps of 0.05" : overlaps.map { "\($0)" }.joined(separator: ", ")
    }

    private static func text(_ limit: EvaluationRules.Limit) -> String {
        switch limit {
        case .none: "any number"
        case .perClass(let most): "\(most) an image and class"
        case .perImage(let most, let raised): "\(most) an image" + (raised ? ", more where a picture has more truths" : "")
        }
    }

    private static func text(_ integration: EvaluationRules.Integration) -> String {
        switch integration {
        case .points101: "mean of 101 points of the envelope"
        case .points11: "mean of 11 points of the envelope"
        case .area: "area under the stepwise envelope"
        case .trapezoids: "trapezoids between 101 points"
        case .trapezoidsFalling: "trapezoids between 101 points, falling straight to 0 at recall 1"
        }
    }

    private static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    /// Detections that a limit throws away.
    private static func cut(_ set: EvaluationSet, by rules: EvaluationRules) -> Int {
        let columns = set.detections.columns
        switch rules.detectionLimit {
        case .none: return 0
        case .perClass(let most):
            var lost = 0, run = 0
            for index in columns.images.indices {
                let goesOn =
                    index > 0 && columns.images[index] == columns.images[index - 1] && columns.classes[index] == columns.classes[index - 1]
                run = goesOn ? run + 1 : 1
                if run > most { lost += 1 }
            }
            return lost
        case .perImage:
            var limitOnly = rules
            limitOnly.leastScore = -.infinity
            return set.detectionCount - set.admitted(by: limitOnly).detectionCount
        }
    }

    private static func tied(_ set: EvaluationSet) -> Int {
        set.classNames.indices.reduce(0) { total, category in
            let scores = set.detections.columns.weights[set.detections.range(ofClass: category)].sorted()
            return total
                + scores.indices.count { place in
                    place > 0 && scores[place - 1] == scores[place] || place + 1 < scores.count && scores[place + 1] == scores[place]
                }
        }
    }

    private static func contested(_ set: EvaluationSet) -> Int {
        var count = 0
        set.forEachCell { truths, detections in
            guard truths.count > 1 else { return }
            count += detections.count { detection in
                truths.count { set.detections.columns.overlap(detection, with: set.truths.columns, $0) >= 0.5 } > 1
            }
        }
        return count
    }
}
