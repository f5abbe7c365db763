/// Why a training cannot start or go on, in a sentence that says what to do next.
package struct TrainingError: Error, CustomStringConvertible, Equatable {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
