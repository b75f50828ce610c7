import AuditModel
import EventQueries
import TerminalScreen
import TrailCheck

/// A hole in the logs as the Timeline shows it: a row of the list.
extension Screen {
  /// `== no audit lines 02:10-02:37 from audit.log (27 min) ====`
  mutating func hole(_ hole: Hole, y: Int, x: Int, width: Int, session: Session) {
    write(String(repeating: "=", count: max(0, width)), x: x, y: y, style: Style(.hole))
    guard width > 8 else { return }
    write("== \(hole.words(session)) ", x: x, y: y, style: Style(.hole, bold: true), width: width - 2)
  }
}

extension Hole {
  /// `no audit lines 02:10-02:37 from audit.log (27 min)`, with days where it goes from one into another.
  func words(_ session: Session) -> String {
    let from = session.zone.civil(since)
    let to = session.zone.civil(until)
    let span =
      from.dateText == to.dateText
      ? "\(from.clockText.prefix(5))-\(to.clockText.prefix(5))"
      : "\(from.dayText) \(from.clockText.prefix(5)) to \(to.dayText) \(to.clockText.prefix(5))"
    let name = files.last.map { $0.split(separator: "/").last.map(String.init) ?? $0 } ?? ""
    return "no \(data.name) lines \(span) from \(name) (\(Phrases.duration(seconds)))"
  }
}
