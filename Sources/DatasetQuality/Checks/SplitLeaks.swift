/// One picture in two splits: what is measured was learnt by heart.
enum SplitLeaks: QualityCheck {
    static let name = "split-leaks"
    static let title = "Images that are in two splits"

    static func findings(in survey: DatasetSurvey, settings: QualitySettings) -> [Finding] {
        leaks(survey.duplicates.exact, in: survey, .error, "The same file is in")
            + leaks(survey.duplicates.near, in: survey, .warning, "Pictures that look the same are in")
    }

    private static func leaks(_ groups: [[Int]], in survey: DatasetSurvey, _ severity: Severity, _ what: String) -> [Finding] {
        groups.compactMap { members in
            var shown: [(split: String, name: String)] = []
            for index in members {
                let image = survey.images[index]
                // A file that is equal to one of these is told of once, as an error.
                guard let split = image.split, !shown.contains(where: { $0.split == split }) else { continue }
                shown.append((split, image.name))
            }
            guard shown.count > 1 else { return nil }
            if severity == .warning, Set(shown.map { first in survey.images.first { $0.name == first.name }?.file.content }).count < 2 { return nil }
            return Finding(
                severity, file: shown[0].name,
                "\(what) \(shown.map { "\($0.split) (\($0.name))" }.joined(separator: " and ")), so the numbers measured there are too good. Divide the set anew with dataset split.",
                images: shown.prefix(4).map(\.name))
        }
    }
}
