import AuditModel
import EventQueries
import TerminalScreen

/// What the Timeline says in place of rows.
extension TimelinePane {
  func emptyLines(_ session: Session) -> [String] {
    if let failure { return ["This could not be listed: " + failure, "R tries again, f changes the filter."] }
    // Between two answers to what is typed the last one stays.
    guard let page, !isPending || bar.isEditing else {
      return [session.isReading ? Self.readingWords(session) : "Looking ..."]
    }
    if page.storeTotal == 0, page.dataTotals.isEmpty {
      return session.isReading ? [Self.readingWords(session)] : Self.nothingRead(session)
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
    if !page.withoutTerm.isEmpty, !bar.isEditing {
      lines.append("A digit takes its term out of the filter; < goes back.")
    }
    return lines
  }

  private static func readingWords(_ session: Session) -> String {
    "Reading \(session.progress?.file ?? session.sourceName) ..."
  }

  /// Why there are no rows at all, whatever the filter.
  private static func nothingRead(_ session: Session) -> [String] {
    var lines: [String] = []
    if !session.excluded.isEmpty {
      let paths = session.excluded.values.sorted()
      lines += [
        "There are no acts here, since \(PaneWords.count(paths.count, "source is", "sources are")) left out:",
        "  " + paths.prefix(5).joined(separator: ", ") + (paths.count > 5 ? ", ..." : ""),
        "0 lists the sources: Space takes one in there, A all.",
      ]
    } else {
      lines.append("There are no acts here.")
    }
    let failures = session.failures
    for row in failures.unread.prefix(3) {
      lines.append("\(row.path): \(row.failure ?? "not read")")
      if let remedy = row.remedy { lines += ["To read it without running whodiff as root:", "  " + remedy] }
    }
    if failures.unread.count > 3 {
      lines.append("... and \(PaneWords.count(failures.unread.count - 3, "more source")): 0 lists them.")
    }
    for row in failures.empty.prefix(3) { lines.append("\(row.path) is empty.") }
    if session.rejectCount > 0 {
      lines.append(
        "\(PaneWords.count(session.rejectCount, "line")) could not be read as records: Enter on Sources (0).")
    }
    // One is enough to see what was opened by mistake.
    if let source = failures.unrecognised.first { lines += Self.lines(of: source, below: lines, session) }
    return lines
  }

  /// What a file looks like in which nothing is a record, and what each format missed: the nearest, as far as there is
  /// room below the lines that stand there.
  private static func lines(of source: UnrecognisedSource, below above: [String], _ session: Session) -> [String] {
    let area = TimelineLayout(session.size).list
    let width = Screen.sentenceWidth(in: area)
    func cut(_ line: String) -> String { Screen.cut(line, width: width, .end, asciiOnly: session.asciiOnly) }
    var lines = [
      "\(source.path): no record of any known format; it looks like this: \(source.looksLike)",
      cut("  it begins: " + source.start),
      "\(PaneWords.count(source.refusals.count, "format")) missed what their records have, the nearest first:",
    ]
    let used = (above + lines).reduce(0) {
      $0 + Wrapping.words($1, width: width, asciiOnly: session.asciiOnly).count
    }
    let room = max(1, area.height - Screen.blankRowsAboveSentences(in: area) - used)
    let count = source.refusals.count
    let shown = count <= room ? count : room - 1
    lines += source.refusals.prefix(shown).map { cut("  " + $0) }
    if shown < count { lines.append("  ... and \(count - shown) more: whodiff formats lists them") }
    return lines
  }
}
