/// Wakes the engines after a commit. What changed is read from the store: a wake-up only says "look again", so a lost
/// one costs nothing and a crash is made good by the first look after the start.
package actor ChangeFeed {
    private var followers: [Int: (kinds: Set<String>, continuation: AsyncStream<Void>.Continuation)] = [:]
    private var nextFollower = 0

    package init() {}

    /// A stream that yields at once and then after changes of one of `kinds`; changes that come while the follower is
    /// busy are folded into one.
    package func follow(kinds: Set<String>) -> AsyncStream<Void> {
        let id = nextFollower
        nextFollower += 1
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        continuation.onTermination = { _ in Task { await self.leave(id) } }
        followers[id] = (kinds, continuation)
        continuation.yield()
        return stream
    }

    /// Announces a committed change.
    package func announce(kind: String) {
        for follower in followers.values where follower.kinds.contains(kind) { follower.continuation.yield() }
    }

    private func leave(_ id: Int) { followers[id] = nil }
}
