/// Colours that stay apart on photos and on white, also for most colour-blind eyes at the start of the row.
package enum Palette {
    private static let inks = [
        0x0A84FF, 0xFF9F0A, 0x30B050, 0xFF375F, 0xAF52DE, 0x12B5CB, 0xFFD60A, 0x8E6E53, 0xFF6EC7, 0x7ED321, 0x5E5CE6, 0xB0413E,
    ].map { Ink(hex: $0) }

    /// The colour of a class or series by its index; repeats after twelve. Any number is fine.
    package static func ink(_ index: Int) -> Ink {
        inks[((index % inks.count) + inks.count) % inks.count]
    }
}
