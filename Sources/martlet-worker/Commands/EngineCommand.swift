import ArgumentParser
import Foundation
import Inference

/// Tells which engines can run models on this machine.
struct EngineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine", abstract: "The engines that run models.", subcommands: [List.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the engines, the fastest first.")

        func run() {
            let search = EngineSearch.fromEnvironment()
            for backend in AllBackends.list {
                let state =
                    switch backend.availability(in: search) {
                    case .ready(let place): "ready    \(place)"
                    case .missing(let command): "missing  run: \(command)"
                    }
                let files = backend.fileTypes.map { "." + $0 }.joined(separator: " ")
                print(
                    backend.name.padding(toLength: 13, withPad: " ", startingAt: 0) + state + "  (\(backend.summary); reads \(files))")
            }
        }
    }
}
