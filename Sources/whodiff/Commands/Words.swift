import AuditModel
import EventQueries
import TerminalScreen

/// How acts and times are worded in text for people.
enum Words {
  /// `2026-11-20 16:11:49` in the zone.
  static func time(_ time: Timestamp, _ zone: Zone) -> String {
    let civil = zone.civil(time)
    return civil.dateText + " " + civil.clockText
  }

  /// The short name that lists show: `gnp`, `netpol`.
  static func kind(_ act: Act) -> String {
    guard let object = act.object else { return "-" }
    let row = object.resource.isEmpty ? nil : ResourceKind.of(group: object.group, resource: object.resource)
    return row.map { $0.shortNames.isEmpty ? $0.resource : $0.label } ?? act.kind ?? "-"
  }

  /// `shop/allow-web`, `shop/*` for a collection, with the subresource behind it.
  static func object(_ act: Act) -> String {
    if let facts = act.facts { return facts.target }
    guard let object = act.object else { return "-" }
    let namespace = ActRow.namespace(object)
    let name = object.name ?? "*"
    return (namespace.map { $0 + "/" } ?? "") + name + (object.subresource?.nonEmpty.map { "/" + $0 } ?? "")
  }

  static func emphasis(_ outcome: Outcome) -> Emphasis {
    switch outcome {
    case .denied, .failed, .conflict: .failed
    default: .none
    }
  }

  /// A text in lines of at most so many columns, broken between words.
  static func wrapped(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, TextWidth.of(last) + 1 + TextWidth.of(String(word)) <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }

  /// Of a row of any log: denied traffic and failed lookups stand out as refused acts do.
  static func emphasis(_ act: Act) -> Emphasis { act.facts?.isFailure == true ? .failed : emphasis(act.outcome) }

  /// `1 act`, `2 acts`.
  static func count(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }
}
