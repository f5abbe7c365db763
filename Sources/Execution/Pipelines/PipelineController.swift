internal import ControlPlane
internal import Foundation
internal import Kinds
internal import MetadataStore
internal import Resources

/// Makes pipelines true: puts an ordinary job for each step as soon as its inputs are there, and ends the pipeline with
/// its steps.
package struct PipelineController: Sendable {
    private let services: JobServices

    package init(services: JobServices) { self.services = services }

    /// Runs until cancelled.
    package func run() async throws {
        for await _ in await services.feed.follow(kinds: ["jobs"]) {
            do {
                let open = JobStatus.allCases.filter { !$0.isTerminal }.map(\.rawValue)
                let pipelines = try await services.resources.all(.init(kind: "jobs", statuses: open))
                    .filter { $0.properties["jobType"]?.stringValue == JobProperties.Kind.pipeline.rawValue }
                for pipeline in pipelines { await advance(pipeline) }
            } catch {
                FileHandle.standardError.write(Data("the pipelines could not be read: \(error)\n".utf8))
            }
        }
    }

    private func advance(_ pipeline: Resource) async {
        do {
            try await step(pipeline)
        } catch is CancellationError {
            // The server is stopping; the next one goes on.
        } catch {
            let problem = error as? Problem ?? Problem(.internalFault, "\(error)")
            _ = try? await services.move(pipeline.id, to: .failed, error: problem)
        }
    }

    private func step(_ pipeline: Resource) async throws {
        let common: JobProperties = try pipeline.properties.decoded()
        let graph: PipelineJob = try pipeline.properties.decoded()
        var jobs: [String: Resource] = [:]
        for name in graph.jobs.keys {
            jobs[name] = try await services.resources.find(PipelineStep.jobID(of: name, in: pipeline.id))
        }
        let plan = PipelinePlan.decide(
            edges: (pipeline.properties["jobs"] ?? [:]).pipelineEdges, statuses: jobs.mapValues(\.jobStatus),
            cancelRequested: pipeline.jobStatus == .cancelRequested, continuesOnFailure: graph.settings?.continueOnStepFailure ?? false)
        if pipeline.jobStatus == .notStarted || pipeline.jobStatus == .queued { try await services.move(pipeline.id, to: .running) }
        let log = JobLog(path: services.folder.jobLog(pipeline.id, "logs/azureml/executionlogs.txt"))
        for name in plan.start {
            guard let node = graph.jobs[name] else { continue }
            log.line("step '\(name)' starts as the job \(PipelineStep.jobID(of: name, in: pipeline.id).name)")
            try await start(name, node, of: pipeline, common, graph.settings)
        }
        for name in plan.cancel {
            try await services.move(PipelineStep.jobID(of: name, in: pipeline.id), to: .cancelRequested)
        }
        guard let end = plan.end else { return }
        for (name, job) in jobs.sorted(by: { $0.key < $1.key }) { log.line("step '\(name)' ended: \(job.jobStatus.rawValue)") }
        var problem: Problem?
        if end == .failed, let name = plan.failedStep {
            let message = jobs[name]?.observed.value(at: "error", "message")?.stringValue ?? "it was cancelled"
            problem = Problem(.userCodeFailed, "step '\(name)' failed: \(message)")
            log.line(problem?.message ?? "")
        }
        if pipeline.jobStatus != .cancelRequested || end == .completed { try await services.move(pipeline.id, to: .finalizing) }
        try await services.move(pipeline.id, to: end, error: problem, also: outputs(of: graph, jobs))
    }

    private func start(
        _ name: String, _ node: PipelineNode, of pipeline: Resource, _ common: JobProperties, _ settings: PipelineJob.Settings?
    ) async throws {
        guard let component = ResourceID(path: node.component) else {
            throw Problem(.invalidInput, "step '\(name)': '\(node.component)' is not the id of a component", target: "jobs.\(name).componentId")
        }
        let definition = try await services.resources.get(component).properties["componentSpec"] ?? [:]
        let step = PipelineStep(pipeline: pipeline, name: name, node: node, component: component, definition: definition)
        let id = PipelineStep.jobID(of: name, in: pipeline.id)
        do {
            _ = try await services.resources.put(
                id, body: step.body(pipelineProperties: common, settings: settings), by: .owner(named: pipeline.systemData.createdBy))
        } catch let problem as Problem {
            throw Problem(problem.code, "step '\(name)' cannot start: \(problem.description)", target: "jobs.\(name)", details: [])
        }
    }

    /// The pipeline's outputs are those of the steps bound to them.
    private func outputs(of graph: PipelineJob, _ jobs: [String: Resource]) -> JSON {
        var outputs: JSON = [:]
        for (name, node) in graph.jobs {
            for (output, wanted) in node.outputs ?? [:] {
                guard case .parentOutput(let outer)? = wanted.binding?.meaning,
                    let uri = jobs[name]?.observed.value(at: "outputs", output, "uri")
                else { continue }
                outputs[outer] = ["uri": uri]
            }
        }
        return ["outputs": outputs]
    }
}
