package import Resources

/// Who waits for whom among named things.
package struct Graph: Sendable {
    /// Name to the names that it waits for.
    package var edges: [String: Set<String>]

    package init(edges: [String: Set<String>]) { self.edges = edges }

    /// One circle, beginning with its smallest name; `nil` when there is none. Edges to unknown names are ignored.
    package func cycle() -> [String]? {
        var done: Set<String> = []
        for start in edges.keys.sorted() where !done.contains(start) {
            // Depth first without recursion: pipelines may have many thousands of steps.
            var path = [start]
            var position = [start: 0]
            var pending = [waitsFor(start)]
            while !path.isEmpty {
                guard let next = pending[pending.count - 1].popLast() else {
                    let left = path.removeLast()
                    position[left] = nil
                    done.insert(left)
                    pending.removeLast()
                    continue
                }
                if let index = position[next] {
                    let circle = Array(path[index...].reversed())
                    let first = circle.indices.min { circle[$0] < circle[$1] } ?? 0
                    return Array(circle[first...] + circle[..<first])
                }
                if !done.contains(next) {
                    position[next] = path.count
                    path.append(next)
                    pending.append(waitsFor(next))
                }
            }
        }
        return nil
    }

    private func waitsFor(_ name: String) -> [String] {
        (edges[name] ?? []).filter { edges[$0] != nil }.sorted(by: >)
    }
}

extension JSON {
    /// The edges of a pipeline's `jobs`: each step to the steps whose inputs or outputs its inputs name.
    package var pipelineEdges: [String: Set<String>] {
        var edges: [String: Set<String>] = [:]
        for (name, step) in objectValue ?? [:] {
            var waits: Set<String> = []
            for (_, input) in step["inputs"]?.objectValue ?? [:] {
                guard let text = (input["value"] ?? input["uri"])?.stringValue else { continue }
                for expression in Expression.all(in: text) {
                    switch expression.meaning {
                    case .parentJobOutput(let job, _), .parentJobInput(let job, _): waits.insert(job)
                    default: break
                    }
                }
            }
            edges[name] = waits
        }
        return edges
    }
}
