import AuditModel
import ObjectHistory
import TerminalScreen

/// How a comparison is painted.
extension DiffPane {
  private static let listWidth = 34

  func textArea(_ area: Rect, _ session: Session) -> Rect {
    let right = session.layout == .wide ? area.split(left: DiffPane.listWidth).rest : area
    return right.inset(top: (splits(session) ? 2 : 3) + noteLines(right, session).count, bottom: 2)
  }

  /// The notes above the comparison, whole where there are rows for it or `w` asks for it.
  private func noteLines(_ area: Rect, _ session: Session) -> [DiffNotes.Note] {
    guard wraps || session.layout != .compact else { return notes }
    return notes.flatMap { note in
      Wrapping.words(note.text, width: area.width - 2, asciiOnly: session.asciiOnly).prefix(3).map {
        DiffNotes.Note(text: $0, style: note.style)
      }
    }
  }

  func render(into screen: inout Screen, area: Rect, session: Session) {
    screen.fill(area)
    var right = area
    if session.layout == .wide {
      let parts = area.split(left: DiffPane.listWidth)
      renderList(into: &screen, area: parts.left.inset(bottom: 2, right: 1), session: session)
      for y in area.inset(bottom: 2).rows {
        screen.write(session.asciiOnly ? "|" : "│", x: parts.rest.x - 1, y: y, style: .frame)
      }
      right = parts.rest
    }
    renderHeader(into: &screen, area: right, session: session)
    renderText(into: &screen, area: textArea(area, session), session: session)
    let bottom = area.y + area.height
    screen.rule(y: bottom - 2, x: area.x, width: area.width)
    renderStatus(into: &screen, area: area, y: bottom - 1, session: session)
  }

  private func renderHeader(into screen: inout Screen, area: Rect, session: Session) {
    let isSplit = splits(session)
    if let ends {
      let removed = Style(.removed, bold: true)
      let added = Style(.added, bold: true)
      if isSplit {
        let half = (area.width - 3) / 2
        let short = half < 60
        screen.write(ends.left.words(session, short: short), x: area.x + 1, y: area.y, style: removed, width: half - 1)
        screen.write(
          ends.right.words(session, short: short), x: area.x + half + 4, y: area.y, style: added, width: half - 2)
      } else {
        screen.write(
          "- " + ends.left.words(session, short: false), x: area.x + 1, y: area.y, style: removed, width: area.width - 1
        )
        screen.write(
          "+ " + ends.right.words(session, short: false), x: area.x + 1, y: area.y + 1, style: added,
          width: area.width - 1)
      }
    }
    var y = area.y + (isSplit ? 1 : 2)
    for note in noteLines(area, session) {
      screen.write(note.text, x: area.x + 1, y: y, style: note.style, width: area.width - 2)
      y += 1
    }
    screen.rule(y: y, x: area.x, width: area.width)
  }

  private func renderText(into screen: inout Screen, area: Rect, session: Session) {
    if let failure = objects.compactMap({ failures[$0] }).first, text == nil {
      return screen.sentences(
        ["The versions could not be read: \(failure)", "q goes back."], area: area, style: .failed)
    }
    guard reasons.isEmpty else { return screen.sentences(reasons, area: area) }
    guard var text else {
      return screen.sentences([ReadingWords.sentence("Reading the versions", session)], area: area, style: .hint)
    }
    text.arrange(layout(session))
    if text.isEmpty {
      let more = hiddenMachineFields > 0 ? " Only machine fields differ: \(hiddenMachineFields) (M shows them)." : ""
      return screen.sentences(["The two versions are equal.\(more)"], area: area)
    }
    var place = cursor
    place.move(by: 0, count: text.rows.count, height: area.height)
    for offset in 0..<area.height where place.top + offset < text.rows.count {
      let y = area.y + offset
      text.paint(row: place.top + offset, into: &screen, x: area.x, y: y, shift: shift)
      if search.isActive { screen.mark(search.text, y: y, x: area.x, width: area.width) }
      if place.top + offset == place.index, !listIsFocused { screen.select(y: y, x: area.x, width: area.width) }
    }
  }

