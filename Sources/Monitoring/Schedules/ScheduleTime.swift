internal import Foundation
internal import Resources

/// Times and time zones as schedules write them.
enum ScheduleTime {
    /// `2026-03-01T10:00:00` on the wall clock of the calendar's zone, or with `Z` or an offset of its own.
    static func date(_ text: String?, _ field: String, in calendar: Calendar) throws(Problem) -> Date? {
        guard let text, !text.isEmpty else { return nil }
        for fractions in [false, true] {
            if let date = try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: fractions)) { return date }
        }
        let whole = text.split(separator: ".", maxSplits: 1).first ?? ""
        let numbers = whole.split { "-T: ".contains($0) }.map { Int($0) }
        let ranges = [1970...9999, 1...12, 1...31, 0...23, 0...59, 0...59]
        let isTime = (3...6).contains(numbers.count) && zip(numbers, ranges).allSatisfy { number, range in number.map(range.contains) ?? false }
        func part(_ index: Int) -> Int { numbers.indices.contains(index) ? numbers[index] ?? 0 : 0 }
        guard isTime,
            let date = calendar.date(
                from: DateComponents(year: part(0), month: part(1), day: part(2), hour: part(3), minute: part(4), second: part(5)))
        else {
            throw Problem(.invalidInput, "'trigger.\(field)' is '\(text)'; write a time such as 2026-03-01T10:00:00", target: "trigger.\(field)")
        }
        return date
    }

    /// By a Windows name, as Azure writes them, or an IANA one; UTC without a name.
    static func zone(_ name: String?) throws(Problem) -> TimeZone {
        guard let name, !name.isEmpty else { return .gmt }
        guard let zone = TimeZone(identifier: windows[name.lowercased()] ?? name) else {
            throw Problem(
                .invalidInput, "there is no time zone '\(name)'; use an IANA name such as Asia/Taipei, or a Windows name such as Taipei Standard Time",
                target: "trigger.timeZone")
        }
        return zone
    }

    /// Windows' names (without their ending " Standard Time") and the zones that Unicode's CLDR puts in their place.
    private static let windows: [String: String] = {
        let table = """
            Dateline=Etc/GMT+12;Hawaiian=Pacific/Honolulu;Alaskan=America/Anchorage;Pacific=America/Los_Angeles;Mountain=America/Denver;\
            US Mountain=America/Phoenix;Central=America/Chicago;Canada Central=America/Regina;Central America=America/Guatemala;\
            Eastern=America/New_York;US Eastern=America/Indianapolis;SA Pacific=America/Bogota;Atlantic=America/Halifax;Venezuela=America/Caracas;\
            SA Western=America/La_Paz;Pacific SA=America/Santiago;Newfoundland=America/St_Johns;E. South America=America/Sao_Paulo;\
            Argentina=America/Buenos_Aires;SA Eastern=America/Cayenne;Greenland=America/Godthab;Montevideo=America/Montevideo;Azores=Atlantic/Azores;\
            Cape Verde=Atlantic/Cape_Verde;GMT=Europe/London;Greenwich=Atlantic/Reykjavik;Morocco=Africa/Casablanca;\
            W. Europe=Europe/Berlin;Central Europe=Europe/Budapest;Romance=Europe/Paris;Central European=Europe/Warsaw;\
            W. Central Africa=Africa/Lagos;GTB=Europe/Bucharest;Middle East=Asia/Beirut;Egypt=Africa/Cairo;South Africa=Africa/Johannesburg;\
            FLE=Europe/Kiev;Turkey=Europe/Istanbul;Israel=Asia/Jerusalem;Jordan=Asia/Amman;Arabic=Asia/Baghdad;Arab=Asia/Riyadh;Belarus=Europe/Minsk;\
            Russian=Europe/Moscow;E. Africa=Africa/Nairobi;Iran=Asia/Tehran;Arabian=Asia/Dubai;Azerbaijan=Asia/Baku;Caucasus=Asia/Yerevan;\
            Georgian=Asia/Tbilisi;Mauritius=Indian/Mauritius;Afghanistan=Asia/Kabul;West Asia=Asia/Tashkent;Pakistan=Asia/Karachi;\
            Ekaterinburg=Asia/Yekaterinburg;India=Asia/Calcutta;Sri Lanka=Asia/Colombo;Nepal=Asia/Katmandu;Central Asia=Asia/Almaty;\
            Bangladesh=Asia/Dhaka;Myanmar=Asia/Rangoon;SE Asia=Asia/Bangkok;N. Central Asia=Asia/Novosibirsk;China=Asia/Shanghai;\
            North Asia=Asia/Krasnoyarsk;Singapore=Asia/Singapore;W. Australia=Australia/Perth;Taipei=Asia/Taipei;Ulaanbaatar=Asia/Ulaanbaatar;\
            North Asia East=Asia/Irkutsk;Tokyo=Asia/Tokyo;Korea=Asia/Seoul;Yakutsk=Asia/Yakutsk;Cen. Australia=Australia/Adelaide;\
            AUS Central=Australia/Darwin;E. Australia=Australia/Brisbane;AUS Eastern=Australia/Sydney;Tasmania=Australia/Hobart;\
            West Pacific=Pacific/Port_Moresby;Vladivostok=Asia/Vladivostok;Central Pacific=Pacific/Guadalcanal;New Zealand=Pacific/Auckland;\
            Fiji=Pacific/Fiji;Tonga=Pacific/Tongatapu;Samoa=Pacific/Apia
            """
        var zones: [String: String] = [:]
        for pair in table.split(separator: ";") {
            let parts = pair.split(separator: "=")
            if parts.count == 2 { zones[parts[0].lowercased() + " standard time"] = String(parts[1]) }
        }
        return zones
    }()
}
