import ControlPlane
import Detection
import Foundation
import Imaging
import Inference
import Kinds
import MetadataStore
import NIOCore
import Resources
import Serving
import TensorEngine
import Testing

/// Deployments without a scoring script from put to answer: the model is placed, the worker's socket and kernels answer.
@Suite(.serialized) struct NativeDeploymentTests {
    /// YOLOv8n of two classes with weights of zero: it sees the first class everywhere with a score of 0.75.
    private static func weights() throws -> [UInt8] {
        let items = DetectorArchitecture(scale: .nano, classCount: 2).layers.flatMap { layer -> [SafeTensors.Item] in
            let stem = layer.isPlain ? layer.name : layer.name + ".conv"
            let shape = [layer.output, layer.input, layer.kernel, layer.kernel]
            let bias: [Float] = layer.isPlain && layer.output == 2 ? [1.0986123, -3] : [Float](repeating: 0, count: layer.output)
            return [
                SafeTensors.Item(name: stem + ".weight", type: .float32, shape: shape, bytes: [UInt8](repeating: 0, count: 4 * shape.reduce(1, *))),
                SafeTensors.Item(name: stem + ".bias", type: .float32, shape: [layer.output], bytes: bias.withUnsafeBytes { Array($0) }),
            ]
        }
        return Array(try SafeTensors.encoded(items))
    }

    private func withDeployment(
        weights: [UInt8]? = nil, more: JSON = [:], _ body: @escaping @Sendable (ServingHouse) async throws -> Void
    ) async throws {
        let weights = try weights ?? Self.weights()
        try await ServingHouse.with { house in
            let bin = house.services.toolFolder
            try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
            // Never run: the launcher stands in for it.
            _ = FileManager.default.createFile(
                atPath: bin + "/martlet-worker", contents: Data("#!/bin/false\n".utf8), attributes: [.posixPermissions: 0o755])
            let container = BlobContainer.standard(of: .standard).blobs
            try await house.blobs.put(container.at("models/d/best.safetensors"), bytes: weights)
            let card = try ModelCard(architecture: "yolov8n", names: ["milk", "can"], imgsz: 64).json()
            try await house.blobs.put(container.at("models/d/best.json"), bytes: Array(card))
            let model = ResourceID(workspace: .standard, kind: "models", name: "fridge", version: "1")
            _ = try await house.resources.put(
                model,
                body: ["properties": ["modelType": "custom_model", "modelUri": "azureml://datastores/workspaceblobstore/paths/models/d"]],
                by: house.owner)
            try await house.putEndpoint()
            let properties: JSON = ["model": .string(model.path), "requestSettings": ["maxConcurrentRequestsPerInstance": 4, "requestTimeout": "PT30S"]]
            _ = try await house.resources.put(
                house.deployment("blue"), body: ["sku": ["capacity": 1], "properties": properties.merging(more)], by: house.owner)
            try await body(house)
        }
    }

    private func ask(
        _ house: ServingHouse, _ body: [UInt8], type: String, query: String = "", accept: String = "*/*", id: String = UUID().uuidString
    ) async throws -> (status: Int, type: String, body: [UInt8]) {
        let call = ScoringCall(
            requestID: id, method: "POST", path: "/score", query: query, headers: [("content-type", type), ("accept", accept)],
            body: ByteBuffer(bytes: body), deployment: "blue")
        let reply = try await house.controller.scoring.score(call, at: EndpointAddress(house.endpoint, home: .standard)).reply
        return (reply.status, reply.headers.first { $0.name == "content-type" }?.value ?? "", Array(buffer: reply.body))
    }

    private func photo(_ side: Int = 48) throws -> [UInt8] { try ImageEncoder.jpeg(PixelImage(width: side, height: side, red: 90, green: 50, blue: 10)) }

