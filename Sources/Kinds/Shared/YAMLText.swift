package import Resources
import Yams

/// JSON as YAML text, keys in their order.
package enum YAMLText {
    package static func render(_ value: JSON) -> String {
        (try? Yams.serialize(node: node(value), width: -1, allowUnicode: true)) ?? ""
    }

    private static func node(_ value: JSON) -> Node {
        switch value {
        case .object(let object): .mapping(.init(object.map { (scalar(.string($0.key)), node($0.value)) }))
        case .array(let elements): .sequence(.init(elements.map(node)))
        default: scalar(value)
        }
    }

    /// A string that would read as something else is quoted; `yes` and its kin too, for readers of YAML 1.1.
    private static func scalar(_ value: JSON) -> Node {
        guard let text = value.stringValue else { return .scalar(.init(value.isNull ? "null" : value.literalText ?? "", Tag(.implicit))) }
        if text.contains("\n") { return .scalar(.init(text, Tag(.str), .literal)) }
        let folded = text.lowercased()
        let misleading =
            YAMLNode.meaning(ofPlain: text) != value || ["yes", "no", "on", "off", "y", "n", "<<", "="].contains(folded)
            || text.allSatisfy { $0.isNumber || ":-_.".contains($0) }
        return .scalar(.init(text, Tag(.str), misleading ? .singleQuoted : .any))
    }
}
