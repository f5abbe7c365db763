package import ArgumentParser
package import Kinds
package import Resources

/// `martlet NOUN create`: makes a resource from a document, flags, or both.
package struct Create<Kind: YAMLKind, Flags: DocumentFlags>: ServerCommand {
    package static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "create", abstract: "Create or replace \(Kind.titleWithArticle).")
    }

    @OptionGroup package var common: CommonOptions
    @OptionGroup package var name: NameOptions
    @OptionGroup package var document: DocumentOptions
    @OptionGroup package var flags: Flags
    @Flag(help: "Do not wait for the end of the operation.") package var noWait = false
    @Flag(help: .hidden) var skipValidation = false

    package init() {}

    package var columns: [KindColumn] { Kind.columns }

    package func validate() throws {
        if document.file == nil, !Flags.replaceFile { throw CommandFailure.usage("the following arguments are required: --file/-f") }
        if Kind.parentPath == nil, name.endpointName != nil { throw CommandFailure.usage("--endpoint-name does not fit a \(Kind.title)") }
        if !Kind.isVersioned, name.version != nil { throw CommandFailure.usage("a \(Kind.title) has no versions; leave --version out") }
    }

    /// What the command line asks for, before anything reaches a server.
    package func draft(_ workspace: WorkspaceID, terminal: Terminal) throws -> Draft {
        let document = try document.document(flags: name.values + flags.values(terminal), terminal: terminal)
        return try Kind.readyDraft(from: document, workspace: workspace)
    }

    package func result(_ session: Session) async throws -> JSON {
        let draft = try draft(session.workspace, terminal: session.terminal)
        return Kind.face(of: try await session.submit(draft, kind: Kind.self, wait: !noWait).arm)
    }
}
