import AuditModel
import EventQueries
import TimelineUI

/// The table that `log` prints for people. Rows of one log have the columns of that log; where several are listed, all
/// share columns that read as a sentence, what who did to which, short enough for 100 columns; the wide table leaves
/// names as they are and says more.
struct ActTable {
  private var table: TextTable
  private let layout: Layout

  private struct Layout: Sendable {
    var headings: [String]
    var wideHeadings: [String] = []
    var cells: @Sendable (Act) -> [TextTable.Cell]
    var wideCells: @Sendable (Act) -> [TextTable.Cell] = { _ in [] }
    var isWide = false
  }

  /// - Parameters:
  ///   - data: the logs whose rows are listed.
  ///   - namesClusters: whether rows are from several clusters.
  init(of data: Set<DataKind>, namesClusters: Bool, isWide: Bool, zone: Zone, to output: Output, style: TextStyle) {
    var layout =
      switch data {
      case [], [.audit]: Self.audit
      case [.flow]: Self.flow
      case [.dns]: Self.dns
      default: Self.mixed(isWide: isWide)
      }
    layout.isWide = isWide
    let cells = layout.cells
    layout.cells = { act in
      [TextTable.Cell(Words.time(act.time, zone))] + (namesClusters ? [TextTable.Cell(act.cluster ?? "-")] : [])
        + cells(act)
    }
    self.layout = layout
    table = TextTable(
      ["TIME (\(zone.name))"] + (namesClusters ? ["CLUSTER"] : []) + layout.headings
        + (isWide ? layout.wideHeadings : []), to: output, style: style)
  }

  mutating func add(_ act: Act) throws {
    try table.add(layout.cells(act) + (layout.isWide ? layout.wideCells(act) : []))
  }

  mutating func finish() throws { try table.finish() }

  // MARK: Layouts

  private static let audit = Layout(
    headings: ["VERB", "CODE", "KIND", "OBJECT", "ACTOR", "OUTCOME"],
    wideHeadings: ["LEVEL", "TOOK", "FROM", "AUDIT ID", "AGENT"],
    cells: { act in
      let texts = [act.verb, act.code.map(String.init) ?? "-", Words.kind(act), Words.object(act), act.actorText]
      return texts.map { TextTable.Cell($0) } + [TextTable.Cell(act.outcome.name, Words.emphasis(act.outcome))]
    },
    wideCells: { act in
      let took = act.took.map { "\(Int(($0 * 1000).rounded())) ms" }
      let ips = act.ips.isEmpty ? nil : act.ips.joined(separator: ",")
      return [act.level?.name, took, ips, act.auditID, act.agent].map { TextTable.Cell($0 ?? "-") }
    })

  private static let flow = Layout(
    headings: ["ACTION", "PROTO", "SOURCE", "-> DESTINATION", "BYTES", "DECIDED BY"],
    wideHeadings: ["REPORTER", "UNTIL", "SERVICE", "STAGED"],
    cells: { act in
      guard let flow = act.facts?.flow else { return [] }
      return [
        TextTable.Cell(flow.action, Words.emphasis(act)), TextTable.Cell(flow.proto ?? "-"),
        TextTable.Cell(flow.source.path ?? "-"), TextTable.Cell("-> " + flow.target),
        TextTable.Cell(flow.bytes.map(FactWords.bytes) ?? "-"),
        TextTable.Cell(flow.decidedBy?.words ?? "-"),
      ]
    },
    wideCells: { act in
      guard let flow = act.facts?.flow else { return [] }
      let staged = flow.policies.filter(\.isStaged).map { "\($0.action) by \($0.path)" }.joined(separator: ", ")
      return [flow.reporter, flow.end?.rfc3339, flow.service, staged.nonEmpty].map { TextTable.Cell($0 ?? "-") }
    })

  private static let dns = Layout(
    headings: ["RCODE", "TYPE", "QNAME", "CLIENT", "ANSWERS"], wideHeadings: ["LOOKUPS", "SLOWEST", "SERVERS"],
    cells: { act in
      guard let dns = act.facts?.dns else {
        return [act.what, "-", Words.object(act), act.actorText, "-"].map { TextTable.Cell($0) }
      }
      return [
        TextTable.Cell(dns.rcode ?? "-", Words.emphasis(act)), TextTable.Cell(dns.qtype ?? "-"),
        TextTable.Cell(dns.qname), TextTable.Cell(dns.client.path ?? "-"), TextTable.Cell(dns.firstAnswers ?? "-"),
      ]
    },
    wideCells: { act in
      let dns = act.facts?.dns
      let servers = dns?.servers.compactMap(\.path).joined(separator: ", ")
      return [dns?.lookups.map(String.init), dns?.latency.map(FactWords.nanoseconds), servers?.nonEmpty].map {
        TextTable.Cell($0 ?? "-")
      }
    })

  private static func mixed(isWide: Bool) -> Layout {
    Layout(
      headings: ["WHAT", "WHO", "WHICH"], wideHeadings: ["MORE"],
      cells: { act in
        let which =
          switch act.facts {
          case .flow(let flow):
            "-> " + flow.target + (flow.destination.port == nil ? "" : flow.proto.map { " " + $0 } ?? "")
          case .dns(let dns): dns.target
          case .plain: Words.object(act)
          case nil: Words.kind(act) + " " + Words.object(act)
          }
        let what = act.facts == nil ? act.what : act.data.name + " " + act.what
        return [
          TextTable.Cell(what, Words.emphasis(act)), TextTable.Cell(isWide ? act.actorText : short(act.actorText, 26)),
          TextTable.Cell(isWide ? which : short(which, 34)),
        ]
      },
      wideCells: { act in
        let more: [String?] =
          switch act.facts {
          case .flow(let flow): [flow.bytes.map(FactWords.bytes), flow.decidedBy?.words]
          case .dns(let dns): [dns.firstAnswers]
          case .plain: []
          case nil: [act.code.map(String.init), act.outcome == .changed ? nil : act.outcome.name]
          }
        return [TextTable.Cell(more.compactMap { $0 }.joined(separator: ", ").nonEmpty ?? "-")]
      })
  }

  /// Without its middle where it is longer: both ends of a name say more.
  private static func short(_ text: String, _ width: Int) -> String {
    guard text.count > width else { return text }
    let head = width * 2 / 5
    return text.prefix(head) + "~" + text.suffix(width - head - 1)
  }
}
