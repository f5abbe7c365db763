internal import Foundation
internal import Resources

/// This machine in ARM's words for a VM size.
enum MachineSize {
    static func describe() -> JSON {
        let information = ProcessInfo.processInfo
        return [
            "name": "local", "family": "local", "vCPUs": .integer(Int64(information.activeProcessorCount)), "gpus": 0,
            "osVhdSizeMB": 0, "maxResourceVolumeMB": 0, "memoryGB": .integer(Int64(information.physicalMemory / 1_073_741_824)),
            "lowPriorityCapable": false, "premiumIO": false, "supportedComputeTypes": ["AmlCompute", "ComputeInstance"],
        ]
    }
}
