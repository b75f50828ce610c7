import AuditModel
import ManifestDiff
import ObjectHistory
import TerminalScreen

/// How the Change Log is painted.
extension ChangeLogPane {
  /// Columns of the list in wide layouts, the line to its right included.
  func listWidth(_ area: Rect) -> Int { min(93, area.width / 2) }
  /// Rows about the focused revision at the bottom.
  func previewHeight(_ session: Session) -> Int { session.layout == .compact ? 2 : 4 }
  /// Rows of its comparison below the list, where there is no room beside it.
  private func diffHeight(_ area: Rect, _ session: Session) -> Int {
    session.layout == .normal ? max(0, area.height - 12) / 2 : 0
  }

  /// The rows of the list themselves.
  func listArea(_ area: Rect, _ session: Session) -> Rect {
    let below = diffHeight(area, session)
    let list = session.layout == .wide ? area.split(left: listWidth(area) - 1).left : area
    return list.inset(top: 4, bottom: 3 + previewHeight(session) + (below > 0 ? below + 1 : 0))
  }

  func diffArea(_ area: Rect, _ session: Session) -> Rect {
    let bottom = 3 + previewHeight(session)
    if session.layout == .wide { return area.split(left: listWidth(area)).rest.inset(top: 5, bottom: bottom) }
    return area.inset(bottom: bottom).split(bottom: diffHeight(area, session)).bottom
  }

  func render(into screen: inout Screen, area: Rect, session: Session) {
    screen.fill(area)
    let bottom = area.y + area.height
    screen.rule(y: bottom - 2, x: area.x, width: area.width)
    guard let log else {
      screen.write(
        "\(object.kind.kind)  \(object.pathInCluster)", x: area.x + 1, y: area.y, style: .title, width: area.width - 1)
      screen.rule(y: area.y + 2, x: area.x, width: area.width)
      let body = area.inset(top: 3, bottom: 2)
      if let failure {
        screen.sentences(["The change log could not be read: \(failure)", "q goes back."], area: body, style: .failed)
      } else {
        screen.sentences([ReadingWords.sentence("Reading the change log", session)], area: body, style: .hint)
      }
      return
    }
    renderHeader(log, into: &screen, area: area, session: session)
    let list = listArea(area, session)
    screen.rule(y: list.y - 2, x: area.x, width: area.width)
    if rows.isEmpty {
      screen.sentences(
        ["No act on \(object.pathInCluster) that could have changed it is in the logs."], area: list.inset(top: -1))
    } else {
      renderList(log, into: &screen, area: list, session: session)
    }
    screen.rule(y: bottom - 3 - previewHeight(session), x: area.x, width: area.width)
    if session.layout != .compact { renderDiff(log, into: &screen, area: area, session: session) }
    renderPreview(log, into: &screen, y: bottom - 2 - previewHeight(session), area: area, session: session)
    renderStatus(log, into: &screen, y: bottom - 1, area: area, session: session)
  }

  private func renderHeader(_ log: ChangeLog, into screen: inout Screen, area: Rect, session: Session) {
    let title = "\(log.history.kind)  \(object.pathInCluster)"
    screen.ends(
      title, log.lookup.tier.map { "tier \($0)" } ?? "", y: area.y, x: area.x, width: area.width, style: .title,
      rightStyle: .plain)
    let counted = [
      PaneWords.count(log.lookup.lifetimeCount, "lifetime"), PaneWords.count(log.lookup.actCount, "act"),
      "\(PaneWords.grouped(log.lookup.effectiveCount)) effective",
    ]
    let left = FindingWords.headers(log.history.findings).map { (counted + $0).joined(separator: ", ") }
    let fitting = left.first { TextWidth.of($0, asciiOnly: session.asciiOnly) <= area.width - 2 } ?? left.last ?? ""
    screen.ends(
      fitting, object.group.isEmpty ? "" : "\(object.resource).\(object.group)", y: area.y + 1, x: area.x,
      width: area.width)
  }

  private func renderList(_ log: ChangeLog, into screen: inout Screen, area: Rect, session: Session) {
    let columns = ChangeLogRow.Columns(width: area.width, longTimes: session.layout != .compact)
    columns.renderTitles(into: &screen, x: area.x, y: area.y - 1)
    var place = cursor
    place.move(by: 0, count: rows.count, height: area.height)
    for offset in 0..<area.height where place.top + offset < rows.count {
      let y = area.y + offset
      let row = rows[place.top + offset]
      if case .diff(let entry, let line) = row {
        diffs[entry]?.paint(row: line, into: &screen, x: area.x + 9, y: y, shift: 0)
      } else {
        row.render(log, columns, into: &screen, x: area.x, y: y, session: session)
      }
      if !searchText.isEmpty { screen.mark(searchText, y: y, x: area.x, width: area.width) }
      if place.top + offset == place.index {
        // A finding's own mark stays readable.
        if case .finding = row {
          screen.write(">", x: area.x + 1, y: y)
        } else {
          screen.write(">", x: area.x + 2, y: y)
        }
        let focused = !diffIsFocused
        screen.restyle(Rect(x: area.x, y: y, width: area.width, height: 1)) { focused ? $0.reversed : $0.bold }
      }
    }
  }

