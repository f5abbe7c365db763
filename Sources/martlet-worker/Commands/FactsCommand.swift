import ArgumentParser
import Foundation
import Imaging
import Inference

/// Measures the pictures of collected requests on a Unix domain socket: for deployments whose scoring is a script's.
struct FactsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "facts", abstract: "Answer scoring requests on a Unix domain socket with the facts of their pictures.")

    @Option(help: "The path of the socket to listen at.")
    var socket: String

    func run() throws {
        let listener = try WorkerSocket(path: socket)
        Talk.say("ready at \(socket)")
        try listener.serve { request, body in
            guard request.kind == .score else { return (WireResponse(id: request.id), Array("Healthy".utf8)) }
            do {
                let input = try ScoringInput(body: body, contentType: request.headers["content-type"] ?? "application/json")
                let facts = try input.images.map { ImageFacts(of: try ImageDecoder().decode($0)) }
                return (
                    WireResponse(id: request.id, headers: ["content-type": "application/json"]), Array(try JSONEncoder().encode(facts))
                )
            } catch {
                return (WireResponse(id: request.id, status: 400), Array("\(error)".utf8))
            }
        }
    }
}
