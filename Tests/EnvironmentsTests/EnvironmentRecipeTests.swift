import Environments
import Kinds
import Resources
import Testing

@Suite("What an environment asks for")
struct EnvironmentRecipeTests {
    private static func properties(image: String?, conda: String?) throws -> EnvironmentProperties {
        var json: JSON = [:]
        json["image"] = image.map { .string($0) }
        json["condaFile"] = conda.map { .string($0) }
        return try json.decoded()
    }

    private func recipe(_ conda: String, image: String? = nil) throws -> EnvironmentRecipe {
        try EnvironmentRecipe(Self.properties(image: image, conda: conda))
    }

    @Test("pip requirements are taken as they are, conda names become pip names")
    func names() throws {
        let recipe = try recipe(
            """
            dependencies:
              - python=3.10
              - pip
              - numpy=1.26
              - pytorch==2.1.0
              - pillow>=9
              - pip:
                - mlflow-skinny
                - azure-identity==1.19.0
            """)
        #expect(recipe.python == "3.10")
        #expect(recipe.requirements == ["numpy==1.26.*", "torch==2.1.0", "pillow>=9", "mlflow-skinny", "azure-identity==1.19.0"])
    }

    @Test("the seed's line of several packages is reported by its line and named as missing")
    func malformedLine() throws {
        let recipe = try recipe(
            """
            dependencies:
              - python=3.9
              - pytorch::pytorch torchvision torchaudio pytorch-cuda=11.8
              - pip:
                - tqdm
            """)
        #expect(recipe.requirements == ["tqdm"])
        let note = try #require(recipe.notes.first)
        #expect(note.line == 3)
        #expect(note.missing.contains("torch"))
        #expect(note.text.contains("not a valid conda dependency"))
    }

    @Test("what only conda has is not asked of PyPI", arguments: ["cudatoolkit=11.8", "libgcc-ng", "r-base=4.2", "_libgcc_mutex"])
    func condaOnly(_ spec: String) throws {
        let recipe = try recipe("dependencies:\n  - \(spec)\n")
        #expect(recipe.requirements.isEmpty)
        #expect(recipe.notes.count == 1)
    }

    @Test("an image alone needs no environment, and the log says that it is not used")
    func imageOnly() throws {
        let recipe = try EnvironmentRecipe(Self.properties(image: "mcr.microsoft.com/azureml/openmpi", conda: nil))
        #expect(!recipe.needsEnvironment)
        #expect(recipe.notes.contains { $0.text.contains("no container engine") })
    }

    @Test("the order of requirements does not make another environment, their versions do")
    func identity() throws {
        let one = try recipe("dependencies:\n  - pip:\n    - a==1\n    - b\n")
        let two = try recipe("dependencies:\n  - pip:\n    - b\n    - a==1\n")
        let three = try recipe("dependencies:\n  - pip:\n    - b\n    - a==2\n")
        #expect(one.identity == two.identity)
        #expect(one.identity != three.identity)
    }
}
