import AuditModel
import EventQueries
import ManifestDiff
import TerminalScreen
import TrailCheck

/// How the Timeline is painted.
extension TimelinePane {
  func render(into screen: inout Screen, area: Rect, session: Session) {
    screen.fill(area)
    let layout = TimelineLayout(session.size)
    let isReading = session.progress?.state == .reading
    bar.render(
      into: &screen, area: layout.bar, filter: query.filter.description, counts: countsText(isReading: isReading))
    renderLevel(into: &screen, area: layout.level)
    strip.render(
      into: &screen, layout: layout, label: barsLabel, zone: session.zone, focusedTime: focusedAct?.time,
      holes: holes)
    let columns = TimelineColumns(width: layout.list.width, clusters: page?.clusters ?? [])
    columns.renderHeader(into: &screen, area: layout.header, focused: column, shown: page?.shown)
    if total > 0 {
      renderRows(into: &screen, area: layout.list, columns: columns, session: session)
    } else {
      screen.sentences(emptyLines(session), area: layout.list)
    }
    if let preview = layout.preview {
      renderPreview(into: &screen, area: preview, isRight: layout.previewIsRight, session: session)
    }
    if !layout.rule.isEmpty { renderRule(into: &screen, area: layout.rule) }
    renderSummary(into: &screen, area: layout.summary, session: session)
    renderStatus(into: &screen, area: layout.status, session: session)
    if bar.isEditing {
      let below = Rect(
        x: area.x, y: layout.bar.y + 1, width: area.width, height: layout.list.y + layout.list.height - layout.bar.y - 1
      )
      bar.renderBelow(into: &screen, area: below, session: session)
    }
  }

  // MARK: Above the list

  /// `412 of 18,204`; `+` while the numbers still grow, `...` while the rows are not those of the filter yet.
  private func countsText(isReading: Bool) -> String {
    guard let page else { return isReading ? "..." : "" }
    let more = isReading ? "+" : ""
    let pending = isPending ? "... " : ""
    return "\(pending)\(PaneWords.grouped(page.total))\(more) of \(PaneWords.grouped(page.storeTotal))\(more)"
  }

  private func renderLevel(into screen: inout Screen, area: Rect) {
    let words: [(Outcome, String)] = [
      (.noop, "no-op"), (.dryrun, "dry"), (.conflict, "conflict"), (.subresource, "sub"), (.denied, "refused"),
      (.failed, "failed"), (.unknown, "no answer"), (.connect, "connect"), (.changed, "changed"), (.read, "read"),
    ]
    var parts = words.compactMap { outcome, word in
      (page?.folded[outcome] ?? 0) > 0 ? "\(PaneWords.grouped(page?.folded[outcome] ?? 0)) \(word)" : nil
    }
    // Rows of other logs are none of the writes that levels tell apart.
    let title = page?.shown ?? .audit == .audit ? query.level.title : "(these rows are on every level)"
    var head = "level \(query.level.rawValue) \(title)"
    var verb = "; folded "
    func text() -> String { head + (parts.isEmpty ? "" : verb + parts.joined(separator: " ")) }
    // The counts say more than the level's title; a sum stands for them where they do not fit either.
    let keys = dataText(isShort: area.width < 100) + "v/V"
    let room = area.width - keys.count - 3
    if text().count > room {
      head = "level \(query.level.rawValue)"
      verb = " folds "
    }
    if text().count > room {
      head = "level \(query.level.rawValue) \(title)"
      verb = "; folded "
      let sum = page?.folded.values.reduce(0, +) ?? 0
      parts = ["\(PaneWords.grouped(sum)) acts"]
    }
    if text().count > room { head = "level \(query.level.rawValue)" }
    screen.ends(text(), keys, y: area.y, x: area.x, width: area.width, style: .frame)
  }

