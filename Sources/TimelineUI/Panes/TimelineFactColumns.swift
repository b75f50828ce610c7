import AuditModel
import EventQueries
import TerminalScreen

/// Rows of flow, DNS and other logs in the columns of the Timeline.
///
/// A flow has its verdict for what was done, its protocol for a code, its source and destination for object and actor;
/// a lookup its code for both what and code, the name for the object and the client for the actor.
extension TimelineColumns {
  func render(_ facts: LogFacts, of act: Act, into screen: inout Screen, x: Int, y: Int, zone: Zone) {
    let tone = Self.style(of: act)
    let hasCode = contains(.code)
    for place in places(of: facts.data) {
      let at = x + place.x
      func write(_ text: String, _ style: Style = .plain, width: Int? = nil, cut: Screen.Cut = .end) {
        screen.write(text, x: at, y: y, style: style, width: width ?? place.width, cut: cut)
      }
      switch (place.column, facts) {
      case (.time, _): write(zone.civil(act.time).clockText)
      case (.what, .flow(let flow)): write(flow.action, tone)
      case (.what, _):
        // A code of an answer is longer than a verb.
        let next = self.places.first { $0.column == (hasCode ? .code : .kind) }
        write(facts.what, tone, width: (next.map { $0.x + $0.width } ?? place.x + place.width) - place.x)
      case (.code, .flow(let flow)): write(flow.proto ?? "-")
      case (.code, _): continue
      case (.outcome, .flow(let flow)): write(flow.bytes.map(FactWords.bytes) ?? "", Style(.hint))
      case (.outcome, .dns(let dns)): write(dns.lookups.map { "\(PaneWords.grouped($0)) asked" } ?? "", Style(.hint))
      case (.outcome, .plain): continue
      case (.kind, .flow(let flow)): write(hasCode ? "flow" : flow.proto ?? "flow")
      case (.kind, _): if hasCode { write(facts.data.name) }
      case (.object, .flow(let flow)): write(flow.source.path ?? "-", cut: .middle)
      case (.object, _): write(facts.target, cut: .middle)
      case (.actor, .flow(let flow)): write("-> " + flow.target, tone, cut: .middle)
      case (.actor, _): write(facts.subject ?? "-", Style(.machine), cut: .middle)
      }
    }
  }

  /// Source and destination of a flow share the room evenly.
  func places(of data: DataKind?) -> [Place] {
    guard data == .flow, let object = places.last(where: { $0.column == .object }),
      let actor = places.last(where: { $0.column == .actor })
    else { return places }
    let room = actor.x + actor.width - object.x - 1
    var places = places
    for index in places.indices {
      switch places[index].column {
      case .object: places[index].width = max(1, room / 2)
      case .actor:
        places[index].x = object.x + room / 2 + 1
        places[index].width = max(1, room - room / 2)
      default: break
      }
    }
    return places
  }
}

extension TimelineColumns.Column {
  /// What the column is called over rows of one log.
  func title(in shown: DataKind?) -> String {
    switch (self, shown) {
    case (.what, .flow): "action"
    case (.code, .flow): "prot"
    case (.outcome, .flow): "bytes"
    case (.object, .flow): "source"
    case (.actor, .flow): "-> destination"
    case (.what, .dns): "rcode"
    case (.code, .dns): ""
    case (.outcome, .dns): "lookups"
    case (.object, .dns): "name"
    case (.actor, .dns): "client"
    default: title
    }
  }

  /// What a filter would say of the value of a row of another log in this column.
  func term(of facts: LogFacts) -> (field: String, value: String)? {
    switch (self, facts) {
    case (.kind, _): ("data", facts.data.name)
    case (.what, .flow(let flow)): ("action", flow.action)
    case (.code, .flow(let flow)): flow.proto.map { ("proto", $0) }
    case (.object, .flow(let flow)): flow.source.path.map { ("src", $0) }
    case (.actor, .flow(let flow)): flow.destination.path.map { ("dst", $0) }
    case (.what, .dns(let dns)): dns.rcode.map { ("rcode", $0) }
    case (.code, .dns(let dns)): dns.qtype.map { ("qtype", $0) }
    case (.object, .dns(let dns)): ("qname", dns.qname)
    case (.actor, .dns(let dns)): dns.client.path.map { ("client", $0) }
    default: nil
    }
  }

  /// Rows with the same value.
  func target(of facts: LogFacts) -> FindRequest.Target? {
    func same(_ columns: EventColumn...) -> FindRequest.Target {
      .values(Dictionary(uniqueKeysWithValues: columns.map { ($0, facts.value(of: $0)) }))
    }
    return switch (self, facts) {
    case (.kind, _): .value(.data, .text(facts.data.name))
    case (.what, .flow): same(.action)
    case (.code, .flow): same(.proto)
    case (.object, .flow(let flow)): same(.srcNamespace, flow.source.name == nil ? .srcIP : .srcName)
    case (.actor, .flow(let flow)): same(.dstNamespace, flow.destination.name == nil ? .dstIP : .dstName)
    case (.what, .dns): same(.rcode)
    case (.code, .dns): same(.qtype)
    case (.object, .dns): same(.qname)
    case (.actor, .dns(let dns)): same(.clientNamespace, dns.client.name == nil ? .clientIP : .clientName)
    default: nil
    }
  }

  /// For the clipboard.
  func text(of facts: LogFacts) -> String? { self == .outcome ? nil : term(of: facts)?.value }
}

extension LogFacts {
  /// Rows of the same traffic: between the same two, or for the same name. Nil for logs that know neither.
  var sameTraffic: (target: FindRequest.Target, words: String)? {
    func pair(_ source: Endpoint, _ destination: Endpoint) -> (FindRequest.Target, String) {
      let columns: [EventColumn] = [
        .srcNamespace, source.name == nil ? .srcIP : .srcName, .dstNamespace,
        destination.name == nil ? .dstIP : .dstName,
      ]
      let values = Dictionary(uniqueKeysWithValues: columns.map { ($0, value(of: $0)) })
      return (.values(values), "row of the same pair")
    }
    switch self {
    case .flow(let flow): return pair(flow.source, flow.destination)
    case .dns(let dns): return (.values([.qname: .text(dns.qname)]), "lookup of the same name")
    case .plain(let plain):
      guard plain.source.path != nil, plain.destination.path != nil else { return nil }
      return pair(plain.source, plain.destination)
    }
  }

  /// Why keys that need an object do nothing on such a row.
  var namelessNotice: String {
    switch self {
    case .flow: "a flow is about no object that has changes; x shows what was done around it"
    case .dns: "a lookup is about no object that has changes; x shows what was done around it"
    case .plain: "this row is about no object that has changes; x shows what was done around it"
    }
  }
}