  private func renderList(into screen: inout Screen, area: Rect, session: Session) {
    screen.write("versions", x: area.x + 1, y: area.y, style: .heading)
    screen.rule(y: area.y + 1, x: area.x, width: area.width)
    guard case .sides(let left, let right) = subject, let log = logs[right.object] else { return }
    let rows = listRows
    let list = area.inset(top: 2)
    var place = listCursor
    place.move(by: 0, count: rows.count, height: list.height)
    for offset in 0..<list.height where place.top + offset < rows.count {
      let y = list.y + offset
      switch rows[place.top + offset] {
      case .finding(let index):
        let finding = log.history.findings[index]
        screen.write(
          FindingWords.short(finding), x: list.x + 1, y: y, style: FindingWords.style(finding, bold: true),
          width: list.width - 1)
      case .lifetime(let number): screen.write("-- lifetime \(number) --", x: list.x + 4, y: y, style: .frame)
      case .version(let index):
        let revision = log.history.revisions[index]
        let number = revision.number
        let isLeft = left.object == right.object && left.revision == number && number != nil
        let isRight = right.revision == number && number != nil
        let mark = isLeft && isRight ? "AB" : isLeft ? " A" : isRight ? " B" : ""
        screen.write(mark, x: list.x + 1, y: y, style: Style(isLeft ? .removed : .added, bold: true))
        let time = PaneWords.minuteTime(revision.time, zone: session.zone, now: session.now)
        screen.write(number.map { "r\($0)" } ?? "", x: list.x + 4, y: y)
        screen.write(time, x: list.x + 9, y: y)
        screen.write(RevisionWords.verb(revision, width: 8), x: list.x + 22, y: y, width: 8)
        screen.write(revision.fidelity?.rawValue ?? "", x: list.x + 31, y: y, style: .hint)
        if place.top + offset == place.index, listIsFocused { screen.select(y: y, x: list.x, width: list.width) }
      }
    }
  }

  private func renderStatus(into screen: inout Screen, area: Rect, y: Int, session: Session) {
    guard let text, let ends else { return }
    var left = "-\(text.removedCount) +\(text.addedCount) ~\(text.changedCount)"
    if showsMachineFields {
      left += "   machine fields shown (M)"
    } else if hiddenMachineFields > 0 {
      left += "   machine fields hidden: \(hiddenMachineFields) (M)"
    }
    if shift > 0 { left += "   \(shift) columns to the left" }
    if let skipped = skippedVersions(ends) { left += "   \(skipped)" }
    let height = max(1, textArea(area, session).height)
    let seen = min(100, text.rows.isEmpty ? 100 : (cursor.top + height) * 100 / text.rows.count)
    let hunk = text.hunk(at: cursor.index).map { "hunk \($0 + 1)/\(text.hunks.count)   " } ?? ""
    let legend = splits(session) && session.layout != .wide ? "< left > right ~ edited   " : ""
    let sides = "A=\(DiffEnd.label(ends.left.side)) B=\(DiffEnd.label(ends.right.side))"
    let rights = ["\(legend)\(hunk)\(seen)%  \(sides)", "\(hunk)\(seen)%  \(sides)", "\(hunk)\(seen)%", "\(seen)%"]
    let right = rights.first { TextWidth.of(left) + TextWidth.of($0) + 4 <= area.width } ?? ""
    screen.ends(left, right, y: y, x: area.x, width: area.width, rightStyle: .plain)
  }

  /// Versions between the sides whose content was not logged: their changes show up as the right side's.
  private func skippedVersions(_ ends: (left: DiffEnd, right: DiffEnd)) -> String? {
    guard ends.left.side.object == ends.right.side.object, let from = ends.left.side.revision,
      let to = ends.right.side.revision, from + 1 < to, let log = logs[ends.right.side.object]
    else { return nil }
    let revisions = log.history.revisions
    let unknown = revisions.indices.filter { index in
      revisions[index].number.map { $0 > from && $0 < to } == true && revisions[index].manifest == nil
        && revisions[index].operation != .delete
    }
    guard !unknown.isEmpty else { return nil }
    return "not logged between: " + unknown.compactMap { revisions[$0].number.map { "r\($0)" } }.joined(separator: " ")
  }
}
