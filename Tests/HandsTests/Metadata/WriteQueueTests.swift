import Foundation
import MetadataStore
import Resources
import Testing

@Suite("Writes that are committed together")
struct WriteQueueTests {
    @Test("of many writes at once each is kept whole or not at all, and learns of its own fate", arguments: MetadataStore.Durability.allCases)
    func together(durability: MetadataStore.Durability) async throws {
        let path = NSTemporaryDirectory() + "/writes-" + UUID().uuidString + ".sqlite"
        defer { for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) } }
        let store = try MetadataStore(path: path, durability: durability)
        let failed = try await withThrowingTaskGroup(of: Int?.self) { group in
            for number in 0..<300 {
                group.addTask {
                    do {
                        try await store.write { tx in
                            for part in 0..<3 {
                                try tx.saveSecret("\(number)", scope: "n\(number)", name: "\(part)", at: Date())
                                if number % 3 == 0, part == 1 { throw Problem(.invalidInput, "\(number)") }
                            }
                        }
                        return nil
                    } catch let problem as Problem {
                        return Int(problem.message)
                    }
                }
            }
            return try await group.reduce(into: Set<Int>()) { failed, number in if let number { failed.insert(number) } }
        }
        #expect(failed == Set((0..<300).filter { $0 % 3 == 0 }))
        let kept = try await store.read { tx in
            try (0..<300).map { number in try (0..<3).filter { try tx.secret(scope: "n\(number)", name: "\($0)") == "\(number)" }.count }
        }
        #expect(kept == (0..<300).map { $0 % 3 == 0 ? 0 : 3 })
    }
}
