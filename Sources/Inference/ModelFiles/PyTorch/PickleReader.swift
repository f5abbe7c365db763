import Foundation

/// Reads a pickle without running it (the opcodes of Python's `pickletools`, protocols 2 to 5): calls become nodes of
/// `PickleGraph`, and a global outside `PickleGlobals` ends the reading.
struct PickleReader {
    /// Why it could not be read, to complete "the file …".
    struct Fault: Error {
        let why: String
    }

    private let bytes: [UInt8]
    private var place = 0
    private var graph = PickleGraph()
    private var stack: [Int] = []
    private var marks: [Int] = []
    private var memo: [Int: Int] = [:]

    private static let mostNodes = 2_000_000
    /// A pickle of the largest model has a quarter of a megabyte.
    static let mostBytes = 32 << 20

    /// The graph and the number of its root.
    static func read(_ bytes: [UInt8]) throws -> (graph: PickleGraph, root: Int) {
        guard bytes.count <= mostBytes else { throw Fault(why: "describes more objects than any model has") }
        var reader = PickleReader(bytes: bytes)
        while try reader.step() {}
        return (reader.graph, try reader.pop())
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// One opcode; false at the end.
    private mutating func step() throws -> Bool {
        switch try byte() {
        case UInt8(ascii: "."): return false
        case 0x80: _ = try byte()
        case 0x95: _ = try take(8)
        case UInt8(ascii: "("): marks.append(stack.count)
        case UInt8(ascii: "0"): _ = try pop()
        case UInt8(ascii: "1"): _ = try popMark()
        case UInt8(ascii: "2"): stack.append(try top())

        case UInt8(ascii: "N"): try push(.init(kind: .none))
        case 0x88: try push(.init(kind: .bool, integer: 1))
        case 0x89: try push(.init(kind: .bool))
        case UInt8(ascii: "J"): try push(.init(kind: .integer, integer: Int(Int32(truncatingIfNeeded: try number(4)))))
        case UInt8(ascii: "K"): try push(.init(kind: .integer, integer: try number(1)))
        case UInt8(ascii: "M"): try push(.init(kind: .integer, integer: try number(2)))
        case 0x8A: try pushLong(try number(1))
        case 0x8B: try pushLong(try number(4))
        case UInt8(ascii: "G"):
            let bits = try take(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            try push(.init(kind: .real, real: Double(bitPattern: bits)))
        case 0x8C, UInt8(ascii: "U"): try pushText(try number(1))
        case UInt8(ascii: "X"), UInt8(ascii: "T"): try pushText(try number(4))
        case 0x8D: try pushText(try number(8))
        case UInt8(ascii: "C"): try pushBytes(try number(1))
        case UInt8(ascii: "B"): try pushBytes(try number(4))
        case 0x8E, 0x96: try pushBytes(try number(8))

        case UInt8(ascii: "}"): try push(.init(kind: .dictionary))
        case UInt8(ascii: "]"): try push(.init(kind: .list))
        case UInt8(ascii: ")"): try push(.init(kind: .tuple))
        case 0x8F: try push(.init(kind: .set))
        case UInt8(ascii: "t"): try push(.init(kind: .tuple, children: try popMark()))
        case UInt8(ascii: "l"): try push(.init(kind: .list, children: try popMark()))
        case UInt8(ascii: "d"): try push(.init(kind: .dictionary, children: try pairs(try popMark())))
        case 0x91: try push(.init(kind: .set, children: try popMark()))
        case 0x85: try pushTuple(1)
        case 0x86: try pushTuple(2)
        case 0x87: try pushTuple(3)
        case UInt8(ascii: "a"): try fill([try pop()])
        case UInt8(ascii: "s"): try fill(try pop(2))
        case UInt8(ascii: "e"), 0x90: try fill(try popMark())
        case UInt8(ascii: "u"): try fill(try pairs(try popMark()))

        case UInt8(ascii: "q"): memo[try number(1)] = try top()
        case UInt8(ascii: "r"): memo[try number(4)] = try top()
        case 0x94: memo[memo.count] = try top()
        case UInt8(ascii: "h"): try recall(try number(1))
        case UInt8(ascii: "j"): try recall(try number(4))

        case UInt8(ascii: "c"): try pushGlobal(module: try line(), name: try line())
        case 0x93:
            let parts = try pop(2)
            guard let module = graph.text(parts[0]), let name = graph.text(parts[1]) else { throw Self.broken }
            try pushGlobal(module: module, name: name)
        case UInt8(ascii: "R"), 0x81:
            let parts = try pop(2)
            try push(.init(kind: .object, maker: parts[0], arguments: parts[1]))
        case 0x92:
            let parts = try pop(3)
            try push(.init(kind: .object, maker: parts[0], arguments: parts[1]))
        case UInt8(ascii: "b"):
            let state = try pop()
            graph.nodes[try top()].state = state
        case UInt8(ascii: "Q"): try push(.init(kind: .external, children: [try pop()]))
        case let other:
            throw Fault(why: "is pickled in a way that torch does not use (opcode \(other) at byte \(place - 1))")
        }
        return true
    }

    private static let broken = Fault(why: "is cut short or damaged: its pickle makes no sense")

    // MARK: Bytes

    private mutating func byte() throws -> UInt8 {
        guard place < bytes.count else { throw Self.broken }
        place += 1
        return bytes[place - 1]
    }

    private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
        guard count >= 0, count <= bytes.count - place else { throw Self.broken }
        place += count
        return bytes[(place - count)..<place]
    }

    /// An unsigned little-endian number that fits into what is left of any file.
    private mutating func number(_ width: Int) throws -> Int {
        let value = try take(width).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let number = Int(exactly: value) else { throw Self.broken }
        return number
    }

    private mutating func line() throws -> String {
        guard let end = bytes[place...].prefix(1024).firstIndex(of: UInt8(ascii: "\n")) else { throw Self.broken }
        defer { place = end + 1 }
        return String(decoding: bytes[place..<end], as: UTF8.self)
    }

    // MARK: Stack

    private mutating func push(_ node: PickleGraph.Node) throws {
        guard graph.nodes.count < Self.mostNodes else { throw Fault(why: "describes more objects than any model has") }
        graph.nodes.append(node)
        stack.append(graph.nodes.count - 1)
    }

    private func top() throws -> Int {
        guard let top = stack.last, stack.count > (marks.last ?? 0) else { throw Self.broken }
        return top
    }

    private mutating func pop() throws -> Int {
        let top = try top()
        stack.removeLast()
        return top
    }

    private mutating func pop(_ count: Int) throws -> [Int] {
        guard stack.count - (marks.last ?? 0) >= count else { throw Self.broken }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    private mutating func popMark() throws -> [Int] {
        guard let mark = marks.popLast(), mark <= stack.count else { throw Self.broken }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[mark...])
    }

    private func pairs(_ flat: [Int]) throws -> [Int] {
        guard flat.count % 2 == 0 else { throw Self.broken }
        return flat
    }

    /// Adds to the list, set, dictionary or object on top.
    private mutating func fill(_ children: [Int]) throws {
        let target = try top()
        guard [.list, .set, .dictionary, .object].contains(graph.nodes[target].kind) else { throw Self.broken }
        graph.nodes[target].children += children
    }

    private mutating func recall(_ key: Int) throws {
        guard let node = memo[key] else { throw Self.broken }
        stack.append(node)
    }

    // MARK: Values

    /// A two's complement number; one that is wider than a word is kept as zero (seeds of random generators, never sizes).
    private mutating func pushLong(_ width: Int) throws {
        let content = try take(width)
        var value: UInt64 = content.last.map { $0 >= 0x80 } == true ? .max : 0
        for byte in content.reversed() { value = value << 8 | UInt64(byte) }
        try push(.init(kind: .integer, integer: width <= 8 ? Int(truncatingIfNeeded: value) : 0))
    }

    private mutating func pushText(_ count: Int) throws {
        let text = String(decoding: try take(count), as: UTF8.self)
        try push(.init(kind: .text, text: text))
    }

    private mutating func pushBytes(_ count: Int) throws {
        _ = try take(count)
        try push(.init(kind: .bytes))
    }

    private mutating func pushTuple(_ count: Int) throws { try push(.init(kind: .tuple, children: try pop(count))) }

    private mutating func pushGlobal(module: String, name: String) throws {
        guard PickleGlobals.allows(module: module, name: name) else {
            throw Fault(
                why: "asks Python for \(module.prefix(100)).\(name.prefix(100)), which the weights of a detector do not need; "
                    + "do not load it with torch unless you trust its source")
        }
        try push(.init(kind: .global, text: "\(module).\(name)"))
    }
}
