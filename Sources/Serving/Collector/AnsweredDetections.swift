internal import Foundation
package import NIOCore
package import Resources

/// The detections in a scoring answer, picture by picture, whatever shape a deployment answers in. Pure.
///
/// Known shapes: a list of `{class_name, confidence, box_xyxyn}`, plain or as a JSON string inside the JSON (what
/// `json.dumps` in a script makes of it), and Azure AutoML's list of `{boxes: [{box: {topX, …}, label, score}]}`.
package struct AnsweredDetections: Sendable, Hashable {
    /// For each picture a list of `{"category", "score", "box": [x1, y1, x2, y2]}`, coordinates relative, 0 to 1.
    package var images: [JSON]
    /// The status of a script that answered with a tuple `(text, 400)`, which arrives as a list with the status 200.
    package var innerStatus: Int?

    /// What a native worker says beside its answer: for shapes that do not tell it, such as an annotated picture.
    /// `nil` where it says nothing.
    package init?(facts: JSON?) {
        guard let records = facts?["images"]?.arrayValue, records.contains(where: { $0["detections"]?.arrayValue != nil }) else { return nil }
        images = records.map { record in
            .array(
                (record["detections"]?.arrayValue ?? []).compactMap { found in
                    guard let score = found["score"]?.doubleValue, let corners = found["box"]?.arrayValue?.compactMap(\.doubleValue),
                        corners.count == 4
                    else { return nil }
                    return Self.detection(found["category"]?.literalText, score, corners)
                })
        }
    }

    package init(body: ByteBuffer) {
        // Every known shape is a list, or text that holds one.
        let first = body.readableBytesView.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        let isReadable = (first == UInt8(ascii: "[") || first == UInt8(ascii: "\"")) && body.readableBytes <= 16 * 1024 * 1024
        self.init(answer: isReadable ? (try? JSON(parsing: body.readableBytesView)) ?? .null : .null)
    }

    package init(answer: JSON) {
        images = []
        var answer = Self.unwrapped(answer)
        if case .array(let parts) = answer, parts.count == 2, let status = parts[1].integerValue, 100...599 ~= status {
            innerStatus = Int(status)
            answer = Self.unwrapped(parts[0])
        }
        guard case .array(let elements) = answer else { return }
        if elements.contains(where: { $0["boxes"] != nil }) {
            images = elements.map { .array(($0["boxes"]?.arrayValue ?? []).compactMap(Self.autoML)) }
        } else {
            let found = elements.compactMap(Self.single)
            // An empty list is a picture with nothing in it; a list of other things is no answer of a detector.
            if elements.isEmpty || !found.isEmpty { images = [.array(found)] }
        }
    }

    private static func unwrapped(_ json: JSON) -> JSON {
        guard case .string(let text) = json, let inner = try? JSON(parsing: text) else { return json }
        return inner
    }

    private static func single(_ element: JSON) -> JSON? {
        guard let score = element["confidence"]?.doubleValue, let corners = element["box_xyxyn"]?.arrayValue?.compactMap(\.doubleValue),
            corners.count == 4
        else { return nil }
        return detection(element["class_name"]?.literalText ?? element["class_id"]?.literalText, score, corners)
    }

    private static func autoML(_ element: JSON) -> JSON? {
        guard let score = element["score"]?.doubleValue else { return nil }
        let corners = ["topX", "topY", "bottomX", "bottomY"].compactMap { element["box"]?[$0]?.doubleValue }
        return corners.count == 4 ? detection(element["label"]?.literalText, score, corners) : nil
    }

    private static func detection(_ category: String?, _ score: Double, _ corners: [Double]) -> JSON? {
        guard let category, score.isFinite, corners.allSatisfy(\.isFinite) else { return nil }
        return ["category": .string(category), "score": .number(score), "box": .array(corners.map { .number($0) })]
    }
}
