/// What a pickle describes, as nodes that point at each other by number: nothing is constructed, imported or called.
/// Numbers instead of references, as a crafted file may nest deeper than any stack or refer to itself.
struct PickleGraph {
    struct Node {
        var kind: Kind
        /// Of a text or a global ("module.name").
        var text = ""
        var integer = 0
        var real = 0.0
        /// Items of a tuple, list or set; keys and values in turn of a dictionary, or of an object that was filled like one.
        var children: [Int] = []
        /// Of an object: what would have made it, from what, and the state it would have been given.
        var maker = 0
        var arguments = 0
        var state: Int?
    }

    enum Kind {
        case none, bool, integer, real, text, bytes, tuple, list, dictionary, set, global, object
        /// Kept outside the pickle (a tensor's storage); its one child says where.
        case external
    }

    var nodes: [Node] = []

    func text(_ node: Int?) -> String? { node.flatMap { nodes[$0].kind == .text ? nodes[$0].text : nil } }
    func integer(_ node: Int?) -> Int? { node.flatMap { nodes[$0].kind == .integer ? nodes[$0].integer : nil } }
    func items(_ node: Int?) -> [Int]? {
        node.flatMap { [.tuple, .list].contains(nodes[$0].kind) ? nodes[$0].children : nil }
    }

    /// Keys and values of a dictionary, also of an ordered one; nil for one larger than any part of a model, as each look-up
    /// walks through it.
    func entries(_ node: Int?) -> [(key: Int, value: Int)]? {
        guard let node, [.dictionary, .object].contains(nodes[node].kind), nodes[node].children.count <= 10_000 else { return nil }
        let flat = nodes[node].children
        return stride(from: 0, to: flat.count - 1, by: 2).map { (flat[$0], flat[$0 + 1]) }
    }

    func value(_ key: String, in node: Int?) -> Int? { entries(node)?.last { text($0.key) == key }?.value }

    /// The global that an object was made by, such as "torch.nn.modules.conv.Conv2d".
    func className(_ node: Int?) -> String? {
        guard let node, nodes[node].kind == .object else { return nil }
        let maker = nodes[nodes[node].maker]
        return maker.kind == .global ? maker.text : nil
    }

    func attribute(_ name: String, of node: Int?) -> Int? {
        guard let node, nodes[node].kind == .object else { return nil }
        return value(name, in: nodes[node].state)
    }

    /// The arguments that an object was made from.
    func arguments(_ node: Int?) -> [Int] {
        guard let node, nodes[node].kind == .object else { return [] }
        return items(nodes[node].arguments) ?? []
    }
}
