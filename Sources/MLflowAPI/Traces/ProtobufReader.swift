internal import Foundation
internal import Resources

/// A message of protobuf: its fields by number.
struct ProtobufMessage: Sendable {
    indirect enum Field: Sendable {
        case text, bytes, flag, double
        /// `int64`, `int32` or an unsigned number; as a text beyond 64 signed bits.
        case integer
        case fixed64, fixed32
        case enumeration([String])
        case message(@Sendable () -> ProtobufMessage)
        case list(Field)
    }

    let fields: [UInt64: (name: String, field: Field)]

    init(_ fields: [UInt64: (name: String, field: Field)]) { self.fields = fields }
}

/// Turns protobuf's wire form into the JSON that protobuf defines, with snake_case names. Fields that are not in the schema
/// are passed over; anything malformed gives `nil`.
enum ProtobufReader {
    private static let maximumDepth = 64

    static func json(_ bytes: ArraySlice<UInt8>, as message: ProtobufMessage, depth: Int = 0) -> JSON? {
        guard depth < maximumDepth else { return nil }
        var rest = bytes
        var object = JSONObject()
        var lists: [String: [JSON]] = [:]
        while !rest.isEmpty {
            guard let tag = varint(&rest), let raw = raw(tag & 7, &rest) else { return nil }
            guard let (name, field) = message.fields[tag >> 3] else { continue }
            if case .list(let element) = field {
                guard let value = value(raw, element, depth) else { return nil }
                lists[name, default: []].append(value)
            } else {
                guard let value = value(raw, field, depth) else { return nil }
                object[name] = value
            }
        }
        for (name, items) in lists.sorted(by: { $0.key < $1.key }) { object[name] = .array(items) }
        return .object(object)
    }

    private enum Raw {
        case number(UInt64)
        case bytes(ArraySlice<UInt8>)
    }

    private static func raw(_ wire: UInt64, _ rest: inout ArraySlice<UInt8>) -> Raw? {
        switch wire {
        case 0: return varint(&rest).map { .number($0) }
        case 1: return fixed(8, &rest)
        case 5: return fixed(4, &rest)
        case 2:
            guard let count = varint(&rest), count <= UInt64(rest.count) else { return nil }
            defer { rest = rest.dropFirst(Int(count)) }
            return .bytes(rest.prefix(Int(count)))
        default: return nil
        }
    }

    private static func fixed(_ count: Int, _ rest: inout ArraySlice<UInt8>) -> Raw? {
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return .number(rest.prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) })
    }

    private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 70, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            guard shift < 63 || byte <= 1 else { return nil }
            value |= UInt64(byte & 0x7F) << UInt64(shift)
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }

    private static func value(_ raw: Raw, _ field: ProtobufMessage.Field, _ depth: Int) -> JSON? {
        switch (field, raw) {
        case (.text, .bytes(let bytes)): .string(String(decoding: bytes, as: UTF8.self))
        case (.bytes, .bytes(let bytes)): .string(Data(bytes).base64EncodedString())
        case (.message(let schema), .bytes(let bytes)): json(bytes, as: schema(), depth: depth + 1)
        case (.flag, .number(let number)): .bool(number != 0)
        case (.double, .number(let number)): .number(Double(bitPattern: number))
        case (.integer, .number(let number)): .integer(Int64(bitPattern: number))
        case (.fixed64, .number(let number)): Int64(exactly: number).map { .integer($0) } ?? .string(String(number))
        case (.fixed32, .number(let number)): .integer(Int64(clamping: number))
        case (.enumeration(let names), .number(let number)):
            number < UInt64(names.count) ? .string(names[Int(number)]) : .integer(Int64(bitPattern: number))
        default: nil
        }
    }
}

/// What is used of opentelemetry-proto 1: trace, common.
enum OpenTelemetrySchema {
    static let export: ProtobufMessage = .init([1: ("resource_spans", .list(.message { resourceSpans }))])
    private static let resourceSpans: ProtobufMessage = .init([
        1: ("resource", .message { resource }), 2: ("scope_spans", .list(.message { scopeSpans })),
    ])
    private static let resource: ProtobufMessage = .init([1: ("attributes", .list(.message { keyValue }))])
    private static let scopeSpans: ProtobufMessage = .init([2: ("spans", .list(.message { span }))])
    private static let span: ProtobufMessage = .init([
        1: ("trace_id", .bytes), 2: ("span_id", .bytes), 3: ("trace_state", .text), 4: ("parent_span_id", .bytes), 5: ("name", .text),
        6: (
            "kind",
            .enumeration([
                "SPAN_KIND_UNSPECIFIED", "SPAN_KIND_INTERNAL", "SPAN_KIND_SERVER", "SPAN_KIND_CLIENT", "SPAN_KIND_PRODUCER", "SPAN_KIND_CONSUMER",
            ])
        ),
        7: ("start_time_unix_nano", .fixed64), 8: ("end_time_unix_nano", .fixed64), 9: ("attributes", .list(.message { keyValue })),
        10: ("dropped_attributes_count", .integer), 11: ("events", .list(.message { event })), 12: ("dropped_events_count", .integer),
        13: ("links", .list(.message { link })), 14: ("dropped_links_count", .integer), 15: ("status", .message { status }),
        16: ("flags", .fixed32),
    ])
    private static let event: ProtobufMessage = .init([
        1: ("time_unix_nano", .fixed64), 2: ("name", .text), 3: ("attributes", .list(.message { keyValue })),
        4: ("dropped_attributes_count", .integer),
    ])
    private static let link: ProtobufMessage = .init([
        1: ("trace_id", .bytes), 2: ("span_id", .bytes), 3: ("trace_state", .text), 4: ("attributes", .list(.message { keyValue })),
        5: ("dropped_attributes_count", .integer), 6: ("flags", .fixed32),
    ])
    private static let status: ProtobufMessage = .init([
        2: ("message", .text), 3: ("code", .enumeration(["STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"])),
    ])
    private static let keyValue: ProtobufMessage = .init([1: ("key", .text), 2: ("value", .message { anyValue })])
    private static let anyValue: ProtobufMessage = .init([
        1: ("string_value", .text), 2: ("bool_value", .flag), 3: ("int_value", .integer), 4: ("double_value", .double),
        5: ("array_value", .message { arrayValue }), 6: ("kvlist_value", .message { keyValueList }), 7: ("bytes_value", .bytes),
    ])
    private static let arrayValue: ProtobufMessage = .init([1: ("values", .list(.message { anyValue }))])
    private static let keyValueList: ProtobufMessage = .init([1: ("values", .list(.message { keyValue }))])
}
