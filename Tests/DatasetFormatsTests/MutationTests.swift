import DatasetFormats
import Detection
import Foundation
import Testing

/// Sample files of every format with random damage: never a crash, never a dataset that is not sound.
///
/// `MARTLET_FUZZ_SECONDS` is the time for each format, and `MARTLET_FUZZ_SEED` begins elsewhere.
@Suite("Random damage")
struct MutationTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let seconds = environment["MARTLET_FUZZ_SECONDS"].flatMap(Double.init) ?? 0.1
    private static let seed = environment["MARTLET_FUZZ_SEED"].flatMap(UInt64.init) ?? 1

    /// splitmix64: the same damage everywhere.
    private struct Damage: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }

        private static let pieces = [
            "NaN", "-Infinity", "1e400", "-1", "99999999999999999999", "0", "null", "true", "\"\"", "[]", "{}", "[[", "]]", "}}", "\\u", "\\ud800", "../..",
            "&#0;",
            "&#x110000;", "<![CDATA[", "]]>", "<!--", "/>", "\0", "\u{FEFF}", ",", "\n\n", "é",
        ]

        mutating func apply(to bytes: inout [UInt8]) {
            for _ in 0..<Int.random(in: 1...4, using: &self) {
                let place = Int.random(in: 0...bytes.count, using: &self)
                let end = min(bytes.count, place + Int.random(in: 0...24, using: &self))
                switch Int.random(in: 0..<7, using: &self) {
                case 0 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &self)
                case 1 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
                case 2: bytes.removeSubrange(place..<end)
                case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
                case 4: bytes.replaceSubrange(place..<end, with: Array((Self.pieces.randomElement(using: &self) ?? "").utf8))
                case 5: bytes.insert(contentsOf: Array((Self.pieces.randomElement(using: &self) ?? "").utf8), at: place)
                default: if Int.random(in: 0..<8, using: &self) == 0 { bytes.removeSubrange(place...) }
                }
            }
        }
    }

    @Test(arguments: AllFormats.all.map { $0.name })
    func `damage is survived`(name: String) throws {
        let (folder, images) = (try ScratchFolder(), try Sample.images(of: Sample.demanding))
        let format = try #require(AllFormats.named(name))
        try format.write(Sample.demanding, images: images.path, to: folder.path)
        let files = try folder.files().filter { !$0.hasSuffix(".png") }
        let originals = try files.map { [UInt8](try Data(contentsOf: URL(filePath: folder.path + "/" + $0))) }
        var damage = Damage(state: Self.seed)
        var rounds = 0
        let start = ContinuousClock.now
        while rounds < 20 || ContinuousClock.now - start < .seconds(Self.seconds) {
            let victim = Int.random(in: 0..<files.count, using: &damage)
            var bytes = originals[victim]
            damage.apply(to: &bytes)
            try folder.write(Data(bytes), to: files[victim])
            // What crashes is still there to look at: the seed and the round name it.
            do throws(DatasetError) {
                let result = try format.read(at: folder.path)
                #expect(result.dataset.isSound, "seed \(Self.seed), round \(rounds)")
            } catch {
                #expect(!error.message.isEmpty)
            }
            _ = AllFormats.all.map { $0.detect(at: folder.path) }
            if rounds % 16 == 15 { try folder.write(Data(originals[victim]), to: files[victim]) }
            rounds += 1
        }
    }
}
