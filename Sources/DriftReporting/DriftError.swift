/// Why there is no drift report: what, where, and what to do about it.
package struct DriftError: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
