import AuditModel
import EventQueries
import TerminalScreen
import TrailCheck

/// How the Check screen is painted.
extension CheckPane {
  func parts(_ area: Rect) -> (list: Rect, detail: Rect) {
    let detailHeight = max(6, area.height / 3)
    let list = area.inset(top: 2, bottom: detailHeight + 2)
    return (list, Rect(x: area.x, y: list.y + list.height + 1, width: area.width, height: detailHeight))
  }

  func render(into screen: inout Screen, area: Rect, session: Session) {
    screen.fill(area)
    let (list, detail) = parts(area)
    screen.rule(y: area.y + 1, x: area.x, width: area.width)
    screen.rule(y: detail.y - 1, x: area.x, width: area.width)
    guard let report else {
      let words =
        failure.map { ["The check failed: \($0)", "R tries again, q goes back."] }
        ?? [ReadingWords.sentence("Checking, which reads the history of every object", session)]
      screen.sentences(words, area: list, style: failure == nil ? .hint : .failed)
      return
    }
    screen.ends(summary(report), reach(report, session), y: area.y, x: area.x, width: area.width, style: .heading)
    if rows.isEmpty {
      screen.sentences([Self.emptyWords(report, session)], area: list)
    }
    renderRows(into: &screen, area: list, session)
    renderDetail(into: &screen, area: detail, session)
    let shown = cursor.words(of: rows.count)
    screen.ends(shown, "times in \(session.zone.name)", y: area.y + area.height - 1, x: area.x, width: area.width)
  }

  /// The rows that are seen: the one in focus whole, over as many lines as it needs, the others on one line each.
  private func renderRows(into screen: inout Screen, area: Rect, _ session: Session) {
    var y = area.y
    var index = cursor.top
    while y < area.y + area.height, rows.indices.contains(index) {
      let isFocused = index == cursor.index
      let lines =
        isFocused
        ? focusedLines(area.width, session, asciiOnly: screen.asciiOnly)
        : [fitted(rows[index], session, width: area.width - 3, asciiOnly: screen.asciiOnly)]
      var style = Style.plain
      if case .finding = rows[index], let finding = finding(rows[index]) { style = finding.style }
      for (line, text) in lines.enumerated() where y < area.y + area.height {
        screen.write(text, x: area.x + 2, y: y, style: style, width: area.width - 3)
        if !searchText.isEmpty { screen.mark(searchText, y: y, x: area.x + 2, width: area.width - 2) }
        if isFocused {
          if line == 0 { screen.write(">", x: area.x, y: y) }
          screen.restyle(Rect(x: area.x, y: y, width: area.width, height: 1)) { $0.reversed }
        }
        y += 1
      }
      index += 1
    }
  }

  /// The row in focus, whole: what it says stands below its beginning. None where there is no row.
  /// - Parameter width: of the list.
  func focusedLines(_ width: Int, _ session: Session, asciiOnly: Bool) -> [String] {
    guard let row = focusedRow else { return [] }
    let text = text(row, session)
    let indent: Int = if case .finding = row { 3 } else { 5 }
    let pieces = Wrapping.words(String(text.dropFirst(indent)), width: width - 3 - indent, asciiOnly: asciiOnly)
    return pieces.enumerated().map { line, piece in
      (line == 0 ? String(text.prefix(indent)) : String(repeating: " ", count: indent)) + piece
    }
  }