  /// Whose rows are shown and which others there would be; empty where there is but one log.
  private func dataText(isShort: Bool) -> String {
    guard let page, page.dataTotals.count > 1 || page.shown.map({ page.dataTotals[$0] == nil }) ?? false else {
      return ""
    }
    guard let shown = page.shown else { return "all logs  K  " }
    let hidden = hiddenText
    guard !hidden.isEmpty else { return "\(shown.name) only  K  " }
    return
      "\(shown.name)\(isShort ? "," : " only;") \(page.hiddenIsUnfiltered ? "not searched" : "hidden") \(hidden)  K  "
  }

  /// `52 flow 41 dns`
  private var hiddenText: String {
    DataKind.allCases.compactMap { data in
      page?.hidden[data].map { "\(PaneWords.grouped($0)) \(data.name)" }
    }.joined(separator: " ")
  }

  /// What the bars count.
  private var barsLabel: String {
    switch page?.shown {
    case .flow: "flows"
    case .dns: "lookups"
    case .audit: query.level == .everything ? "acts" : "writes"
    case .l7, .bgp, .alert: "rows"
    case nil: rowNoun == "row" ? "rows" : query.level == .everything ? "acts" : "writes"
    }
  }

  /// What a row is called where it stands for others.
  private var rowNoun: String {
    page?.shown == .audit || page?.dataTotals.keys.contains { $0 != .audit } != true ? "act" : "row"
  }

  // MARK: The list

  private func renderRows(into screen: inout Screen, area: Rect, columns: TimelineColumns, session: Session) {
    let lines = days
    for offset in 0..<area.height {
      let y = area.y + offset
      switch lines.item(at: top + offset) {
      case .none: continue
      case .heading(let day):
        let count = lines.days[day]
        screen.heading(
          session.zone.civil(count.start).longDayText, note: PaneWords.count(count.count, rowNoun), y: y, x: area.x,
          width: area.width)
      case .mark(let index):
        screen.hole(holes[index], y: y, x: area.x, width: area.width, session: session)
        if index == focusedMark { screen.select(y: y, x: area.x, width: area.width) }
      case .act(let position):
        let act = self.act(at: position)
        if let act {
          columns.render(act, into: &screen, x: area.x, y: y, zone: session.zone, shown: page?.shown)
          if let searchText { screen.mark(searchText, y: y, x: area.x + 2, width: area.width - 2) }
        } else {
          screen.write("...", x: area.x + 2, y: y, style: .hint)
        }
        if position == focus, focusedMark == nil {
          let width = columns.selectionWidth(of: act)
          screen.select(y: y, x: area.x, width: width)
          // One style: each other one inside is a sequence more to send.
          screen.restyle(Rect(x: area.x, y: y, width: width, height: 1)) { _ in .selected }
        }
      }
    }
  }

  /// What is said in place of rows.
  private func emptyLines(_ session: Session) -> [String] {
    if let failure { return ["This could not be listed: " + failure, "R tries again, f changes the filter."] }
    let isReading = session.progress?.state == .reading
    guard let page, !isPending else {
      return [isReading ? "Reading \(session.progress?.file ?? session.sourceName) ..." : "Looking ..."]
    }
    if page.storeTotal == 0 {
      if isReading { return ["Reading \(session.progress?.file ?? session.sourceName) ..."] }
      let rejects = session.progress?.rejectCount ?? 0
      return ["There are no acts here."]
        + (rejects > 0 ? ["\(PaneWords.count(rejects, "line")) could not be read as audit records."] : [])
    }
    let folded = page.folded.values.reduce(0, +)
    var lines = ["0 of \(PaneWords.grouped(page.storeTotal))."]
    lines += page.unknownKinds.map { "Nothing in these logs has \($0.words)." }
    if folded > 0 {
      lines.append("\(PaneWords.count(folded, "act")) folded at level \(query.level.rawValue): v lists more.")
    }
    if !hiddenText.isEmpty {
      lines.append(
        page.hiddenIsUnfiltered
          ? "Rows of other logs were not searched (\(hiddenText)): K lists them."
          : "Rows of other logs are hidden (\(hiddenText)): K lists them.")
    }
    for (index, term) in page.withoutTerm.enumerated().prefix(9) {
      lines.append("\(index + 1)  without \(term.text): \(PaneWords.grouped(term.count))")
    }
    if !page.withoutTerm.isEmpty { lines.append("A digit takes its term out of the filter; < goes back.") }
    return lines
  }

