/// The values of `-o`.
package enum OutputFormat: String, CaseIterable, Sendable {
    case json, jsonc, yaml, yamlc, table, tsv, none
}
