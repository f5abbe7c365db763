/// A tensor library that is missing, does not fit, or refused an operation. The sentence says what to do next.
package struct EngineError: Error, CustomStringConvertible {
    package enum Code: Sendable, Equatable {
        /// There is no plug-in, or it is the stub of a build without a tensor library.
        case notInstalled
        /// The plug-in or its library lacks something that this program needs.
        case incompatible
        /// An operation failed; the library's own sentence follows.
        case operationFailed
        /// A file or a value cannot be used.
        case badInput
    }

    package let code: Code
    package let description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
