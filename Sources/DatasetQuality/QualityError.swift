/// Why a dataset was not looked at or divided: what, where, and what to do about it.
package struct QualityError: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
