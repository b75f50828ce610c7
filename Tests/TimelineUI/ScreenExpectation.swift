import Foundation
import TerminalScreen
import Testing

/// Compares a screen with `Screens/NAME.screen`: the glyphs row by row, then the same grid as style letters.
/// `RECORD_SCREENS=1` writes the file instead.
func expectScreen(_ screen: Screen, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
  let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Screens").appendingPathComponent(name + ".screen")
  let text = printed(screen)
  if ProcessInfo.processInfo.environment["RECORD_SCREENS"] == "1" {
    try text.write(to: file, atomically: true, encoding: .utf8)
    return
  }
  guard let wanted = try? String(contentsOf: file, encoding: .utf8) else {
    Issue.record("no Screens/\(name).screen; RECORD_SCREENS=1 writes it:\n\(text)", sourceLocation: sourceLocation)
    return
  }
  guard wanted != text else { return }
  Issue.record("Screens/\(name).screen differs:\n\(differences(wanted, text))", sourceLocation: sourceLocation)
}

private func printed(_ screen: Screen) -> String {
  let glyphs = screen.textRows.map { "|" + $0 + "|" }
  let styles = screen.styleRows.map { "|" + $0 + "|" }
  return (glyphs + [""] + styles).joined(separator: "\n") + "\n"
}

/// The rows that differ, wanted above got.
private func differences(_ wanted: String, _ got: String) -> String {
  let left = wanted.split(separator: "\n", omittingEmptySubsequences: false)
  let right = got.split(separator: "\n", omittingEmptySubsequences: false)
  return (0..<max(left.count, right.count)).compactMap { row in
    let old = row < left.count ? left[row] : "(no row)"
    let new = row < right.count ? right[row] : "(no row)"
    return old == new ? nil : "row \(row)\n  wanted \(old)\n  got    \(new)"
  }.joined(separator: "\n")
}
