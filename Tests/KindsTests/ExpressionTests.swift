import Kinds
import Resources
import Testing

@Suite struct ExpressionTests {
    @Test(
        "expressions are told apart",
        arguments: [
            ("${{inputs.x}}", .input("x")), ("${{ outputs.y }}", .output("y")), ("${{search_space.lr}}", .searchSpace("lr")),
            ("${{parent.inputs.a}}", .parentInput("a")), ("${{parent.outputs.a}}", .parentOutput("a")),
            ("${{parent.jobs.train.outputs.model}}", .parentJobOutput(job: "train", name: "model")),
            ("${{parent.jobs.train.inputs.e}}", .parentJobInput(job: "train", name: "e")), ("${{name}}", .word("name")),
            ("${{x.y.z.w}}", .unknown),
            ("${{}}", .unknown),
        ] as [(String, Expression.Meaning)])
    func meaning(text: String, meaning: Expression.Meaning) {
        #expect(Expression.whole(text)?.meaning == meaning)
    }

    @Test("a text is cut into stretches; an open brace stays text") func pieces() {
        #expect(
            Expression.pieces(of: "a ${{inputs.x}} b ${{open") == [
                .text("a "), .expression(Expression(["inputs", "x"])), .text(" b ${{open"),
            ])
        #expect(Expression.whole("a ${{inputs.x}}") == nil)
    }

    @Test("a command is rendered with values and paths") func render() throws {
        let command = "python t.py --e ${{inputs.epochs}} --d ${{inputs.data}} -o ${{ outputs.model }} --lr ${{search_space.lr}}"
        let text = try CommandTemplate.render(
            command, inputs: ["epochs": "50", "data": "/in/data"], outputs: ["model": "/out/model"], searchSpace: ["lr": "0.1"])
        #expect(text == "python t.py --e 50 --d /in/data -o /out/model --lr 0.1")
    }

    @Test("an optional block goes when its input is absent") func optional() throws {
        let command = "run $[[--rate ${{inputs.rate}}]] --e ${{inputs.e}}"
        #expect(try CommandTemplate.render(command, inputs: ["e": "1"], optionalInputs: ["rate"]) == "run  --e 1")
        #expect(try CommandTemplate.render(command, inputs: ["e": "1", "rate": "2"], optionalInputs: ["rate"]) == "run --rate 2 --e 1")
    }

    @Test("a value that looks like an expression is not expanded again") func once() throws {
        #expect(try CommandTemplate.render("x ${{inputs.a}}", inputs: ["a": "${{inputs.b}}", "b": "secret"]) == "x ${{inputs.b}}")
    }

    @Test("unknown names list the known ones, all at once") func unknown() throws {
        let problem = try #require(throws: Problem.self) {
            try CommandTemplate.render("${{inputs.a}} ${{outputs.b}} ${{parent.inputs.c}}", inputs: ["x": "1", "y": "2"])
        }
        #expect(
            problem.details.map(\.message) == [
                "${{inputs.a}}: no such input; known: ${{inputs.x}}, ${{inputs.y}}", "${{outputs.b}}: no such output; the job has none",
                "${{parent.inputs.c}}: parent belongs to the inputs and outputs of a pipeline's step, not to a command; "
                    + "bind it to an input of the step",
            ])
    }
}
