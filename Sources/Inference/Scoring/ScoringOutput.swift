import Detection
import Imaging

/// The JSON bodies of scoring answers. Written by hand: a general encoder takes longer for a few hundred boxes than the
/// network for a small picture.
struct ScoringOutput {
    /// What was found in one picture.
    struct Answer {
        var id: Int
        var width: Int
        var height: Int
        var objects: [DetectedObject]
    }

    let classNames: [String]

    /// The body in `shape`, or in the usual one for the form of the request.
    func body(_ answers: [Answer], form: ScoringInput.Form, shape: ScoringWishes.Shape?) -> [UInt8] {
        var text = JSONText()
        switch shape {
        case .autoML: autoML(answers, into: &text)
        case .coco: coco(answers, into: &text)
        case nil where form == .autoML: autoML(answers, into: &text)
        case nil where form == .single:
            // A scoring script returns json.dumps(…), which the inference server encodes once more: a string arrives.
            lists(answers, form, into: &text)
            var outer = JSONText()
            outer.string(String(decoding: text.bytes, as: UTF8.self))
            return outer.bytes
        default: lists(answers, form, into: &text)
        }
        return text.bytes
    }

    private func lists(_ answers: [Answer], _ form: ScoringInput.Form, into text: inout JSONText) {
        guard form == .several || form == .autoML else {
            return text.array(answers.flatMap { answer in answer.objects.map { (answer, $0) } }) { text, entry in list(entry, into: &text) }
        }
        text.array(answers) { text, answer in
            text.array(answer.objects) { text, object in list((answer, object), into: &text) }
        }
    }

    private func list(_ entry: (answer: Answer, object: DetectedObject), into text: inout JSONText) {
        let box = Self.fractions(entry.object.box, width: entry.answer.width, height: entry.answer.height)
        text.object {
            $0.field("box_xyxyn", [box.xMin, box.yMin, box.xMax, box.yMax])
            $0.field("class_id", Double(entry.object.category))
            $0.field("class_name", name(entry.object.category))
            $0.field("confidence", entry.object.score)
        }
    }

    private func autoML(_ answers: [Answer], into text: inout JSONText) {
        text.array(answers) { text, answer in
            text.object {
                $0.key("boxes")
                $0.array(answer.objects) { text, object in
                    let box = Self.fractions(object.box, width: answer.width, height: answer.height)
                    text.object {
                        $0.key("box")
                        $0.object {
                            $0.field("topX", box.xMin)
                            $0.field("topY", box.yMin)
                            $0.field("bottomX", box.xMax)
                            $0.field("bottomY", box.yMax)
                        }
                        $0.field("label", name(object.category))
                        $0.field("score", object.score)
                    }
                }
            }
        }
    }

    /// COCO's results: category numbers count from 1, as in the datasets that are written here; the name stands beside.
    private func coco(_ answers: [Answer], into text: inout JSONText) {
        text.array(answers.flatMap { answer in answer.objects.map { (answer.id, $0) } }) { text, entry in
            text.object {
                $0.field("image_id", Double(entry.0))
                $0.field("category_id", Double(entry.1.category + 1))
                $0.field("category_name", name(entry.1.category))
                $0.field("bbox", [entry.1.box.xMin, entry.1.box.yMin, entry.1.box.width, entry.1.box.height])
                $0.field("score", entry.1.score)
            }
        }
    }

    private func name(_ category: Int) -> String { classNames.indices.contains(category) ? classNames[category] : "\(category)" }

    /// A box in pixels as shares of the picture, 0 to 1.
    static func fractions(_ box: BoundingBox, width: Int, height: Int) -> BoundingBox {
        let width = Double(max(1, width)), height = Double(max(1, height))
        return BoundingBox(xMin: box.xMin / width, yMin: box.yMin / height, xMax: box.xMax / width, yMax: box.yMax / height)
            .clipped(width: 1, height: 1)
    }
}

/// JSON in the making.
struct JSONText {
    private(set) var bytes: [UInt8] = []

    mutating func object(_ fields: (inout JSONText) -> Void) {
        bytes.append(UInt8(ascii: "{"))
        fields(&self)
        bytes.append(UInt8(ascii: "}"))
    }

    mutating func array<Element>(_ elements: some Sequence<Element>, _ write: (inout JSONText, Element) -> Void) {
        bytes.append(UInt8(ascii: "["))
        for element in elements {
            separate()
            write(&self, element)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    mutating func key(_ name: String) {
        separate()
        string(name)
        bytes.append(UInt8(ascii: ":"))
    }

    mutating func field(_ name: String, _ value: Double) {
        key(name)
        number(value)
    }

    mutating func field(_ name: String, _ value: String) {
        key(name)
        string(value)
    }

    mutating func field(_ name: String, _ values: [Double]) {
        key(name)
        array(values) { $0.number($1) }
    }

    /// Whole numbers without a fraction; what is not finite, and so no JSON, becomes null.
    mutating func number(_ value: Double) {
        if let whole = Int(exactly: value) {
            bytes += "\(whole)".utf8
        } else {
            bytes += (value.isFinite ? "\(value)" : "null").utf8
        }
    }

    mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x20...: bytes.append(byte)
            default:
                bytes += "\\u00".utf8
                bytes.append(Self.digits[Int(byte >> 4)])
                bytes.append(Self.digits[Int(byte & 15)])
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static let digits = Array("0123456789abcdef".utf8)

    /// A comma where something stands before.
    private mutating func separate() {
        guard let last = bytes.last, last != UInt8(ascii: "["), last != UInt8(ascii: "{"), last != UInt8(ascii: ":") else { return }
        bytes.append(UInt8(ascii: ","))
    }
}
