import Detection
import Imaging

/// What data drift does when nothing else is asked for (docs/decisions/0015-drift-thresholds.md).
enum DataDriftSettings {
    static let metric = DriftMetric.normalizedWassersteinDistance
    /// Half a standard deviation of the baseline: the default of Azure's own monitor components, and what Cohen calls a
    /// medium effect.
    static let practical = 0.5
    static let informational: Set<String> = [Megapixels.name]
}
