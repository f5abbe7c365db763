import ControlPlane
import Resources
import Testing

@Suite("Artifact paths and places")
struct RunsArtifactTests {
    @Test(
        "paths that lead elsewhere, or might be read so, are refused",
        arguments: [
            "../path", "../../path", "./../path", "path/../to/file", "path/../../to/file", "/path", "//path", "/etc/passwd",
            "/etc/passwd\u{0}.jpg",
            "/file://etc/passwd", "file:///etc/passwd", "file:etc", "file://a#/..//tmp", "file://a%23/..//tmp/", "%2E%2E%2Fpath",
            "%2E%2E%2F%2E%2E%2Fpath",
            "%252e%252e%252f", "%2%0952e%2%0952e/%2%0A52e%2%0A52e/path", "%2\t52e", "..%5c..%5cx", "..\\..\\x", "C:\\x", "C:/x",
            "\\\\server\\share",
            ".../...//", "a\u{0}b", "a%00b", "a#b", "?../x", "x;y=../..", "a//b", "a/./b", "..", "a/..", "a\nb",
            "%25%32%65%25%32%65/x",
        ])
    func hostile(path: String) {
        #expect(throws: Problem.self) { try ArtifactPath(path) }
    }

    @Test(
        "odd but honest names stay legal",
        arguments: [
            "path/to/file", "dog%step%100%timestamp%100", "dog+step+100+timestamp+100", "two words.txt", "12:30/x", "größe/日本.png", "...",
            "a..b", "..a",
            "100%", "50%/x", "a=b/c&d", "",
        ])
    func honest(path: String) throws {
        #expect(try ArtifactPath(path).text == path)
    }

    @Test(
        "the proxy's paths and Azure's are the same places",
        arguments: [
            ("3/abc/artifacts/model/MLmodel", "ExperimentRun/dcid.abc/model/MLmodel"), ("3/abc/artifacts", "ExperimentRun/dcid.abc"),
            ("0/models/m-1/artifacts/x", "ExperimentRun/dcid.m-1/x"),
            ("0/traces/t/artifacts/traces.json", "mlflow-artifacts/0/traces/t/artifacts/traces.json"),
            ("own/place", "mlflow-artifacts/own/place"),
        ])
    func places(proxy: String, path: String) throws {
        let place = ArtifactPlace(proxyPath: try ArtifactPath(proxy))
        #expect(place.datastore == "workspaceartifactstore" && place.path == path && place.isWritable)
        #expect(try ArtifactPlace(uri: place.proxyURI) == place)
        #expect(try ArtifactPlace(uri: place.datastorePath.longURI(in: .standard)) == place)
    }

    @Test(
        "URIs of every client lead to one place",
        arguments: [
            "mlflow-artifacts:/0/abc/artifacts/m", "mlflow-artifacts://host:5000/0/abc/artifacts/m",
            "mlflow-artifacts:///7/abc/artifacts/m",
            "azureml://datastores/workspaceartifactstore/paths/ExperimentRun/dcid.abc/m",
            "azureml://127.0.0.1:8443/mlflow/v2.0" + WorkspaceID.standard.path + "/experiments/e/runs/abc/artifacts/m",
        ])
    func uris(uri: String) throws {
        #expect(try ArtifactPlace(uri: uri) == ArtifactPlace(owner: "abc", path: ArtifactPath("m")))
    }

    @Test("another datastore is read through the proxy, not written")
    func otherStores() throws {
        let place = ArtifactPlace(proxyPath: try ArtifactPath("datastores/workspaceblobstore/LocalUpload/x"))
        #expect(place.datastore == "workspaceblobstore" && place.path == "LocalUpload/x" && !place.isWritable)
    }

    @Test(
        "an experiment's artifacts go to our own store or an object store, never to a disk",
        arguments: [
            "/etc", "file:///etc", "../x", "x", "file:etc", "mlflow-artifacts:/a/../b", "s3://b/a/../../c", "http:///#/../../etc",
            "http:///?/../../etc",
            "s3://b/x;y", "ftp://h/x", "s3://b/%2e%2e/x", String(repeating: "s3://b/x", count: 1000),
        ])
    func locations(location: String) {
        #expect(throws: Problem.self) { try ArtifactPlace.check(location: location) }
    }

    @Test(
        "ordinary locations are taken",
        arguments: ["s3://bucket/path", "mlflow-artifacts:/mine", "wasbs://c@a.blob.core.windows.net/x", "gs://b"])
    func goodLocations(location: String) throws {
        try ArtifactPlace.check(location: location)
    }
}
