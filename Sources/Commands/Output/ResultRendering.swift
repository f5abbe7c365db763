import Kinds
package import Resources

/// Turns a command's result into the text of `-o`, after `--query`. The rules are the Azure CLI's: keys in alphabetical
/// order, nothing at all for null, tab-separated rows whose nested values are counts or blanks, the kind's own columns
/// in a table.
package struct ResultRendering: Sendable {
    package var format: OutputFormat
    package var query: JMESPath?
    /// The kind's table; not used with a query.
    package var columns: [KindColumn]
    /// Whether `jsonc` and `yamlc` may colour.
    package var allowsColor: Bool

    package init(format: OutputFormat, query: JMESPath? = nil, columns: [KindColumn] = [], allowsColor: Bool = false) {
        self.format = format
        self.query = query
        self.columns = columns
        self.allowsColor = allowsColor
    }

    /// The text with its final newline; empty when there is nothing to print.
    package func text(of result: JSON) throws(Problem) -> String {
        var value = result
        if let query {
            do throws(JMESPathError) {
                value = try query.search(result)
            } catch {
                throw Problem(.invalidInput, "--query cannot be applied: \(error)", target: "--query")
            }
        }
        if value.isNull { return "" }
        switch format {
        case .json: return value.text(pretty: true, sortedKeys: true) + "\n"
        case .jsonc:
            let text = value.text(pretty: true, sortedKeys: true)
            return (allowsColor ? ColoredText.json(text) : text) + "\n"
        case .yaml: return yaml(value)
        case .yamlc: return allowsColor ? ColoredText.yaml(yaml(value)) : yaml(value)
        case .tsv: return tabSeparated(value)
        case .table: return TextTable(rows(of: value)).text()
        case .none: return ""
        }
    }

    private func yaml(_ value: JSON) -> String {
        let text = YAMLText.render(value.sortedByKey)
        // The mark of a document's end, which a bare scalar gets.
        return text.hasSuffix("\n...\n") ? String(text.dropLast(4)) : text
    }

    // MARK: Tab-separated

    private func tabSeparated(_ value: JSON) -> String {
        (value.arrayValue ?? [value]).map { tabSeparatedRow($0) + "\n" }.joined()
    }

    private func tabSeparatedRow(_ row: JSON) -> String {
        switch row {
        case .array(let cells): cells.map(cell).joined(separator: "\t")
        case .object(let object): keys(of: object).map { cell(object[$0] ?? .null) }.joined(separator: "\t")
        case .bool(let flag): flag ? "true" : "false"
        default: cell(row)
        }
    }

    /// A query's own order is kept; otherwise keys are sorted so that columns stay where they are.
    private func keys(of object: JSONObject) -> [String] { query == nil ? object.keys.sorted() : object.keys }

    /// The spelling that scripts written for the Azure CLI compare with.
    private func cell(_ value: JSON) -> String {
        switch value {
        case .null: "None"
        case .bool(let flag): flag ? "True" : "False"
        case .array(let elements): String(elements.count)
        case .object: ""
        default: value.literalText ?? ""
        }
    }

    // MARK: Table

    /// One row per element, each a list of heading and cell.
    private func rows(of value: JSON) -> [[TextTable.Cell]] {
        (value.arrayValue ?? [value]).map { element in
            if query == nil, !columns.isEmpty, element.objectValue != nil {
                return columns.map { .init(heading: $0.heading, text: tableText(element.value(atPath: $0.key))) }
            }
            switch element {
            case .object(let object):
                return keys(of: object).compactMap { key in
                    guard let member = object[key], !["id", "type", "etag"].contains(key), member.literalText != nil else { return nil }
                    return .init(heading: key.prefix(1).uppercased() + key.dropFirst(), text: tableText(member))
                }
            case .array(let elements):
                return elements.enumerated().map { .init(heading: "Column\($0.offset + 1)", text: tableText($0.element)) }
            default: return [.init(heading: "Result", text: tableText(element))]
            }
        }
    }

    private func tableText(_ value: JSON?) -> String {
        guard let value, !value.isNull else { return "" }
        if let flag = value.boolValue { return flag ? "True" : "False" }
        return value.literalText ?? value.text()
    }
}

extension JSON {
    /// The same value with the members of every object in alphabetical order.
    var sortedByKey: JSON {
        switch self {
        case .object(let object): .object(JSONObject(object.keys.sorted().map { ($0, (object[$0] ?? .null).sortedByKey) }))
        case .array(let elements): .array(elements.map(\.sortedByKey))
        default: self
        }
    }

    /// The value at a dotted path of keys.
    package func value(atPath path: String) -> JSON? {
        path.split(separator: ".").reduce(Optional(self)) { $0?[String($1)] }
    }
}
