import Kinds
import Testing

@Suite struct JobStatusTests {
    @Test("what is over stays over") func terminal() {
        for status in JobStatus.allCases {
            #expect(status.isTerminal == [.completed, .failed, .canceled].contains(status))
            if status.isTerminal { #expect(JobStatus.allCases.allSatisfy { !status.canMove(to: $0) }) }
        }
    }

    @Test("every state can end, and none waits for itself") func reachable() {
        for status in JobStatus.allCases where !status.isTerminal {
            #expect(status.canMove(to: .failed))
            #expect(!status.canMove(to: status))
            #expect(!status.canMove(to: .notStarted))
        }
    }

    @Test("the ordinary way, and what may not be") func way() {
        let way: [JobStatus] = [.notStarted, .queued, .preparing, .provisioning, .starting, .running, .finalizing, .completed]
        for (from, to) in zip(way, way.dropFirst()) { #expect(from.canMove(to: to)) }
        #expect(!JobStatus.queued.canMove(to: .completed))
        #expect(!JobStatus.finalizing.canMove(to: .running))
        #expect(!JobStatus.running.canMove(to: .queued))
    }
}
