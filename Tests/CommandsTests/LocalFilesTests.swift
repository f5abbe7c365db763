import APIClient
import Commands
import Foundation
import Resources
import Testing

@Suite("Local files") struct LocalFilesTests {
    @Test(
        "ignore patterns mean what they mean to git",
        arguments: [
            ("*.log", "a.log", true), ("*.log", "d/a.log", true), ("/*.log", "d/a.log", false), ("d/*.log", "d/a.log", true),
            ("d/*.log", "x/d/a.log", false),
            ("**/a.log", "x/y/a.log", true), ("d/**", "d/e/f", true), ("a/**/b", "a/b", true), ("a/**/b", "a/x/y/b", true),
            ("a*/b", "a/x/b", false),
            ("?.txt", "a.txt", true), ("?.txt", "ab.txt", false), ("[a-c].txt", "b.txt", true), ("[!a-c].txt", "b.txt", false),
            ("#x", "#x", false),
            ("\\#x", "#x", true), ("*.log\n!keep.log", "keep.log", false), ("a.b", "axb", false), ("cache/", "cache", false),
            ("[", "[", true),
        ])
    func patterns(rules: String, path: String, excluded: Bool) {
        #expect(IgnoreRules(text: rules).excludes(path, isFolder: false) == excluded)
    }

    @Test("a folder's hash follows names and contents, not places or what is ignored")
    func hashing() throws {
        let test = try TestTerminal()
        for folder in ["one/src", "two/src"] {
            try test.write("print(1)", to: "\(folder)/train.py")
            try test.write("x", to: "\(folder)/lib/a.py")
            try test.write("*.ckpt\nbuild/\n", to: "\(folder)/.amlignore")
        }
        try test.write("ignored by git only", to: "two/src/.gitignore")
        try test.write("big", to: "one/src/w.ckpt")
        try test.write("big", to: "one/src/build/x")
        try test.write("cache", to: "one/src/__pycache__/x.pyc")
        try test.write("ignored by git only", to: "one/src/.gitignore")
        let one = try LocalTree(path: test.home.appending(path: "one/src").path, base: .ofCode)
        let two = try LocalTree(path: test.home.appending(path: "two/src").path, base: .ofCode)
        #expect(one.files.map(\.path) == [".amlignore", ".gitignore", "lib/a.py", "train.py"])
        #expect(try one.hash() == two.hash())
        try test.write("print(2)", to: "two/src/train.py")
        #expect(try one.hash() != two.hash())
        try FileManager.default.moveItem(
            at: test.home.appending(path: "two/src/train.py"), to: test.home.appending(path: "two/src/other.py"))
        #expect(try LocalTree(path: test.home.appending(path: "two/src").path).files.map(\.path).contains("other.py"))
    }

    @Test("links are followed, circles end, and what cannot travel is named")
    func links() throws {
        let test = try TestTerminal()
        try test.write("x", to: "data/a.txt")
        try test.write("y", to: "elsewhere/b.txt")
        let data = test.home.appending(path: "data")
        try FileManager.default.createSymbolicLink(at: data.appending(path: "loop"), withDestinationURL: data)
        try FileManager.default.createSymbolicLink(
            at: data.appending(path: "more"), withDestinationURL: test.home.appending(path: "elsewhere"))
        #expect(try LocalTree(path: data.path).files.map(\.path) == ["a.txt", "more/b.txt"])
        #expect(try LocalTree(path: data.appending(path: "a.txt").path).files.map(\.path) == ["a.txt"])
        #expect(throws: Problem.self) { try LocalTree(path: test.home.appending(path: "nowhere").path) }
        try FileManager.default.createDirectory(at: test.home.appending(path: "empty"), withIntermediateDirectories: true)
        #expect(throws: Problem.self) { try LocalTree(path: test.home.appending(path: "empty").path) }
    }

    @Test("the blob service's XML")
    func xml() {
        let text =
            "<Blobs><Blob><Name>a &amp; b&#233;</Name></Blob><Blob><Name>c</Name></Blob></Blobs><NextMarker/>"
        #expect(XMLText.all("Blob", in: text).compactMap { XMLText.first("Name", in: $0) } == ["a & bé", "c"])
        #expect(XMLText.first("NextMarker", in: text) == nil)
        #expect(XMLText.first("Name", in: "<Name>open") == nil)
    }

    @Test("git tells the commit; variables and dirt are told apart")
    func provenance() throws {
        let test = try TestTerminal()
        let environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": test.home.path]
        #expect(GitProvenance(directory: test.home.path, environment: environment).properties.isEmpty)
        func git(_ arguments: String...) throws {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"] + arguments
            process.currentDirectoryURL = test.home
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
        try test.write("1", to: "a.txt")
        try git("init", "-q", "-b", "trunk")
        try git("remote", "add", "origin", "https://user:token@example.org/x.git")
        try git("add", ".")
        try git("commit", "-q", "-m", "first")
        let clean = GitProvenance(directory: test.home.path, environment: environment).properties
        #expect(clean["azureml.git.repository_uri"] == "https://example.org/x.git")
        #expect(clean["mlflow.source.git.branch"] == "trunk")
        #expect(clean["azureml.git.commit"]?.count == 40)
        #expect(clean["azureml.git.commit"] == clean["mlflow.source.git.commit"])
        #expect(clean["azureml.git.dirty"] == "False")
        try test.write("2", to: "a.txt")
        let dirty = GitProvenance(directory: test.home.path, environment: environment.merging(["AZUREML_GIT_BRANCH": "release"]) { $1 })
            .properties
        #expect(dirty["azureml.git.dirty"] == "True")
        #expect(dirty["azureml.git.branch"] == "release")
    }
}
