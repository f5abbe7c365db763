package import Foundation
package import MetadataStore
package import Resources

/// A job is a run: both are written in one transaction and stay in step.
extension RunService {
    /// Makes the run of a job when the job is put, and keeps its name and tags with later puts.
    package static let jobCompanion: ResourceService.Companion = { tx, job, principal in
        let properties = job.effectiveProperties
        let workspace = job.id.workspace
        let name = properties["displayName"]?.stringValue ?? job.id.name
        var tags = (properties["tags"]?.objectValue ?? [:]).compactMap { tag in tag.value.literalText.map { LabelRecord(tag.key, $0) } }
        tags.append(LabelRecord(runNameTag, name))
        if let text = properties["description"]?.stringValue { tags.append(LabelRecord("mlflow.note.content", text)) }
        if let parent = parent(of: properties) { tags += parent }
        if var run = try tx.run(job.id.name, in: workspace) {
            run.name = name
            run.isJob = true
            try tx.updateRun(run)
            try tx.saveLabels(tags, of: run.sequence, in: .runTag)
            return
        }
        let created = job.systemData.createdAt.milliseconds
        let experiment = try tx.ensureExperiment(named: properties["experimentName"]?.stringValue ?? "Default", in: workspace, at: created)
        tags.append(LabelRecord("mlflow.user", principal.name))
        let status = properties["status"]?.stringValue.flatMap(status(ofJob:)) ?? .scheduled
        _ = try tx.insertRun(
            id: job.id.name, name: name, userID: principal.name, status: status, startTime: created, isJob: true, tags: tags,
            experiment: experiment, in: workspace)
    }

    /// Brings the run of a job to what the job's report says: its state, its times, its parent. For the `companion` of
    /// `ResourceService.report`.
    package static func follow(_ job: Resource, at date: Date, in tx: MetadataTransaction) throws {
        guard let run = try tx.run(job.id.name, in: job.id.workspace) else { return }
        let properties = job.effectiveProperties
        if let parent = parent(of: properties) { try tx.saveLabels(parent, of: run.sequence, in: .runTag) }
        if let status = properties["status"]?.stringValue { try setStatus(status, ofJob: job.id, at: date, in: tx) }
    }

    /// Moves the run of a job to the state that Azure's `status` means.
    ///
    /// A script may have ended the run itself while its process goes on: RUNNING does not undo that, the job's end does.
    package static func setStatus(_ status: String, ofJob id: ResourceID, at date: Date, in tx: MetadataTransaction) throws {
        guard let status = Self.status(ofJob: status), var run = try tx.run(id.name, in: id.workspace) else { return }
        switch status {
        case .scheduled: break
        case .running:
            guard run.status == .scheduled else { return }
            run.startTime = date.milliseconds
        case .finished, .failed, .killed:
            guard run.status != status || run.endTime == nil else { return }
            run.endTime = run.endTime ?? date.milliseconds
        }
        run.status = status
        try tx.updateRun(run)
    }

    /// MLflow's word for a job's state; `nil` for states that say nothing new (CancelRequested, NotResponding, Paused).
    package static func status(ofJob status: String) -> RunStatus? {
        switch status {
        case "NotStarted", "Queued", "Preparing", "Provisioning", "Starting": .scheduled
        case "Running", "Finalizing": .running
        case "Completed": .finished
        case "Failed": .failed
        case "Canceled": .killed
        default: nil
        }
    }

    /// Children of a pipeline and trials of a sweep name their parent.
    private static func parent(of properties: JSON) -> [LabelRecord]? {
        let name = properties["parentJobName"]?.stringValue ?? properties["properties"]?["azureml.pipelinerunid"]?.stringValue
        return name.map { [LabelRecord("mlflow.parentRunId", $0), LabelRecord("mlflow.rootRunId", $0)] }
    }
}
