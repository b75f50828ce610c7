import AuditModel
import EventQueries
import ManifestDiff
import TerminalScreen

/// What the Timeline shows of the focused row beside the list, or below it.
extension TimelinePane {
  func renderPreview(into screen: inout Screen, area: Rect, isRight: Bool, session: Session) {
    var inner = area
    if isRight {
      for y in area.rows { screen.write(screen.asciiOnly ? "|" : "│", x: area.x, y: y, style: .frame) }
      inner = area.inset(left: 2, right: 1)
    } else {
      screen.rule(y: area.y, x: area.x, width: area.width)
      inner = area.inset(top: 1, left: 1, right: 1)
    }
    guard let act = focusedAct else { return }
    let lines = previewLines(act, session, inner, asciiOnly: screen.asciiOnly)
    for (line, y) in zip(lines, inner.rows) {
      var x = inner.x
      if !line.label.isEmpty {
        if !line.isContinued { screen.write(line.label, x: x, y: y, style: .frame, width: line.labelWidth - 1) }
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

    /// In as many lines as it needs, at most so many.
    func wrapped(width: Int, atMost limit: Int, asciiOnly: Bool) -> [PreviewLine] {
      let room = width - (label.isEmpty ? 0 : labelWidth)
      guard limit > 1, room > 8, TextWidth.of(text, asciiOnly: asciiOnly) > room else { return [self] }
      // A manifest's lines go on below what they say, not below their indentation.
      let lead = label.isEmpty ? min(room / 2, text.prefix { $0 == " " }.count) : 0
      let hang = label.isEmpty ? lead + 2 : 0
      let pieces = Wrapping.pieces(
        String(text.dropFirst(lead)), first: room - lead, rest: room - hang, atBlanks: true, asciiOnly: asciiOnly)
      // Where there is not room for all of it, the last line is cut.
      let rest = pieces.dropFirst(limit - 1)
      let shown = pieces.prefix(limit - 1) + (rest.isEmpty ? [] : [rest.joined(separator: " ")])
      return shown.enumerated().map { index, piece in
        var line = self
        line.text = String(repeating: " ", count: index == 0 ? lead : hang) + piece
        line.isContinued = index > 0
        return line
      }
    }
    /// A line after the first of what was wrapped: its label is not said again.
    var isContinued = false
  }

  /// Lines that are too long go on in the next ones as far as there are rows to spare.
  private func wrapped(_ lines: [PreviewLine], _ area: Rect, asciiOnly: Bool) -> [PreviewLine] {
    var spare = area.height - lines.count
    return lines.flatMap { line in
      let pieces = line.wrapped(width: area.width, atMost: 1 + max(0, spare), asciiOnly: asciiOnly)
      spare -= pieces.count - 1
      return pieces
    }
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

  private func previewLines(_ act: Act, _ session: Session, _ area: Rect, asciiOnly: Bool) -> [PreviewLine] {
    let known = detail?.act.id == act.id ? detail : nil
    if let sheet = FactSheet(
      known ?? ActDetail(act: act, requestURI: "", request: nil, response: nil), zone: session.zone)
    {
      return wrapped(previewLines(sheet), area, asciiOnly: asciiOnly)
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
    guard let detail, detail.act.id == act.id else { return wrapped(lines, area, asciiOnly: asciiOnly) }
    lines.insert(PreviewLine(label: "request", text: detail.requestURI, cut: .middle), at: 6)
    if let message = detail.message { lines.append(PreviewLine(label: "message", text: message, style: .failed)) }
    lines = wrapped(lines, area, asciiOnly: asciiOnly)
    if let body = detail.response ?? detail.request, area.height > lines.count + 2 {
      lines.append(PreviewLine(text: ""))
      let shown = MachineFields.removed(from: body).manifest
      lines += ManifestText(shown, limit: area.height - lines.count).lines.map { PreviewLine(text: $0.text) }
      lines = wrapped(lines, area, asciiOnly: asciiOnly)
    }
    return lines
  }
}
