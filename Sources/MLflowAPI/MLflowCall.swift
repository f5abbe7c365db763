internal import ControlPlane
internal import HTTPTypes
internal import Hummingbird
internal import Resources

/// One request to MLflow's API, read as far as all endpoints share.
struct MLflowCall {
    let arguments: MLflowArguments
    let scope: MLflowScope
    let principal: Principal
    /// What stands in the address at the places of `*` in the endpoint's path, decoded.
    let captures: [String]

    var workspace: WorkspaceID { scope.workspace }
    func capture(_ index: Int) -> String { captures.indices.contains(index) ? captures[index] : "" }
}

/// One operation: method, path below `…/mlflow/`, and what it does.
struct MLflowEndpoint: Sendable {
    let method: HTTPRequest.Method
    /// Segments; `*` stands for any one.
    let path: String
    /// The reply's JSON as text.
    let handle: @Sendable (MLflowCall) async throws -> [UInt8]

    init(_ method: HTTPRequest.Method, _ path: String, _ handle: @escaping @Sendable (MLflowCall) async throws -> JSON) {
        self.init(method, path, writing: { try await handle($0).bytes() })
    }

    /// For replies with so many values that they are written without a tree of them.
    init(_ method: HTTPRequest.Method, _ path: String, writing handle: @escaping @Sendable (MLflowCall) async throws -> [UInt8]) {
        self.method = method
        self.path = path
        self.handle = handle
    }
}

/// All operations, found by method and path.
struct MLflowEndpointTable: Sendable {
    enum Match {
        case found(MLflowEndpoint, captures: [String])
        case otherMethod
        case none
    }

    private let fixed: [String: [MLflowEndpoint]]
    private let patterns: [(parts: [Substring], endpoint: MLflowEndpoint)]

    init(_ endpoints: [MLflowEndpoint]) {
        fixed = Dictionary(grouping: endpoints.filter { !$0.path.contains("*") }, by: \.path)
        patterns = endpoints.filter { $0.path.contains("*") }.map { ($0.path.split(separator: "/"), $0) }
    }

    /// `path` as it came, still percent-encoded.
    func match(_ method: HTTPRequest.Method, _ path: String) -> Match {
        if let endpoints = fixed[path] {
            return endpoints.first { $0.method == method }.map { .found($0, captures: []) } ?? .otherMethod
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        var isKnown = false
        for (pattern, endpoint) in patterns where pattern.count == parts.count {
            guard zip(pattern, parts).allSatisfy({ $0 == "*" ? !$1.isEmpty : $0 == $1 }) else { continue }
            isKnown = true
            guard endpoint.method == method else { continue }
            let captures = zip(pattern, parts).filter { $0.0 == "*" }.map { ArtifactPath.percentDecoded(String($0.1)) }
            return .found(endpoint, captures: captures)
        }
        return isKnown ? .otherMethod : .none
    }
}
