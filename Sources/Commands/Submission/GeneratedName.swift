/// Names for jobs that have none, in Azure's manner: an adjective, a noun, ten letters and digits.
enum GeneratedName {
    private static let adjectives = [
        "amber", "brave", "bright", "calm", "clever", "cool", "crisp", "eager", "gentle", "good", "happy", "honest", "jolly", "keen",
        "kind",
        "lively", "lucky", "neat", "nimble", "patient", "plucky", "quick", "quiet", "sharp", "silver", "sincere", "steady", "sunny", "tidy",
        "witty",
    ]
    private static let nouns = [
        "apple", "bean", "berry", "bird", "bottle", "bread", "brook", "carrot", "cherry", "cloud", "fig", "garden", "ginger", "kettle",
        "lemon",
        "lime", "martlet", "mango", "olive", "onion", "peach", "pear", "pepper", "plum", "river", "shelf", "spoon", "star", "swallow",
        "turnip",
    ]

    static func next() -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        let tail = String((0..<10).compactMap { _ in letters.randomElement() })
        return "\(adjectives.randomElement() ?? "calm")_\(nouns.randomElement() ?? "martlet")_\(tail)"
    }
}
