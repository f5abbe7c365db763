import ArgumentParser
package import Resources

/// A problem that ends a command with a particular exit code: 1 for what went wrong, 3 for a missing resource on `show`.
package struct CommandFailure: Error {
    package var problem: Problem
    package var exitCode: Int32

    package init(_ problem: Problem, exitCode: Int32) {
        self.problem = problem
        self.exitCode = exitCode
    }

    /// A command line that cannot be meant; exit code 2.
    static func usage(_ message: String) -> ValidationError { ValidationError(message) }
}
