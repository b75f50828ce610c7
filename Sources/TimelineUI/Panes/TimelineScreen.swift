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
      into: &screen, area: layout.bar, filter: query.filter.description,
      counts: countsText(isReading: isReading, session))
    renderLevel(into: &screen, area: layout.level)
    strip.render(
      into: &screen, layout: layout, label: barsLabel, zone: session.zone, focusedTime: focusedAct?.time,
      holes: holes)
    let columns = TimelineColumns(width: layout.list.width, clusters: page?.clusters ?? [])
    columns.renderHeader(into: &screen, area: layout.header, focused: column, shown: page?.shown)
    renderDay(into: &screen, area: layout.header, columns, session)
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
      bar.renderBelow(into: &screen, area: below, listed: query.filter, session: session)
    }
  }

  // MARK: Above the list

  /// `412 of 18,204`; `+` while the numbers still grow, `...` while they and the rows are not those of what stands in
  /// the bar yet.
  private func countsText(isReading: Bool, _ session: Session) -> String {
    guard let page else { return isReading ? "..." : "" }
    let more = isReading ? "+" : ""
    let pending = isPending || bar.differs(from: query.filter) ? "... " : ""
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
  var hiddenText: String {
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

  /// The day of the first row, at the right above the list, where its heading has gone out of sight.
  private func renderDay(into screen: inout Screen, area: Rect, _ columns: TimelineColumns, _ session: Session) {
    let lines = days
    guard case .act(let position) = lines.item(at: top), let day = lines.day(of: position),
      let last = columns.places(of: page?.shown, isAlone: page?.shown != nil).last
    else { return }
    let civil = session.zone.civil(lines.days[day].start)
    let room = area.width - last.x - last.column.title(in: page?.shown).count - 2
    let texts = [civil.longDayText, String(civil.longDayText.dropLast(5)), civil.dayText]
    guard let text = texts.first(where: { $0.count <= room }) else { return }
    screen.write(text, x: area.x + area.width - 1 - text.count, y: area.y, style: .heading)
  }

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
      let width = area.width - 2
      let clock = session.zone.civil(act.time).clockText + "  "
      let sentence =
        act.facts == nil
        ? clock + act.sentence(width: width - clock.count, asciiOnly: screen.asciiOnly)
        : FactWords.sentence(act, session.zone, width: width)
      screen.write(sentence, x: area.x + 1, y: area.y, width: width, cut: act.facts == nil ? .middle : .end)
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
    // What weighs most stands in front, and stays where there is not room for all.
    let notes = [
      session.failures.words.map { $0 + ": 0" }, rejectText(session), progressText(session), session.excludedWords,
      clockText(session),
    ]
    var room = area.width - 6 - TextWidth.of(left, asciiOnly: screen.asciiOnly)
    let right = notes.compactMap(\.self).filter { note in
      let width = TextWidth.of(note, asciiOnly: screen.asciiOnly) + 2
      guard width <= room + 2 else { return false }
      room -= width
      return true
    }.joined(separator: "  ")
    screen.ends(left, right, y: area.y, x: area.x, width: area.width)
  }

  /// `skew apiserver-2 +1.8s`: what the order by time is worth.
  private func clockText(_ session: Session) -> String? {
    guard let trail = session.trail else { return nil }
    if let worst = trail.skews.max(by: { $0.seconds < $1.seconds }) {
      let tenths = Int((worst.seconds * 10).rounded())
      return "skew \(worst.stream) +\(tenths / 10).\(tenths % 10)s"
    }
    return trail.steps.isEmpty ? nil : "clock jumps: C"
  }

  /// `41 lines unreadable`
  private func rejectText(_ session: Session) -> String? {
    session.rejectCount > 0 ? PaneWords.count(session.rejectCount, "line") + " unreadable" : nil
  }

  /// `ee-audit.log.3.gz 41% 61 MB/s 18,204 acts`; nil once all is read.
  private func progressText(_ session: Session) -> String? {
    guard let progress = session.progress else { return nil }
    switch progress.state {
    case .finished: return nil
    case .stopped: return "reading stopped"
    case .reading:
      let name = progress.file.split(separator: "/").last.map(String.init) ?? progress.file
      let percent = progress.bytesTotal.map { $0 > 0 ? " \(min(100, progress.bytesRead * 100 / $0))%" : "" } ?? ""
      let speed = progress.bytesPerSecond
      let rate = speed < 1_000_000 ? " \(Int(speed / 1000)) kB/s" : " \(Int(speed / 1_000_000)) MB/s"
      return "\(name)\(percent)\(rate) \(PaneWords.grouped(progress.actCount)) acts"
    }
  }
}