  // MARK: Below the list

  private func renderRule(into screen: inout Screen, area: Rect) {
    if !bar.isEditing, let rows = page?.rows, !rows.isEmpty, rows.allSatisfy({ $0.level == .metadata }) {
      screen.heading(
        "no bodies are logged here (level Metadata): who and when are complete, what is not", y: area.y, x: area.x,
        width: area.width, style: .notice)
    } else {
      screen.rule(y: area.y, x: area.x, width: area.width)
    }
  }

  private func renderSummary(into screen: inout Screen, area: Rect, session: Session) {
    if strip.isFocused {
      screen.write(strip.sentence(zone: session.zone), x: area.x + 1, y: area.y, width: area.width - 2)
    } else if let hole = focusedHole {
      let words = "\(hole.words(session)); 99 of 100 gaps around are under \(Phrases.duration(hole.norm))"
      screen.write(words, x: area.x + 1, y: area.y, width: area.width - 2)
    } else if let act = focusedAct {
      let sentence =
        act.facts == nil
        ? session.zone.civil(act.time).clockText + "  " + act.summary
        : FactWords.sentence(act, session.zone, width: area.width - 2)
      screen.write(
        sentence, x: area.x + 1, y: area.y, width: area.width - 2, cut: act.facts == nil ? .middle : .end)
    }
  }

  private func renderStatus(into screen: inout Screen, area: Rect, session: Session) {
    if let timePrompt {
      timePrompt.render(into: &screen, area: area)
      return
    }
    let all = PaneWords.grouped(total)
    let place = total > 0 ? PaneWords.grouped(focus + 1) : "0"
    // As wide as the last place: what stands behind it stays where it is.
    var left = String(repeating: " ", count: max(0, all.count - place.count)) + "\(place)/\(all)"
    if let focusedMark { left = "hole \(focusedMark + 1)/\(holes.count)" }
    if let act = focusedAct { left += "  " + session.zone.civil(act.time).longDayText }
    // Of the act that was found, in the list in which it was counted.
    if let match, match.act == focusedAct?.id, match.total == total, !isPending { left += "   " + match.words }
    if total > 0, let failure { left += "   failed: " + failure }
    let right = [session.excludedWords ?? "", progressText(session), clockText(session)].filter { !$0.isEmpty }.joined(
      separator: "  ")
    screen.ends(left, right, y: area.y, x: area.x, width: area.width)
  }

  /// `skew apiserver-2 +1.8s`: what the order by time is worth.
  private func clockText(_ session: Session) -> String {
    guard let trail = session.trail else { return "" }
    if let worst = trail.skews.max(by: { $0.seconds < $1.seconds }) {
      let tenths = Int((worst.seconds * 10).rounded())
      return "skew \(worst.stream) +\(tenths / 10).\(tenths % 10)s"
    }
    return trail.steps.isEmpty ? "" : "clock jumps: C"
  }

  /// `ee-audit.log.3.gz 41% 61 MB/s 18,204 acts`; what could not be read stays told afterwards.
  private func progressText(_ session: Session) -> String {
    guard let progress = session.progress else { return "" }
    let rejects = progress.rejectCount > 0 ? "  \(PaneWords.count(progress.rejectCount, "line")) unreadable" : ""
    switch progress.state {
    case .finished: return rejects
    case .stopped: return "reading stopped" + rejects
    case .reading:
      let name = progress.file.split(separator: "/").last.map(String.init) ?? progress.file
      let percent = progress.bytesTotal.map { $0 > 0 ? " \(min(100, progress.bytesRead * 100 / $0))%" : "" } ?? ""
      let speed = progress.bytesPerSecond
      let rate = speed < 1_000_000 ? " \(Int(speed / 1000)) kB/s" : " \(Int(speed / 1_000_000)) MB/s"
      return "\(name)\(percent)\(rate) \(PaneWords.grouped(progress.actCount)) acts\(rejects)"
    }
  }

