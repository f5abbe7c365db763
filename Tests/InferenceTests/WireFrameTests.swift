import Detection
import Imaging
import Inference
import Testing

@Suite("The worker wire")
struct WireFrameTests {
    private let frame = WireFrame(header: Array("{\"id\":\"a\"}".utf8), body: [1, 2, 3])

    @Test("A frame is two big-endian lengths, the header and the body")
    func layout() throws {
        let bytes = try frame.encoded()
        #expect(bytes[..<8] == [0, 0, 0, 10, 0, 0, 0, 3])
        #expect(Array(bytes[8...]) == frame.header + frame.body)
    }

    @Test("Frames come out whole however the bytes arrive", arguments: [1, 2, 3, 7, 8, 9, 20, 1000])
    func portions(size: Int) throws {
        let empty = WireFrame(header: [123, 125], body: [])
        let bytes = try frame.encoded() + empty.encoded() + frame.encoded()
        var decoder = WireFrameDecoder()
        var found: [WireFrame] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            decoder.append(bytes[start..<min(start + size, bytes.count)])
            while let next = try decoder.next() { found.append(next) }
        }
        #expect(found == [frame, empty, frame])
        #expect(decoder.pendingCount == 0)
    }

    @Test("Hostile lengths are refused before a byte of them has arrived")
    func oversize() {
        var header = WireFrameDecoder()
        header.append([0, 1, 0, 1, 0, 0, 0, 0])
        #expect(throws: WireError.headerTooLong(65537)) { try header.next() }
        var body = WireFrameDecoder()
        body.append([0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF])
        #expect(throws: WireError.bodyTooLong(0xFFFF_FFFF)) { try body.next() }
        var nothing = WireFrameDecoder()
        nothing.append([UInt8](repeating: 0, count: 8))
        #expect(throws: WireError.emptyHeader) { try nothing.next() }
    }

    @Test("Another protocol's bytes are refused")
    func garbage() {
        var decoder = WireFrameDecoder()
        decoder.append(Array("GET /score HTTP/1.1\r\n\r\n".utf8))
        #expect(throws: WireError.self) { try decoder.next() }
    }

    @Test("A header that is too long is not sent")
    func encodingLimits() {
        let long = WireFrame(header: [UInt8](repeating: 32, count: WireFrame.headerLimit + 1), body: [])
        #expect(throws: WireError.headerTooLong(WireFrame.headerLimit + 1)) { try long.encoded() }
    }

    @Test("A request needs only its id and kind")
    func requestDefaults() throws {
        let request = try WireFrame(header: Array(#"{"id":"7","kind":"health"}"#.utf8), body: []).message(WireRequest.self)
        #expect(request == WireRequest(id: "7", kind: .health))
        let full = WireRequest(id: "8", method: "GET", path: "/x", query: "a=1", headers: ["content-type": "image/png"])
        #expect(try WireFrame(full, body: []).message(WireRequest.self) == full)
    }

    @Test("Facts that would burst the header are left out from the end")
    func factsFit() throws {
        let record = ScoringFacts.ImageRecord(
            image: .init(values: ["brightness": 0.5]),
            detections: (0..<300).map {
                .init(
                    .init(box: .init(xMin: 0, yMin: 0, xMax: 1, yMax: 1), category: 0, score: Double($0) / 300), width: 4, height: 4,
                    classNames: ["a class with a rather long name"])
            })
        let response = WireResponse(id: "1", facts: ScoringFacts(images: Array(repeating: record, count: 30)))
        let frame = try WireFrame(response, body: [])
        let kept = try frame.message(WireResponse.self).facts?.images.count ?? 0
        #expect(frame.header.count <= WireFrame.headerLimit)
        #expect((1..<30).contains(kept))
    }
}
