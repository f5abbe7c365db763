/// What data quality does when nothing else is asked for (docs/decisions/0015-drift-thresholds.md).
enum DataQualitySettings {
    static let nullValueRate = "null_value_rate"
    static let outOfBoundsRate = "out_of_bounds_rate"

    /// Azure's default of 0 is for columns of a table that may not be empty. Of pictures a few always lie a little outside of
    /// the training set (one of n + 1, on each side, by chance alone), and a few uploads are broken.
    static let practical = [nullValueRate: 0.05, outOfBoundsRate: 0.1]
}
