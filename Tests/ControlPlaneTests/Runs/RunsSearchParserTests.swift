import ControlPlane
import MetadataStore
import Resources
import Testing

@Suite("MLflow's search language")
struct RunsSearchParserTests {
    private func conditions(_ filter: String, _ vocabulary: SearchVocabulary = .runs) throws -> [SearchQuery.Condition] {
        try SearchParser.query(filter: filter, orderBy: [], vocabulary: vocabulary).conditions
    }

    @Test(
        "each kind of comparison is read",
        arguments: [
            ("metrics.loss < 0.5", SearchQuery.Condition(.metric("loss"), .less, .number(0.5))),
            ("metric.loss>=-1e-3", .init(.metric("loss"), .greaterOrEqual, .number(-0.001))),
            ("metrics.`metrics/mAP50-95(B)` = 1", .init(.metric("metrics/mAP50-95(B)"), .equal, .number(1))),
            ("metrics.\"a b\" != 2", .init(.metric("a b"), .notEqual, .number(2))),
            ("params.lr/pg0 = '0.1'", .init(.parameter("lr/pg0"), .equal, .text("0.1"))),
            ("parameter.x LIKE \"a%\"", .init(.parameter("x"), .like, .text("a%"))),
            ("tags.owner ilike 'Ada'", .init(.tag("owner"), .ilike, .text("Ada"))),
            ("tags.mlflow.user = 'it''s'", .init(.tag("mlflow.user"), .equal, .text("it's"))),
            ("tag.x IS NULL", .init(.tag("x"), .isNull, .nothing)),
            ("params.x is not null", .init(.parameter("x"), .isNotNull, .nothing)),
            ("status = 'FINISHED'", .init(.attribute("status"), .equal, .text("FINISHED"))),
            ("attributes.start_time > 10", .init(.attribute("start_time"), .greater, .number(10))),
            ("attr.`run name` = 'x'", .init(.attribute("run_name"), .equal, .text("x"))),
            ("run_id IN ('a', 'b')", .init(.attribute("run_id"), .isIn, .list(["a", "b"]))),
            ("run_id NOT IN ('a')", .init(.attribute("run_id"), .isNotIn, .list(["a"]))),
            ("datasets.name = 'shelf'", .init(.dataset("name"), .equal, .text("shelf"))),
        ])
    func reads(text: String, condition: SearchQuery.Condition) throws {
        #expect(try conditions(text) == [condition])
    }

    @Test("conditions are joined by AND, in any case")
    func joins() throws {
        #expect(try conditions("metrics.a > 1 and params.b = 'and' AND tags.c != 'x'").count == 3)
        #expect(try conditions("   ").isEmpty)
    }

    @Test(
        "what is not the language is refused as invalid",
        arguments: [
            "metrics.a > 1 OR metrics.b > 2", "metrics.a", "metrics.a >", "metrics.a > 'x'", "metrics.a > 1 AND", "AND metrics.a > 1",
            "params.x = 5", "params.x > '5'", "params.x = 'open", "tags.x IN ('a')", "status IN ('a')", "run_id IN ()", "run_id IN ('a',)",
            "run_id IN 'a'", "nothing.x = 'a'", "unknown = 'a'", "attributes.unknown = 'a'", "metrics. > 1", "(metrics.a > 1)",
            "metrics.a > 1; DROP TABLE run", "metrics.a > 1 metrics.b > 2", "start_time = 'yesterday'", "tags.x IS", "tags.x IS 5", "= 5",
            "metrics.a > nan", "datasets.size = 'x'",
        ])
    func refuses(text: String) {
        #expect(throws: Problem.self) { try conditions(text) }
        do { _ = try conditions(text) } catch { #expect((error as? Problem)?.code == .invalidInput) }
    }

    @Test("endless filters are refused, long ones are not")
    func bounds() throws {
        let one = "metrics.a > 1"
        #expect(try conditions(Array(repeating: one, count: 150).joined(separator: " AND ")).count == 150)
        #expect(throws: Problem.self) { try conditions(Array(repeating: one, count: 201).joined(separator: " AND ")) }
        #expect(throws: Problem.self) { try conditions("tags.a = '" + String(repeating: "x", count: 100_001) + "'") }
    }

    @Test("orders are read with their direction; duplicates and rubbish are refused")
    func orders() throws {
        let query = try SearchParser.query(filter: nil, orderBy: ["metrics.a DESC", "params.`b c`", "start_time asc"], vocabulary: .runs)
        #expect(
            query.order == [
                .init(.metric("a"), isAscending: false), .init(.parameter("b c"), isAscending: true),
                .init(.attribute("start_time"), isAscending: true),
            ])
        for orders in [["metrics.a", "metrics.a DESC"], [""], ["metrics.a sideways"], ["metrics.a DESC, metrics.b"], ["nothing"]] {
            #expect(throws: Problem.self) { try SearchParser.query(filter: nil, orderBy: orders, vocabulary: .runs) }
        }
    }

    @Test("each noun has its own words")
    func vocabularies() throws {
        #expect(try conditions("name LIKE 'x%'", .experiments).count == 1)
        #expect(try conditions("run_id IN ('a') AND version_number > 3", .modelVersions).count == 2)
        #expect(try conditions("metrics.f1 > 0.5 AND source_run_id = 'a'", .loggedModels).count == 2)
        #expect(throws: Problem.self) { try conditions("metrics.a > 1", .experiments) }
        #expect(throws: Problem.self) { try conditions("params.a = 'x'", .registeredModels) }
        #expect(throws: Problem.self) { try conditions("creation_timestamp > 1", .registeredModels) }
    }
}
