/// One page of a list and the token of the next.
package struct Page<Element: Sendable>: Sendable {
    package var items: [Element]
    /// Opaque; `nil` on the last page.
    package var nextToken: String?

    package init(items: [Element], nextToken: String? = nil) {
        self.items = items
        self.nextToken = nextToken
    }
}
