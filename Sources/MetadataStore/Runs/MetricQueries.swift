internal import GRDB
internal import Resources

/// Metrics: logged, read as the latest value of each, and as histories.
extension MetadataTransaction {
    /// Adds points to a run. A point that is there already changes nothing; the latest of a key is the one with the
    /// greatest (step, timestamp, value).
    package func logMetrics(_ points: [MetricRecord], of run: RunRecord) throws {
        guard !points.isEmpty else { return }
        let add = try db.cachedStatement(
            sql: "INSERT OR IGNORE INTO metric (owner, key, timestamp, step, value, isNaN) VALUES (?, ?, ?, ?, ?, ?)")
        let latest = try db.cachedStatement(
            sql: """
                INSERT INTO latestMetric (owner, key, timestamp, step, value, isNaN, experiment) VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (owner, key) DO UPDATE SET timestamp = excluded.timestamp, step = excluded.step, value = excluded.value,
                    isNaN = excluded.isNaN
                WHERE (excluded.step, excluded.timestamp, excluded.value) >= (latestMetric.step, latestMetric.timestamp, latestMetric.value)
                """)
        var newest: [String: MetricRecord] = [:]
        for point in points {
            let (value, isNaN) = Self.stored(point.value)
            try add.execute(arguments: [run.sequence, point.key, point.timestamp, point.step, value, isNaN])
            if let other = newest[point.key], (other.step, other.timestamp, Self.stored(other.value).0) > (point.step, point.timestamp, value) {
                continue
            }
            newest[point.key] = point
        }
        for point in newest.values {
            let (value, isNaN) = Self.stored(point.value)
            try latest.execute(arguments: [run.sequence, point.key, point.timestamp, point.step, value, isNaN, run.experiment])
        }
    }

    /// Points of one metric in the order (timestamp, step, value); `offset` and `limit` page through them.
    package func metricHistory(of run: RunRecord, key: String, limit: Int = .max, offset: Int = 0) throws -> [MetricRecord] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT key, value, isNaN, timestamp, step FROM metric WHERE owner = ? AND key = ?
                ORDER BY timestamp, step, value LIMIT ? OFFSET ?
                """)
        return try Self.points(Row.fetchCursor(statement, arguments: [run.sequence, key, limit == .max ? -1 : limit, offset]))
    }

    /// The different steps of a metric in order, within bounds.
    package func metricSteps(of run: RunRecord, key: String, from first: Int64, to last: Int64) throws -> [Int64] {
        // The index is in the order of time, which nearly always is that of the steps; sorting that here is quicker than in SQL.
        let statement = try db.cachedStatement(sql: "SELECT step FROM metric WHERE owner = ? AND key = ? AND step BETWEEN ? AND ?")
        var steps = try Int64.fetchAll(statement, arguments: [run.sequence, key, first, last])
        if zip(steps, steps.dropFirst()).contains(where: { $0 >= $1 }) { steps = Set(steps).sorted() }
        return steps
    }

    /// The points of a metric at certain steps, in the order (step, timestamp, value), at most `limit`.
    package func metricPoints(of run: RunRecord, key: String, steps: [Int64], limit: Int) throws -> [MetricRecord] {
        let statement = try db.cachedStatement(
            sql: "SELECT step, value, isNaN, timestamp FROM metric WHERE owner = ? AND key = ? AND step BETWEEN ? AND ?")
        guard let first = steps.first, let last = steps.last else { return [] }
        let wanted = Set(steps)
        var points: [MetricRecord] = []
        let rows = try Row.fetchCursor(statement, arguments: [run.sequence, key, first, last])
        while let row = try rows.next() {
            let step: Int64 = row[0]
            guard wanted.contains(step) else { continue }
            points.append(MetricRecord(key: key, value: row[2] ? .nan : row[1], timestamp: row[3], step: step))
        }
        points.sort { ($0.step, $0.timestamp, $0.value) < ($1.step, $1.timestamp, $1.value) }
        return Array(points.prefix(limit))
    }

    /// Keys of a run's metrics, in order.
    package func metricKeys(of run: RunRecord) throws -> [String] {
        try String.fetchAll(db, sql: "SELECT key FROM latestMetric WHERE owner = ? ORDER BY key", arguments: [run.sequence])
    }

    func latestMetrics(of owners: [Int64]) throws -> [Int64: [MetricRecord]] {
        var found: [Int64: [MetricRecord]] = [:]
        guard !owners.isEmpty else { return found }
        let statement = try db.cachedStatement(
            sql: """
                SELECT key, value, isNaN, timestamp, step, owner FROM latestMetric
                WHERE owner IN (SELECT value FROM json_each(?)) ORDER BY owner, key
                """)
        let rows = try Row.fetchCursor(statement, arguments: [Self.list(owners)])
        while let row = try rows.next() { found[row[5], default: []].append(Self.point(row)) }
        return found
    }

    // MARK: Values

    /// A NaN as 0 and a flag; infinities as the greatest finite numbers, as stock MLflow's SQL store keeps them.
    static func stored(_ value: Double) -> (Double, isNaN: Bool) {
        if value.isNaN { return (0, true) }
        return (min(max(value, -.greatestFiniteMagnitude), .greatestFiniteMagnitude), false)
    }

    private static func points(_ rows: RowCursor) throws -> [MetricRecord] {
        var points: [MetricRecord] = []
        while let row = try rows.next() { points.append(point(row)) }
        return points
    }

    /// From the columns key, value, isNaN, timestamp, step.
    static func point(_ row: Row) -> MetricRecord {
        MetricRecord(key: row[0], value: row[2] ? .nan : row[1], timestamp: row[3], step: row[4])
    }
}
