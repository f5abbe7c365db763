internal import ControlPlane
internal import Foundation
internal import MetadataStore
internal import NIOCore
internal import Resources
internal import Synchronization

/// Keeps what deployments were asked and answered: off the request path, through a bounded queue, in batches. What does not
/// fit is counted per deployment and dropped.
final class Collector: Sendable {
    private struct Item: Sendable {
        let call: ScoringCall
        let reply: WorkerReply
        let deployment: DeploymentRoute
        let at: Date
        let milliseconds: Double
        var size: Int { call.body.readableBytes + reply.body.readableBytes }
    }

    static let capacity = 4096
    static let byteLimit = 256 * 1024 * 1024
    static let period = Duration.milliseconds(100)
    /// Requests of one transaction.
    static let batchSize = 1000

    /// What waits to be looked at, and the bytes of it and of what is being looked at.
    private struct Queue {
        var items: [Item] = []
        var bytes = 0
        /// Batches that are being written.
        var open = 0
    }

    private let store: MetadataStore
    private let blobs: BlobService
    private let facts: FactsWorker
    private let queue = Mutex(Queue())
    private let drops = Mutex<[ResourceID: Int]>([:])

    init(store: MetadataStore, blobs: BlobService, facts: FactsWorker) {
        self.store = store
        self.blobs = blobs
        self.facts = facts
    }

    /// Never waits, and wakes nobody: a wake-up for each request would cost more than the request.
    func offer(_ call: ScoringCall, _ reply: WorkerReply, of deployment: DeploymentRoute, took duration: Duration) {
        let item = Item(call: call, reply: reply, deployment: deployment, at: Date(), milliseconds: duration / .milliseconds(1))
        let isQueued = queue.withLock { queue in
            guard queue.items.count < Self.capacity, queue.bytes + item.size <= Self.byteLimit else { return false }
            queue.items.append(item)
            queue.bytes += item.size
            return true
        }
        if !isQueued { drops.withLock { $0[deployment.id, default: 0] += 1 } }
    }

    /// Works until cancelled; `drain` writes what has come until then.
    func run() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.period)
            while await work() {}
        }
    }

    /// Writes the records of what has come.
    /// - Returns: whether there was anything.
    private func work() async -> Bool {
        let items = queue.withLock { queue in
            let taken = Array(queue.items.prefix(Self.batchSize))
            queue.items.removeFirst(taken.count)
            queue.open += 1
            return taken
        }
        var records: [ScoringRecord] = []
        for item in items {
            records += await self.records(of: item)
            queue.withLock { $0.bytes -= item.size }
        }
        await write(records)
        queue.withLock { $0.open -= 1 }
        return !items.isEmpty
    }

    /// Writes every request answered so far.
    func drain() async {
        while await work() {}
        let deadline = ContinuousClock.now + .seconds(5)
        while queue.withLock({ $0.open > 0 }), ContinuousClock.now < deadline {
            do { try await Task.sleep(for: .milliseconds(10)) } catch { return }
        }
    }

    private func write(_ records: [ScoringRecord]) async {
        let dropped = drops.withLock { drops in
            defer { drops = [:] }
            return drops
        }
        guard !records.isEmpty || !dropped.isEmpty else { return }
        do {
            try await store.write { tx in
                try tx.insert(records)
                for (deployment, count) in dropped { try tx.addCollectorDrops(count, deployment: deployment, at: Date()) }
            }
        } catch {
            // The store is busy or full: these records are lost, and counted when it works again.
            drops.withLock { drops in
                for record in records { drops[record.deployment, default: 0] += 1 }
                drops.merge(dropped, uniquingKeysWith: +)
            }
        }
    }

    /// A record for each picture of the request; one without facts when there was none.
    private func records(of item: Item) async -> [ScoringRecord] {
        let answer =
            item.reply.status == 200
            ? AnsweredDetections(facts: item.reply.facts) ?? AnsweredDetections(body: item.reply.body) : AnsweredDetections(answer: .null)
        var facts = Self.native(item.reply.facts)
        let contentType = item.call.headers.first { $0.name == "content-type" }?.value ?? "application/json"
        if facts.isEmpty, !item.deployment.isNative, Self.mayHoldPictures(item.call.body, contentType) {
            facts = await self.facts.facts(of: item.call.body, contentType: contentType)
        }
        let request = await keep(item.call.body, "model_inputs", rate: item.deployment.collection.inputRate, item)
        let response = await keep(item.reply.body, "model_outputs", rate: item.deployment.collection.outputRate, item)
        return (0..<max(1, facts.count, answer.images.count)).map { index in
            ScoringRecord(
                deployment: item.deployment.id, model: item.deployment.model, requestID: item.call.requestID, at: item.at,
                status: answer.innerStatus ?? item.reply.status, milliseconds: item.milliseconds,
                facts: facts.indices.contains(index) ? facts[index] : [:],
                detections: answer.images.indices.contains(index) ? answer.images[index] : [], request: request, response: response)
        }
    }

    /// Picture bytes, a form, or JSON that names an image near its beginning: other requests are not worth a trip to the worker.
    private static func mayHoldPictures(_ body: ByteBuffer, _ contentType: String) -> Bool {
        guard body.readableBytes > 0 else { return false }
        let type = contentType.lowercased()
        if ["image/", "application/octet-stream", "multipart/form-data"].contains(where: type.hasPrefix) { return true }
        let word = Array("\"image".utf8)
        return body.withUnsafeReadableBytes { bytes in
            (0..<min(bytes.count, 4096)).contains { bytes[$0] == word[0] && bytes[$0...].starts(with: word) }
        }
    }

    private static func native(_ facts: JSON?) -> [[String: Double]] {
        (facts?["images"]?.arrayValue ?? []).map { FactsWorker.numbers(in: $0["image"]) }
    }

    /// Stores a body where Azure's data collector would, one blob a request.
    /// - Returns: its place in the datastore; `nil` when it is not to be kept, or could not be.
    private func keep(_ body: ByteBuffer, _ collection: String, rate: Double, _ item: Item) async -> String? {
        guard rate > 0, body.readableBytes > 0, rate >= 1 || Double.random(in: 0..<1) < rate else { return nil }
        let id = item.deployment.id
        // 2026-11-24T20:… becomes 2026/11/24/20.
        let hour = item.at.iso8601.prefix(13).replacing("-", with: "/").replacing("T", with: "/")
        let name = "modelDataCollector/\(id.parent ?? "")/\(id.name)/\(collection)/\(hour)/\(item.call.requestID)"
        do {
            try await blobs.put(BlobContainer.standard(of: id.workspace).blobs.at(name), bytes: Array(body.readableBytesView))
            return DatastorePath(datastore: "workspaceblobstore", path: name).shortURI
        } catch {
            drops.withLock { $0[id, default: 0] += 1 }
            return nil
        }
    }
}
