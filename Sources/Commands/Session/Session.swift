package import APIClient
package import Resources

/// One invocation that talks to a server: who and where, and how to show progress.
package struct Session: Sendable {
    package let client: APIClient
    package let workspace: WorkspaceID
    package let terminal: Terminal
    let isQuiet: Bool

    package init(client: APIClient, workspace: WorkspaceID, terminal: Terminal, isQuiet: Bool) {
        self.client = client
        self.workspace = workspace
        self.terminal = terminal
        self.isQuiet = isQuiet
    }

    /// A line for people, not for scripts.
    func note(_ text: String) {
        if !isQuiet { terminal.writeError(text + "\n") }
    }

    /// A line that counts up while `title` is on its way; only where a person watches.
    func progress(_ title: String) -> TransferProgress {
        let terminal = terminal
        guard terminal.isErrorInteractive, !isQuiet else { return { _, _ in } }
        return { done, total in
            let percent = total > 0 ? Int(Double(done) / Double(total) * 100) : 100
            terminal.writeError("\r\(title): \(percent) % of \(Self.size(total))" + (done >= total ? "\n" : ""))
        }
    }

    private static func size(_ bytes: Int) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        return unit == 0 ? "\(bytes) B" : "\((value * 10).rounded() / 10) \(units[unit])"
    }
}
