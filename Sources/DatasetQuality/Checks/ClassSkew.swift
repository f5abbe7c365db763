import Detection

/// Classes that are rare, absent, or absent from a split.
enum ClassSkew: QualityCheck {
    static let name = "class-skew"
    static let title = "Classes with few objects"

    static func findings(in survey: DatasetSurvey, settings: QualitySettings) -> [Finding] {
        var counts = [Int](repeating: 0, count: survey.categories.count)
        var bySplit: [String: [Int]] = [:]
        for image in survey.images {
            if let split = image.split, bySplit[split] == nil { bySplit[split] = counts.map { _ in 0 } }
            for object in image.labels?.objects ?? [] {
                counts[object.category] += 1
                if let split = image.split { bySplit[split]?[object.category] += 1 }
            }
        }
        let most = counts.max() ?? 0
        let splits = bySplit.sorted { $0.key < $1.key }
        return survey.categories.indices.flatMap { category -> [Finding] in
            let (name, count) = (survey.categories[category], counts[category])
            func finding(_ severity: Severity, _ message: String) -> Finding { Finding(severity, file: survey.source, message) }
            if count == 0 {
                return [finding(.warning, "The class \(name) has no objects. Remove it from the list or label some.")]
            }
            let absent = splits.filter { $0.value[category] == 0 }.map { split in
                finding(
                    .warning,
                    "The class \(name) has no objects in \(split.key)\(split.key == "train" ? ", so it cannot be learnt" : ", so it is not measured there"). Divide the set anew."
                )
            }
            if count < settings.leastObjects {
                return absent + [finding(.warning, "The class \(name) has \(count) objects, too few to learn it. Label at least \(settings.leastObjects).")]
            }
            if Double(count) * settings.skew < Double(most) {
                return absent + [
                    finding(
                        .warning,
                        "The class \(name) has \(count) objects, the most frequent class \(most). Label more of it, or expect it to be found less often.")
                ]
            }
            return absent
        }
    }
}
