/// Azure ML's data-quality rates: the share of rows, 0 to 1, that break a rule learnt from a baseline. Rounded to five
/// decimals as Azure's are; 0 without rows.
package enum DataQuality {
    /// Rows without a value. A number that is not a number counts as missing.
    package static func nullValueRate(_ values: [Double?]) -> Double {
        rate(of: values.count { $0?.isNaN ?? true }, in: values.count)
    }

    /// Rows below the baseline's minimum or above its maximum. Missing values and baselines without values break nothing.
    package static func outOfBoundsRate(_ values: [Double?], baseline: [Double?]) -> Double {
        let known = baseline.compactMap { $0 }.filter { !$0.isNaN }
        guard let low = known.min(), let high = known.max() else { return 0 }
        return rate(of: values.count { $0.map { $0 < low || $0 > high } ?? false }, in: values.count)
    }

    /// Rows whose category the baseline does not have.
    package static func outOfBoundsRate(_ values: [String?], baseline: [String?]) -> Double {
        let known = Set(baseline.compactMap { $0 })
        guard !known.isEmpty else { return 0 }
        return rate(of: values.count { $0.map { !known.contains($0) } ?? false }, in: values.count)
    }

    private static func rate(of violations: Int, in rows: Int) -> Double {
        rows > 0 ? (Double(violations) / Double(rows) * 1e5).rounded() / 1e5 : 0
    }
}
