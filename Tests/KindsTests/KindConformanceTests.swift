import Foundation
import Kinds
import Resources
import Testing

/// What every kind must do, over its fixtures: a kind gets these tests by being in `AllKinds`.
@Suite struct KindConformanceTests {
    static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    static let nouns = AllKinds.list.map { $0.noun }

    static func document(_ noun: String, _ name: String) throws(Problem) -> YAMLDocument {
        try YAMLDocument(contentsOfFile: fixtures.appending(path: "\(noun)/\(name).yml").path)
    }

    static func kind(_ noun: String) throws -> any YAMLKind.Type { try #require(AllKinds.kind(noun: noun)) }

    /// Machine paths out of what is compared.
    static func portable(_ body: JSON) throws -> JSON {
        try JSON(parsing: body.text().replacing(fixtures.path, with: "FIXTURES"))
    }

    /// Indentation and comments of a conda file do not survive printing; what it says does.
    static func meaning(_ body: JSON) throws -> JSON {
        var body = try portable(body)
        if let conda = body["properties"]?["condaFile"]?.stringValue {
            var properties = body["properties"]
            properties?["condaFile"] = try YAMLDocument(text: conda).root.json
            body["properties"] = properties
        }
        return body
    }

    @Test("minimal.yml is enough", arguments: nouns)
    func minimal(noun: String) throws {
        let draft = try Self.kind(noun).draft(from: Self.document(noun, "minimal"), workspace: .standard)
        #expect(draft.name != nil || noun == "job")
    }

    @Test("full.yml becomes the ARM body in arm.json", arguments: nouns)
    func armBody(noun: String) throws {
        let draft = try Self.kind(noun).draft(from: Self.document(noun, "full"), workspace: .standard)
        let file = Self.fixtures.appending(path: "\(noun)/arm.json")
        let body = try Self.portable(draft.body)
        if ProcessInfo.processInfo.environment["MARTLET_RECORD"] != nil {
            try (body.text(pretty: true, sortedKeys: true) + "\n").write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(body == (try JSON(parsing: Data(contentsOf: file))))
    }

    @Test("invalid.yml gives exactly the problems it lists, with their places", arguments: nouns)
    func problems(noun: String) throws {
        let file = Self.fixtures.appending(path: "\(noun)/invalid.yml")
        let text = try String(contentsOf: file, encoding: .utf8)
        let expected = text.split(separator: "\n").filter { $0.hasPrefix("#! ") }.map { String($0.dropFirst(3)) }
        let found = try Self.kind(noun).problems(text, directory: file.deletingLastPathComponent().path).sorted()
        #expect(found.count == expected.count, "\(found.joined(separator: "\n"))")
        for (line, prefix) in zip(found, expected.sorted()) { #expect(line.hasPrefix(prefix), "expected \(prefix)") }
    }

    @Test("the printed face is a document that asks for the same", arguments: nouns)
    func roundTrip(noun: String) throws {
        let kind = try Self.kind(noun)
        let draft = try kind.draft(from: Self.document(noun, "full"), workspace: .standard)
        let face = kind.face(of: Self.arm(kind, draft))
        #expect(face["name"]?.stringValue == draft.name)
        #expect(face["resourceGroup"] == "martlet")
        #expect(face["creation_context"]?["created_at"] == "2026-01-02T03:04:05.000Z")
        let again = try kind.draft(
            from: YAMLDocument(json: face, directory: Self.fixtures.appending(path: noun).path), workspace: .standard)
        #expect(try Self.meaning(again.body) == Self.meaning(draft.body), "\(face.text(pretty: true))")
        #expect(again.version == draft.version)
        #expect(again.parent == draft.parent)
    }

    static func arm(_ kind: any YAMLKind.Type, _ draft: Draft) -> JSON {
        let id = ResourceID(
            workspace: .standard, kind: kind.path, parent: draft.parent, name: draft.name ?? "unnamed",
            version: kind.isVersioned ? draft.version ?? "1" : nil)
        var arm = draft.body
        arm["id"] = .string(id.path)
        arm["systemData"] = ["createdAt": "2026-01-02T03:04:05.000Z", "createdBy": "me"]
        return arm
    }

    @Test("a key that nobody knows is refused where it stands", arguments: nouns)
    func unknownKey(noun: String) throws {
        let text = try String(contentsOf: Self.fixtures.appending(path: "\(noun)/minimal.yml"), encoding: .utf8)
        let line = text.split(separator: "\n").count + 1
        let problems = try Self.kind(noun).problems(text + "zzz_unknown: 1\n", directory: Self.fixtures.appending(path: noun).path)
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("\(line):1 'zzz_unknown' is not a known key") == true, "\(problems)")
    }

    @Test("the server admits what full.yml asks for, and admits it again", arguments: nouns)
    func admission(noun: String) throws {
        let kind = try Self.kind(noun)
        let draft = try kind.draft(from: Self.document(noun, "full"), workspace: .standard)
        let store = StoredResources.fixtures
        let name = try #require(draft.name)
        let version = kind.isVersioned ? draft.version ?? "1" : nil
        let proposal = try store.admit(kind, name, version: version, parent: draft.parent, draft.body)
        var resource = Resource(
            id: proposal.id, envelope: proposal.envelope, properties: proposal.properties,
            systemData: StoredResources.fixtures.resources.values.first!.systemData)
        resource.observed = noun == "job" ? ["status": "Running"] : [:]
        // Clients echo what they were shown.
        var echo = proposal.envelope
        echo["properties"] = kind.present(resource.effectiveProperties, of: resource)
        let again = try store.admit(kind, name, version: version, parent: draft.parent, echo, existing: resource)
        #expect(again.properties["provisioningState"] == nil)
        #expect(kind.present(proposal.properties, of: resource)["provisioningState"] != nil || ["job", "datastore"].contains(noun))
        for id in kind.references(in: proposal.properties, workspace: .standard) where id.kind != "jobs" {
            #expect(store.resources[id] != nil, "\(id)")
        }
    }

    @Test("the schema describes every key of full.yml", arguments: nouns)
    func schema(noun: String) throws {
        let kind = try Self.kind(noun)
        let schemas = kind.schema["oneOf"]?.arrayValue ?? [kind.schema]
        let keys = try Self.document(noun, "full").root.entries?.map(\.key) ?? []
        #expect(schemas.contains { schema in keys.allSatisfy { schema["properties"]?[$0] != nil } })
    }

    @Test("columns show what the face has", arguments: nouns)
    func columns(noun: String) throws {
        let kind = try Self.kind(noun)
        #expect(kind.columns.first?.key == "name")
        #expect(Set(kind.columns.map(\.heading)).count == kind.columns.count)
    }
}
