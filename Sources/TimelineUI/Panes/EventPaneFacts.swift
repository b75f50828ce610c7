import AuditModel
import EventQueries
import TerminalScreen

/// The Event screen of a row of another log.
extension EventLines {
  /// Who, verdict, policies, figures and the rest, a section each.
  static func facts(_ sheet: FactSheet, _ options: Options) -> [EventLine] {
    sheet.sections.enumerated().flatMap { index, section -> [EventLine] in
      // Names of members need more room than words do.
      let width = section.lines.map(\.label.count).max() ?? 0
      let isTable = width >= EventLine.indent(.field)
      let lines = section.lines.enumerated().map { number, line in
        let id = "\(section.title) \(number)"
        let style: Style = line.isFailure ? .failed : .plain
        guard isTable else {
          let note = line.note.isEmpty ? "" : "   (\(line.note))"
          return EventLine(
            .field, id: id, label: line.label, text: line.text + note, value: line.value, style: style,
            field: line.field)
        }
        let values = section.lines.map(\.text.count).max() ?? 0
        let name = padded(line.label, width)
        let text = line.note.isEmpty ? line.text : padded(line.text, min(values, 24)) + "  " + line.note
        return EventLine(
          .change, id: id, text: name + "  " + text, value: line.value ?? line.text, style: style, field: line.field)
      }
      return self.section(
        section.title, section.title, note: index == 0 ? "y=copy  J=raw JSON" : "", lines, options)
    }
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
