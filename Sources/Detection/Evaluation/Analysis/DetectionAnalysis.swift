/// What a detector does well and badly, beyond one number: curves, confusion, thresholds, and its mistakes by type. Matching is
/// COCO's at overlap 0.5 unless a part says otherwise.
package struct DetectionAnalysis: Sendable, Hashable, Codable {
    /// Precision at recall 0, 0.01 … 1; empty without truth.
    package struct Curve: Sendable, Hashable, Codable {
        package var className: String
        package var at50: [Double]
        /// Mean over the overlaps 0.50 to 0.95.
        package var mean: [Double]
    }

    /// Thresholds worth using, and what they do. Nil where no threshold finds anything.
    package struct Thresholds: Sendable, Hashable, Codable {
        /// Nil for all classes together.
        package var className: String?
        package var bestF1: OperatingPoint?
        /// The one that finds most at the precision asked for.
        package var atPrecision: OperatingPoint?
        /// What `threshold` of the analysis does.
        package var chosen: OperatingPoint?
        package var errors: DetectionErrorCounts
    }

    /// The confidence at which confusion and mistakes are counted.
    package var threshold: Double
    /// Why it is that one, in words.
    package var thresholdReason: String
    package var curves: [Curve]
    package var confusion: ConfusionMatrix
    package var overall: Thresholds
    package var perClass: [Thresholds]
    /// Images with mistakes, the worst first.
    package var worstImages: [ImageErrors]
    /// How many images have a mistake.
    package var imagesWithErrors: Int

    /// - Parameters:
    ///   - precision: choose the threshold that finds most at this precision, 0 to 1, instead of the best F1.
    ///   - worst: how many images to name.
    package init(_ set: EvaluationSet, precision: Double? = nil, worst: Int = 24, threads: Int? = nil) {
        let classes = ClassEvaluation.all(set, rules: COCOEvaluator().rules, threads: threads)
        let pool = OutcomePool(classes)
        let bestF1 = pool.bestF1()
        let precise = precision.flatMap { pool.point(ofPrecision: $0) }
        if let precise, let precision {
            threshold = precise.threshold
            thresholdReason = "finds most at precision \(precision)"
        } else {
            threshold = bestF1?.threshold ?? 0.25
            let reason = bestF1 == nil ? "nothing was found at any" : "has the best F1"
            thresholdReason = precision.map { "\(reason); no threshold reaches precision \($0)" } ?? reason
        }
        let chosen = threshold
        let typing = ErrorTyping(set, threshold: chosen)
        curves = zip(set.classNames, classes).map { name, evaluation in
            Curve(
                className: name, at50: evaluation.samples.first ?? [],
                mean: evaluation.samples.isEmpty
                    ? [] : EvaluationRules.recallLevels.indices.map { level in evaluation.samples.map { $0[level] }.meanOfMeasured })
        }
        confusion = ConfusionMatrix(set, threshold: chosen)
        func thresholds(_ pool: OutcomePool, _ name: String?, _ errors: DetectionErrorCounts) -> Thresholds {
            Thresholds(
                className: name, bestF1: pool.bestF1(), atPrecision: precision.flatMap { pool.point(ofPrecision: $0) },
                chosen: pool.point(atThreshold: chosen), errors: errors)
        }
        overall = thresholds(pool, nil, typing.total)
        perClass = set.classNames.indices.map { thresholds(OutcomePool(CollectionOfOne(classes[$0])), set.classNames[$0], typing.perClass[$0]) }
        worstImages = Array(typing.images.prefix(max(0, worst)))
        imagesWithErrors = typing.images.count
    }
}
