import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
package import Resources

extension APIClient {
    /// Follows a job's log as the server pushes it, until the job ends; gives the job's last state. A broken connection
    /// is taken up again where it broke, for up to a minute.
    package func followLog(of job: ResourceID, print: (ArraySlice<UInt8>) -> Void) async throws(Problem) -> JSON {
        var printed = 0
        var failures = 0
        while true {
            do throws(Problem) {
                try await readLog(of: job, skipping: &printed, print: print)
                let state = try await get(job.path)
                if Self.isTerminal(state) { return state }
                failures = 0
            } catch {
                failures += 1
                guard error.code == .unavailable || error.code == .timeout, failures < 60 else { throw error }
            }
            do {
                try await Task.sleep(for: .milliseconds(failures == 0 ? 200 : 1000))
            } catch {
                throw Problem(.timeout, "interrupted")
            }
        }
    }

    /// `printed` counts the bytes that have reached `print`; a new connection starts at the log's beginning.
    private func readLog(of job: ResourceID, skipping printed: inout Int, print: (ArraySlice<UInt8>) -> Void) async throws(Problem) {
        var request = HTTPClientRequest(url: connection.url + job.path + "/martletLog?follow=true&api-version=\(Self.apiVersion)")
        request.headers = ["Authorization": "Bearer \(try await tokens.token(self))"]
        let response = try await send(request, timeout: .hours(24 * 30))
        guard response.status.code == 200 else {
            throw Problem(
                status: Int(response.status.code), body: Array(buffer: (try? await response.body.collect(upTo: 1 << 20)) ?? ByteBuffer()))
        }
        var seen = 0
        do {
            for try await chunk in response.body {
                let bytes = Array(buffer: chunk)
                let fresh = bytes.dropFirst(max(0, printed - seen))
                seen += bytes.count
                if !fresh.isEmpty { print(fresh) }
                printed = max(printed, seen)
            }
        } catch {
            throw unreachable(error)
        }
    }

    /// Whether a job's ARM body shows an end: Completed, Failed, Canceled.
    package static func isTerminal(_ job: JSON) -> Bool {
        ["Completed", "Failed", "Canceled"].contains(job.value(at: "properties", "status")?.stringValue ?? "")
    }

    /// Sends a scoring request to an endpoint of this server; gives the text of the reply.
    package func score(uri: String, key: String, deployment: String?, body: [UInt8]) async throws(Problem) -> String {
        var headers: HTTPHeaders = ["Authorization": "Bearer \(key)", "Content-Type": "application/json"]
        if let deployment { headers.add(name: "azureml-model-deployment", value: deployment) }
        let (response, bytes) = try await exchange(.POST, uri, headers: headers, body: body)
        guard 200..<300 ~= response.status.code else { throw Problem(status: Int(response.status.code), body: bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
