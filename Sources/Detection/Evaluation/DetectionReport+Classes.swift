extension DetectionReport {
    init(protocolName: String, set: EvaluationSet, classes: [ClassEvaluation], rules: EvaluationRules) {
        let steps = rules.overlaps.count
        /// Of each class with truth of that size: at one overlap, or at each of them.
        func precisions(_ classes: some Collection<ClassEvaluation>, size: Int = 0, at overlap: Double? = nil) -> [Double] {
            guard size < rules.areaRanges.count else { return [] }
            guard let overlap else { return classes.flatMap { $0.averagePrecisions[(size * steps)..<((size + 1) * steps)] } }
            guard let step = rules.index(ofOverlap: overlap) else { return [] }
            return classes.map { $0.averagePrecisions[size * steps + step] }
        }
        func recall(size: Int) -> Double {
            guard size > 0, size < rules.areaRanges.count else { return -1 }
            return classes.flatMap { $0.recalls[(size * steps)..<((size + 1) * steps)] }.meanOfMeasured
        }
        func recall(limit: Int) -> Double {
            guard limit < rules.recallLimits.count else { return -1 }
            return classes.flatMap { $0.limitedRecalls[limit] }.meanOfMeasured
        }
        let half = rules.index(ofOverlap: 0.5)
        let curves = half.map { half in classes.filter { !$0.samples.isEmpty }.map { $0.samples[half] } } ?? []
        self.init(
            protocolName: protocolName, imageCount: set.imageNames.count, truthCount: classes.reduce(0) { $0 + $1.truthCounts[0] },
            detectionCount: classes.reduce(0) { $0 + $1.detectionCount },
            meanAveragePrecision: precisions(classes).meanOfMeasured, at50: precisions(classes, at: 0.5).meanOfMeasured,
            at75: precisions(classes, at: 0.75).meanOfMeasured, small: precisions(classes, size: 1).meanOfMeasured,
            medium: precisions(classes, size: 2).meanOfMeasured, large: precisions(classes, size: 3).meanOfMeasured,
            recalls: AverageRecalls(
                at1: recall(limit: 0), at10: recall(limit: 1), at100: recall(limit: 2), small: recall(size: 1), medium: recall(size: 2),
                large: recall(size: 3)),
            perClass: zip(set.classNames, classes).map { name, evaluation in
                let own = CollectionOfOne(evaluation)
                let hasSizes = rules.areaRanges.count == 4
                return ClassScore(
                    name: name, ap: precisions(own).meanOfMeasured, ap50: precisions(own, at: 0.5).meanOfMeasured,
                    truthCount: evaluation.truthCounts[0], detectionCount: evaluation.detectionCount,
                    ap75: rules.index(ofOverlap: 0.75) == nil ? nil : precisions(own, at: 0.75).meanOfMeasured,
                    small: hasSizes ? precisions(own, size: 1).meanOfMeasured : nil,
                    medium: hasSizes ? precisions(own, size: 2).meanOfMeasured : nil,
                    large: hasSizes ? precisions(own, size: 3).meanOfMeasured : nil, recall: evaluation.recalls[..<steps].meanOfMeasured)
            },
            bestF1: half == nil ? nil : OutcomePool(classes).bestF1(),
            precisionAtRecall: curves.isEmpty
                ? [] : EvaluationRules.recallLevels.indices.map { level in curves.map { $0[level] }.meanOfMeasured },
            named: nil)
    }
}
