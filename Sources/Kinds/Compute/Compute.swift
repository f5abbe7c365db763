/// What engines read of a compute. On the wire the settings stand one level deeper, in `properties`.
package struct ComputeProperties: Codable, Sendable, Hashable {
    /// `AmlCompute`, `ComputeInstance`, `Kubernetes`, `VirtualMachine`.
    package var computeType: String
    package var properties: Settings?

    package struct Settings: Codable, Sendable, Hashable {
        package var vmSize: String?
        package var scaleSettings: Scale?
    }

    package struct Scale: Codable, Sendable, Hashable {
        package var minNodeCount: Int?
        package var maxNodeCount: Int?
        package var nodeIdleTimeBeforeScaleDown: String?
    }

    /// How many nodes' worth of jobs may run at once.
    package var nodeBudget: Int { max(1, properties?.scaleSettings?.maxNodeCount ?? 1) }
}