  // MARK: Preview

  private func renderPreview(into screen: inout Screen, area: Rect, isRight: Bool, session: Session) {
    var inner = area
    if isRight {
      for y in area.rows { screen.write(screen.asciiOnly ? "|" : "│", x: area.x, y: y, style: .frame) }
      inner = area.inset(left: 2, right: 1)
    } else {
      screen.rule(y: area.y, x: area.x, width: area.width)
      inner = area.inset(top: 1, left: 1, right: 1)
    }
    guard let act = focusedAct else { return }
    for (line, y) in zip(previewLines(act, session, height: inner.height), inner.rows) {
      var x = inner.x
      if !line.label.isEmpty {
        screen.write(line.label, x: x, y: y, style: .frame, width: line.labelWidth - 1)
        x += line.labelWidth
      }
      screen.write(line.text, x: x, y: y, style: line.style, width: inner.x + inner.width - x, cut: line.cut)
    }
  }

  private struct PreviewLine {
    var label = ""
    var labelWidth = 8
    var text: String
    var style = Style.plain
    var cut = Screen.Cut.end
  }

  /// A row of another log: who, verdict, policies and figures, as the Event screen has them.
  private func previewLines(_ sheet: FactSheet) -> [PreviewLine] {
    sheet.sections.flatMap { section in
      // Names of members need more room than words do.
      let widest = section.lines.map(\.label.count).max() ?? 0
      return [PreviewLine(text: section.title, style: .heading)]
        + section.lines.map { line in
          let note = line.note.isEmpty ? "" : "   (\(line.note))"
          return PreviewLine(
            label: line.label, labelWidth: max(9, widest + 2), text: line.text + note,
            style: line.isFailure ? .failed : .plain)
        }
    }
  }

  private func previewLines(_ act: Act, _ session: Session, height: Int) -> [PreviewLine] {
    let known = detail?.act.id == act.id ? detail : nil
    if let sheet = FactSheet(
      known ?? ActDetail(act: act, requestURI: "", request: nil, response: nil), zone: session.zone)
    {
      return previewLines(sheet)
    }
    var lines = [
      PreviewLine(label: "when", text: PaneWords.longTime(act.time, zone: session.zone, microseconds: true)),
      PreviewLine(label: "actor", text: act.actorText),
      PreviewLine(label: "groups", text: act.groups.isEmpty ? "-" : act.groups.joined(separator: ", ")),
      PreviewLine(label: "from", text: act.ips.isEmpty ? "-" : act.ips.joined(separator: ", ")),
      PreviewLine(label: "agent", text: act.agent ?? "-"),
      PreviewLine(
        label: "result", text: "\(act.code.map(String.init) ?? "-")  \(act.outcome.name)",
        style: TimelineColumns.style(of: act)),
      PreviewLine(label: "object", text: act.key?.description ?? TimelineColumns.object(act), cut: .middle),
      PreviewLine(
        label: "source", text: "\(act.source.file):\(act.source.line)   level \(act.level?.name ?? "-")", cut: .start),
    ]
    guard let detail, detail.act.id == act.id else { return lines }
    lines.insert(PreviewLine(label: "request", text: detail.requestURI, cut: .middle), at: 6)
    if let message = detail.message { lines.append(PreviewLine(label: "message", text: message, style: .failed)) }
    if let body = detail.response ?? detail.request, height > lines.count + 2 {
      lines.append(PreviewLine(text: ""))
      let shown = MachineFields.removed(from: body).manifest
      lines += ManifestText(shown, limit: height - lines.count).lines.map { PreviewLine(text: $0.text) }
    }
    return lines
  }
}
