/// Names for runs that got none: an adjective, a noun and a number, as MLflow's users expect.
enum RunNames {
    private static let adjectives = [
        "able", "amber", "bold", "brave", "bright", "calm", "clean", "clever", "crisp", "eager", "early", "fair", "fast", "fresh", "gentle",
        "glad",
        "golden", "grand", "happy", "honest", "keen", "kind", "light", "lively", "lucky", "mellow", "merry", "neat", "nimble", "noble",
        "patient",
        "plain", "polite", "proud", "quick", "quiet", "ready", "rosy", "sharp", "silent", "silver", "smart", "snug", "sober", "steady",
        "sunny", "swift",
        "tidy", "vivid", "warm", "wise", "witty",
    ]
    private static let nouns = [
        "auk", "bittern", "bunting", "chough", "coot", "crane", "crow", "cuckoo", "curlew", "dove", "dunlin", "egret", "falcon", "finch",
        "gannet",
        "goose", "grebe", "gull", "harrier", "heron", "hobby", "hoopoe", "jay", "kestrel", "kite", "lark", "linnet", "magpie", "martin",
        "merlin", "osprey",
        "ouzel", "owl", "petrel", "pipit", "plover", "puffin", "quail", "raven", "redstart", "robin", "rook", "ruff", "shrike", "siskin",
        "skua", "snipe",
        "starling", "stint", "stork", "swallow", "swan", "swift", "teal", "tern", "thrush", "wagtail", "wren",
    ]

    static func random() -> String {
        "\(adjectives.randomElement() ?? "plain")-\(nouns.randomElement() ?? "martin")-\(Int.random(in: 0..<1000))"
    }
}
