import Synchronization
import Testing
import TrackingClient

@Suite("Tracking")
struct TrackingTests {
    @Test("Settings come from MLflow's own variables")
    func settings() throws {
        #expect(try TrackingSettings.fromEnvironment([:]) == nil)
        let settings = try TrackingSettings.fromEnvironment([
            "MLFLOW_TRACKING_URI": "https://localhost:8443/mlflow/v1.0/x/", "MLFLOW_TRACKING_TOKEN": "t", "MLFLOW_RUN_ID": "r",
            "REQUESTS_CA_BUNDLE": "/ca.pem",
        ])
        #expect(
            settings
                == TrackingSettings(
                    server: "https://localhost:8443/mlflow/v1.0/x", token: "t", runID: "r", experimentID: "0", caFile: "/ca.pem"))
        #expect(throws: (any Error).self) { try TrackingSettings.fromEnvironment(["MLFLOW_TRACKING_URI": "sqlite:///x.db"]) }
    }

    @Test("Batches keep to the server's limits")
    func batches() {
        let metrics = Dictionary(uniqueKeysWithValues: (0..<2500).map { ("m\($0)", Double($0)) }).merging(["bad": .nan]) { $1 }
        let batches = TrackingRequests.batches(run: "r", metrics: metrics, step: 3, timestamp: 7)
        #expect(batches.map(\.metrics.count) == [1000, 1000, 500])
        #expect(batches[0].metrics.allSatisfy { $0.step == 3 && $0.timestamp == 7 && $0.key != "bad" })
        let parameters = TrackingRequests.batches(run: "r", parameters: [("long", String(repeating: "x", count: 9000))])
        #expect(parameters[0].params[0].value.count == 6000)
    }

    @Test(
        "Keys lose the characters that servers refuse",
        arguments: [("metrics/mAP50-95(B)", "metrics/mAP50-95B"), ("a b.c:d_e", "a b.c:d_e")])
    func keys(name: String, key: String) {
        #expect(TrackingRequests.key(name) == key)
    }

    @Test(
        "Artifacts go to the proxy's path",
        arguments: [
            ("mlflow-artifacts:/1/r/artifacts", "/plots/a b.png", "/api/2.0/mlflow-artifacts/artifacts/1/r/artifacts/plots/a%20b.png"),
            ("mlflow-artifacts://host:5000/1/r/artifacts", "x.txt", "/api/2.0/mlflow-artifacts/artifacts/1/r/artifacts/x.txt"),
            ("mlflow-artifacts:/1/../r", "x.txt", nil), ("s3://bucket/1", "x.txt", nil),
        ])
    func artifactPaths(uri: String, name: String, path: String?) {
        #expect(TrackingRequests.artifactPath(artifactURI: uri, name: name) == path)
    }

    @Test("A server that is not there costs one warning and no error")
    func unreachable() async {
        let warnings = Mutex<[String]>([])
        let run = await TrackingRun.fromEnvironment(["MLFLOW_TRACKING_URI": "http://127.0.0.1:9", "MLFLOW_RUN_ID": "r"]) { text in
            warnings.withLock { $0.append(text) }
        }
        await run?.logMetrics(["loss": 1], step: 1)
        await run?.finish()
        #expect(await run?.lostCount == 2)
        #expect(warnings.withLock { $0 }.count == 1)
    }
}
