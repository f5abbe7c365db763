import Resources

extension Draft {
    /// A version made of the draft's content, for anonymous assets: the same content always gets the same version, so
    /// that sending it again changes nothing. Take it after uploads and inner assets have put their ids into the body.
    package var contentVersion: String {
        func hash(_ seed: UInt64) -> String {
            // FNV-1a, 64 bits. Collisions by accident are what it guards against, not forgery.
            var value: UInt64 = 0xCBF2_9CE4_8422_2325 ^ seed
            for byte in body.bytes(sortedKeys: true) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
            let digits = String(value, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        return hash(0) + hash(0x9E37_79B9_7F4A_7C15)
    }
}