  /// Where a row is too long, the name of its object gives way, in the middle: what is behind it tells rows apart.
  ///
  /// It loses as much as the row is too long by. Where that would leave too little of it, the end of the row is lost
  /// anyway, and the name gives way to as much as can be had: all in front of the evidence, or in front of the times.
  private func fitted(_ row: Row, _ session: Session, width: Int, asciiOnly: Bool) -> String {
    let text = text(row, session)
    func excess(_ text: some StringProtocol) -> Int { TextWidth.of(String(text), asciiOnly: asciiOnly) - width }
    guard excess(text) > 0, case .item(_, let index) = row,
      case .object(let key) = finding(row)?.items[index].target, let place = text.firstRange(of: key.path)
    else { return text }
    // `, between r1 and r2, 2026-11-20 14:10:00 to 14:20:00Z: generation 4 -> 6`
    let behind = text[place.upperBound...]
    let evidence = behind.firstRange(of: ": ")?.upperBound ?? text.endIndex
    let times = behind.ranges(of: ", ").dropFirst().first?.upperBound ?? evidence
    let spare = max(0, key.path.count - Self.leastName)
    let wanted = [text.endIndex, evidence, min(times, evidence)].map { excess(text[..<$0]) }
    let loss = min(spare, wanted.first { $0 <= spare } ?? spare)
    guard loss > 0 else { return text }
    let room = key.path.count - loss
    let namespaced = TimelineColumns.fitted(key.path, namespace: key.namespace, width: room, asciiOnly: asciiOnly)
    let name = Screen.cut(namespaced, width: room, .middle, asciiOnly: asciiOnly)
    return text[..<place.lowerBound] + name + text[place.upperBound...]
  }
  private static let leastName = 24

  /// What the finding in focus means and what to do; before it what the focused row says, if the list is too low to
  /// show that whole.
  private func renderDetail(into screen: inout Screen, area: Rect, _ session: Session) {
    guard let row = focusedRow, let finding = finding(row) else { return }
    var lines: [(text: String, style: Style)] = []
    func add(_ text: String, _ style: Style = .plain, indent: Int = 0) {
      for piece in Wrapping.words(text, width: area.width - 2 - indent, asciiOnly: screen.asciiOnly) {
        lines.append((String(repeating: " ", count: indent) + piece, style))
      }
    }
    let lineCount = focusedLines(area.width, session, asciiOnly: screen.asciiOnly).count
    if case .item(_, let index) = row, lineCount > rowHeight(session) {
      add(finding.items[index].words.text(in: session.zone))
    }
    add(finding.meaning.text(in: session.zone), .hint)
    for advice in finding.advice {
      if advice.contains("\n") {
        add("-> add to the audit policy (y copies it):")
        for line in advice.split(separator: "\n") { lines.append(("   " + line, .plain)) }
      } else {
        add("-> " + advice)
      }
    }
    for (line, y) in zip(lines, area.rows) {
      screen.write(line.text, x: area.x + 1, y: y, style: line.style, width: area.width - 2)
    }
    if lines.count > area.height {
      screen.write("...", x: area.x + area.width - 4, y: area.y + area.height - 1, style: .hint)
    }
  }

  private static func emptyWords(_ report: TrailReport, _ session: Session) -> String {
    if session.isReading { return ReadingWords.sentence("Reading", session) }
    if report.sources.contains(where: { $0.actCount > 0 }) {
      return "Nothing was found that these logs should tell and do not."
    }
    return session.excludedWords.map { "There is nothing to check \($0): on Sources (0) A takes all in." }
      ?? "There is nothing to check: no record was read."
  }

  private func summary(_ report: TrailReport) -> String {
    let notes = report.findings.filter { $0.weight == .note }.count
    let words = PaneWords.count(report.findings.count - notes, "finding")
    return words + (notes > 0 ? ", " + PaneWords.count(notes, "note") : "") + " in "
      + PaneWords.count(report.sources.count, "source")
  }

  /// `audit 22 Aug to 20 Nov  flow 15 Nov to 20 Nov`
  private func reach(_ report: TrailReport, _ session: Session) -> String {
    DataKind.allCases.compactMap { data in
      let spans = report.sources.compactMap { $0.reach(of: data) }
      guard let first = spans.map(\.lowerBound).min(), let last = spans.map(\.upperBound).max() else { return nil }
      func words(_ time: Timestamp) -> String {
        PaneWords.minuteTime(time, zone: session.zone, now: session.now)
      }
      return "\(data.name) \(words(first)) to \(words(last))"
    }.joined(separator: "  ")
  }
}

extension TrailFinding {
  var mark: String {
    switch weight {
    case .alarm: "!!"
    case .gap: "! "
    case .note: "- "
    }
  }
  fileprivate var style: Style {
    switch weight {
    case .alarm: .failed
    case .gap: .notice
    case .note: .heading
    }
  }
}
