/// Why a model could not be found, opened or run, in a sentence that says what to do next.
package struct InferenceError: Error, CustomStringConvertible, Equatable {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