    @Test func `every form of request is answered in every form of answer`() async throws {
        try await withDeployment { house in
            let (state, error) = try await house.settled("blue")
            #expect(state == "Succeeded", "\(error)")
            let photo = try photo()
            let base64 = Data(photo).base64EncodedString()
            let boundary = "--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.jpg\"\r\n\r\n"
            let form = Array(boundary.utf8) + photo + Array("\r\n--b--\r\n".utf8)
            let requests: [(String, [UInt8])] = [
                ("image/jpeg", photo), ("multipart/form-data; boundary=b", form), ("application/json", Array("{\"image\": \"\(base64)\"}".utf8)),
                ("application/json", Array("{\"images\": [\"\(base64)\"]}".utf8)),
                ("application/json", Array("{\"input_data\": {\"columns\": [\"image\"], \"data\": [\"\(base64)\"]}}".utf8)),
            ]
            for (type, body) in requests {
                let coco = try await ask(house, body, type: type, query: "format=coco&max_detections=1")
                #expect(coco.status == 200)
                let found = try JSON(parsing: coco.body).arrayValue?.first
                #expect(found?["category_name"] == "milk" && abs((found?["score"]?.doubleValue ?? 0) - 0.75) < 1e-3)
                #expect(found?["bbox"]?.arrayValue?.count == 4)
                let drawn = try await ask(house, body, type: type, query: "conf=0.5", accept: "image/png")
                #expect(drawn.status == 200 && drawn.type == "image/png")
                #expect(try ImageDecoder().decode(drawn.body).pixels[0] > 0)
                #expect(try await ask(house, body, type: type, query: "classes=can").status == 200)
            }
            let table = try await ask(house, requests[4].1, type: "application/json")
            #expect(try JSON(parsing: table.body).arrayValue?.first?["boxes"]?.arrayValue?.first?["label"] == "milk")
        }
    }

    @Test func `bad requests are told apart from a bad model, and the worker lives on`() async throws {
        try await withDeployment { house in
            _ = try await house.settled("blue")
            let photo = try photo()
            let bad: [(String, [UInt8], String)] = [
                ("image/jpeg", Array(photo.prefix(photo.count / 2)), ""), ("image/png", [1, 2, 3], ""), ("application/json", Array("{".utf8), ""),
                ("multipart/form-data; boundary=b", photo, ""), ("image/jpeg", photo, "conf=7"), ("image/jpeg", photo, "imgsz=33"),
                ("image/jpeg", photo, "classes=cup"), ("image/jpeg", [], ""),
            ]
            for (type, body, query) in bad {
                let answer = try await ask(house, body, type: type, query: query)
                #expect(answer.status == 400)
                #expect((try JSON(parsing: answer.body)["message"]?.stringValue ?? "").count > 20)
                #expect(try await ask(house, photo, type: "image/jpeg").status == 200)
            }
            let base64 = Data(photo).base64EncodedString()
            let second = try await ask(house, Array("{\"images\": [\"\(base64)\", \"eA==\"]}".utf8), type: "application/json")
            #expect(try second.status == 400 && JSON(parsing: second.body)["position"] == 1)
        }
    }

    @Test func `requests at once get their own answers`() async throws {
        try await withDeployment { house in
            _ = try await house.settled("blue")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<6 {
                    group.addTask {
                        // The largest box covers the whole picture, so its width tells whose answer this is.
                        let side = 32 + 8 * index
                        let answer = try await ask(house, photo(side), type: "image/jpeg", query: "format=coco")
                        let widest = try JSON(parsing: answer.body).arrayValue?.compactMap { $0["bbox"]?.arrayValue?[2].doubleValue }.max()
                        #expect(widest == Double(side))
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `the collector knows what was seen, whatever the shape of the answer`() async throws {
        try await withDeployment { house in
            _ = try await house.settled("blue")
            for (query, accept) in [("", "*/*"), ("format=coco", "*/*"), ("", "image/jpeg"), ("format=automl", "*/*")] {
                _ = try await ask(house, photo(), type: "image/jpeg", query: query + "&max_detections=1", accept: accept)
            }
            let endpoint = house.endpoint
            var records: [ScoringRecord] = []
            try await house.eventually("the records are written") {
                records = try await house.store.read { try $0.scoringRecords(endpoint: endpoint, from: .distantPast, to: .distantFuture) }
                return records.count == 4
            }
            for record in records {
                #expect(record.status == 200 && record.facts["brightness"] != nil)
                let found = record.detections.arrayValue ?? []
                #expect(found.count == 1 && found.first?["category"] == "milk" && found.first?["box"]?.arrayValue?.count == 4)
            }
        }
    }

    @Test func `a model that cannot be loaded fails the deployment with the reason`() async throws {
        try await withDeployment(weights: Array("no weights".utf8)) { house in
            let (state, error) = try await house.settled("blue")
            #expect(state == "Failed" && error.contains("is not a whole safetensors file"), "\(error)")
        }
    }
}
