import ArgumentParser
import Commands
import Resources
import Testing

@Suite("martlet dataset")
struct DatasetCommandTests {
    /// The noun below a root of its own, as the program has it.
    private struct Root: ParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(commandName: "martlet", subcommands: WorkerCommands.all) }
    }

    private func parse(_ words: String) throws -> any ParsableCommand { try Root.parseAsRoot(words.split(separator: " ").map(String.init)) }

    @Test(arguments: ["inspect photos -o json", "validate photos --html page.html --strict", "convert a b --to coco", "diff a b", "split --help"])
    func `verbs about images go to the worker as they were typed`(words: String) throws {
        let command = try #require(try parse("dataset \(words)") as? DatasetWork)
        #expect(command.words == words.split(separator: " ").map(String.init))
        #expect(DatasetWork.configuration.commandName == "dataset")
    }

    @Test func `import is done here`() throws {
        let command = try #require(try parse("dataset import photos --name fridge --version 3 -o table") as? DatasetImport)
        #expect(command.path == "photos" && command.name == "fridge" && command.version == "3")
        #expect(throws: (any Error).self) { try parse("dataset import photos") }
    }

    @Test func `what the worker found becomes tags`() throws {
        let summary: JSON = [
            "format": "coco", "images": 102, "objects": 252, "categories": [["name": "can", "objects": 63], ["name": "carton", "objects": 61]],
        ]
        #expect(try DatasetImport.tags(of: summary) == ["format": "coco", "images": "102", "objects": "252", "classes": "can, carton"])
        let many: JSON = ["format": "coco", "images": 1, "objects": 1, "categories": .array((0..<999).map { ["name": .string("class \($0)")] })]
        #expect(try #require(DatasetImport.tags(of: many)["classes"]?.stringValue).count == 240)
        #expect(throws: Problem.self) { try DatasetImport.tags(of: ["format": "coco"]) }
    }
}
