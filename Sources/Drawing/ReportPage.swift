import Foundation

/// A report as one HTML page that needs nothing else: no script, no file beside it, no network.
package enum ReportPage {
    /// - Parameters:
    ///   - title: plain text.
    ///   - style: CSS beyond what reports share.
    ///   - body: markup; whatever comes from files or requests must have gone through `escaped`.
    package static func html(title: String, style: String = "", body: String) -> String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(escaped(title))</title><style>\(sharedStyle)\(style)</style></head><body>
        <h1>\(escaped(title))</h1>
        \(body)
        </body></html>

        """
    }

    /// A picture inside the page.
    /// - Parameters:
    ///   - type: `png` or `jpeg`.
    ///   - alternative: what it shows, for people who do not see it.
    package static func picture(_ bytes: some Sequence<UInt8>, type: String, alternative: String) -> String {
        #"<img alt="\#(escaped(alternative))" src="data:image/\#(type);base64,\#(Data(bytes).base64EncodedString())">"#
    }

    /// Names come from files and requests: nothing of them may become markup.
    package static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    private static let sharedStyle = """
        body{font:15px/1.5 system-ui,sans-serif;color:#1d2330;background:#f6f7f9;margin:2rem auto;max-width:1080px;padding:0 1rem}
        h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}img{max-width:100%;border-radius:8px}
        table{border-collapse:collapse;background:#fff;border-radius:8px;width:100%;font-size:13.5px}
        th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #e6e9ef;overflow-wrap:anywhere}.n{text-align:right}
        i,.quiet{color:#6b7385;font-style:normal}

        """
}
