package import ArgumentParser
package import Kinds
import Resources

/// `martlet NOUN …`: the group of a kind's verbs.
package struct NounGroup<Kind: YAMLKind>: ParsableCommand {
    package static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: Kind.noun, abstract: "Manage \(Kind.title)s.", subcommands: NounGroups.verbs(Kind.self))
    }

    package init() {}
}

extension ResourceKind {
    /// "a job", "an environment".
    static var titleWithArticle: String { ("aeiou".contains(title.prefix(1)) ? "an " : "a ") + title }
}

/// The noun groups, one per kind that people write; a kind joins by being in `AllKinds`.
package enum NounGroups {
    package static var all: [any ParsableCommand.Type] {
        // Code assets are made by what uses them; Azure has no noun for them either.
        AllKinds.list.filter { $0.path != "codes" }.map { group($0) } + [MonitorGroup.self]
    }

    private static func group<Kind: YAMLKind>(_ kind: Kind.Type) -> any ParsableCommand.Type { NounGroup<Kind>.self }

    static func verbs<Kind: YAMLKind>(_ kind: Kind.Type) -> [any ParsableCommand.Type] {
        let ending: [any ParsableCommand.Type] =
            Kind.isVersioned || Kind.path == "jobs" ? [Archive<Kind>.self, Restore<Kind>.self] : [Delete<Kind>.self]
        return [create(kind), Show<Kind>.self, List<Kind>.self, Update<Kind>.self] + ending + special(Kind.noun)
    }

    private static func create<Kind: YAMLKind>(_ kind: Kind.Type) -> any ParsableCommand.Type {
        switch Kind.noun {
        case "job": JobCreate.self
        case "online-deployment": DeploymentCreate.self
        case "data", "model": Create<Kind, AssetFlags>.self
        case "environment": Create<Kind, EnvironmentFlags>.self
        case "compute": Create<Kind, ComputeFlags>.self
        case "online-endpoint", "batch-endpoint": Create<Kind, EndpointFlags>.self
        case "workspace": Create<Kind, WorkspaceFlags>.self
        default: Create<Kind, FileFlags>.self
        }
    }

    private static func special(_ noun: String) -> [any ParsableCommand.Type] {
        switch noun {
        case "job": [JobStream.self, JobCancel.self, JobDownload.self, JobValidate.self, JobServices.self]
        case "model": [ModelDownload.self]
        case "online-endpoint": [EndpointInvoke.self, EndpointRollout.self, EndpointCredentials.self, EndpointKeys.self]
        case "online-deployment": [DeploymentLogs.self]
        case "compute": [Posted<ComputeStart>.self, Posted<ComputeStop>.self, Posted<ComputeRestart>.self]
        case "workspace": [Posted<WorkspaceKeys>.self]
        case "schedule": [ScheduleEnable.self, ScheduleDisable.self, Posted<ScheduleTrigger>.self]
        default: []
        }
    }
}