  private func renderDiff(_ log: ChangeLog, into screen: inout Screen, area: Rect, session: Session) {
    let body = diffArea(area, session)
    guard !body.isEmpty else { return }
    let isBeside = session.layout == .wide
    if isBeside {
      for y in (body.y - 2)..<(body.y + body.height) {
        screen.write(session.asciiOnly ? "|" : "│", x: body.x - 1, y: y, style: .frame)
      }
    } else {
      screen.rule(y: body.y - 1, x: body.x, width: body.width)
    }
    guard let entry = entry(at: cursor.index) else { return }
    let reason = log.whyNoDiff(entry)
    guard reason.isEmpty, let text = besideText else {
      let large = "The manifest is long: z shows its diff in place, d on a screen of its own."
      let whyNot = diffs.isLarge(entry, in: log) ? large : "nothing to compare"
      screen.sentences([reason.isEmpty ? whyNot : reason], area: body)
      return
    }
    let sides = log.sides(of: entry)
    let title =
      sides.map { "diff \(DiffEnd.label($0.left)) -> \(DiffEnd.label($0.right))" } ?? "state before the first line"
    let form = splits(session) ? "split" : "unified"
    if isBeside {
      screen.ends(title, form, y: body.y - 2, x: body.x, width: body.width, style: .heading)
      if let sides {
        let left = DiffEnd(sides.left, in: log, other: sides.right, isLeft: true)
        let right = DiffEnd(sides.right, in: log, other: sides.left, isLeft: false)
        let half = (body.width - 3) / 2
        let y = body.y - 1
        screen.write(
          left.words(session, short: true), x: body.x + 1, y: y, style: Style(.removed, bold: true), width: half - 1)
        screen.write(
          right.words(session, short: true), x: body.x + half + 4, y: y, style: Style(.added, bold: true),
          width: half - 2)
      }
    } else {
      screen.heading(title, note: form, y: body.y - 1, x: body.x, width: body.width)
    }
    if text.isEmpty {
      let more = text.diff.hiddenMachineFields > 0 ? " Only machine fields differ (M shows them)." : ""
      screen.sentences(["The two versions are equal.\(more)"], area: body)
    }
    var place = diffCursor
    place.move(by: 0, count: text.rows.count, height: body.height)
    for offset in 0..<body.height where place.top + offset < text.rows.count {
      text.paint(row: place.top + offset, into: &screen, x: body.x, y: body.y + offset, shift: 0)
      if diffIsFocused, place.top + offset == place.index {
        screen.select(y: body.y + offset, x: body.x, width: body.width)
      }
    }
  }

  private func renderPreview(_ log: ChangeLog, into screen: inout Screen, y: Int, area: Rect, session: Session) {
    var lines: [String] = []
    switch entry(at: cursor.index) {
    case .revision(let index):
      lines = ChangeLogRow.preview(log, index)
      if log.history.revisions[index].operation == .initial {
        lines = lines.flatMap { Wrapping.words($0, width: area.width - 2, asciiOnly: session.asciiOnly) }
      }
    case .burst(let index): lines = ChangeLogRow.preview(log, burst: index)
    case .finding(let index):
      lines = proofLines(index, width: area.width - 2, session)
      let height = previewHeight(session)
      if lines.count > height {
        lines = lines.prefix(height - 1) + ["\(PaneWords.count(lines.count - height + 1, "line")) more (z)"]
      }
    case nil: return
    }
    for (offset, line) in lines.prefix(previewHeight(session)).enumerated() {
      screen.write(line, x: area.x + 1, y: y + offset, style: offset == 0 ? .plain : .hint, width: area.width - 2)
    }
  }

  private func renderStatus(_ log: ChangeLog, into screen: inout Screen, y: Int, area: Rect, session: Session) {
    let focused = revisionIndex(at: cursor.index)
    let position = finding(at: cursor.index)?.position
    let rank = (focused ?? position).map(log.lookup.rank) ?? 0
    var left = "\(max(1, rank))/\(log.lookup.versionCount)"
    if log.lookup.versionCount == 0 { left = "no versions" }
    for (name, side) in [("A", session.leftSide), ("B", session.rightSide)] {
      guard let side else { continue }
      left += "  \(name)=\(DiffEnd.label(side))" + (side.object == object ? "" : " of \(side.object.pathInCluster)")
    }
    if let diff = besideText {
      let hidden = diff.diff.hiddenMachineFields
      left += "   -\(diff.removedCount) +\(diff.addedCount) ~\(diff.changedCount)"
      if hidden > 0 { left += "   machine fields hidden: \(hidden) (M)" }
    }
    screen.ends(left, "fid F full R rebuilt T trunc M meta", y: y, x: area.x, width: area.width, rightStyle: .plain)
  }
}
