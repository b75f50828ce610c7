import AuditModel
import EventQueries
import TerminalScreen

/// Rows of flow, DNS and other logs in the columns of the Timeline.
///
/// A flow has its verdict for what was done, its protocol for a code, its source and destination for object and actor;
/// a lookup its code for both what and code, the name for the object and the client for the actor.
extension TimelineColumns {
  /// - Parameter isAlone: rows of no other log are listed.
  func render(
    _ facts: LogFacts, of act: Act, into screen: inout Screen, x: Int, y: Int, zone: Zone, isAlone: Bool
  ) {
    let tone = Self.style(of: act)
    let hasCode = contains(.code)
    for place in places(of: facts.data, isAlone: isAlone) {
      let at = x + place.x
      func write(_ text: String, _ style: Style = .plain, width: Int? = nil, cut: Screen.Cut = .end) {
        screen.write(text, x: at, y: y, style: style, width: width ?? place.width, cut: cut)
      }
      switch (place.column, facts) {
      case (.time, _): write(zone.civil(act.time).clockText)
      case (.what, .flow(let flow)): write(flow.action, tone)
      case (.what, _): write(facts.what, tone, width: whatWidth(of: facts, at: place))
      case (.code, .flow(let flow)): write(flow.proto ?? "-")
      case (.code, _): continue
      case (.outcome, .flow(let flow)): write(flow.bytes.map(FactWords.bytes) ?? "", Style(.hint))
      case (.outcome, .dns(let dns)):
        write(dns.lookups.map { $0 < 100 ? "\($0) asked" : PaneWords.grouped($0) } ?? "", Style(.hint))
      case (.outcome, .plain): continue
      case (.kind, .flow(let flow)): write(hasCode ? "flow" : flow.proto ?? "flow")
      case (.kind, _): if hasCode { write(facts.data.name) }
      case (.cluster, _): write(act.cluster ?? "-")
      // The hash at the end of a pod's name says least.
      case (.object, .flow(let flow)): write(flow.source.path ?? "-")
      case (.object, _): write(facts.target, cut: .middle)
      case (.actor, .flow(let flow)): write(Self.destination(flow, place.width, screen.asciiOnly), tone)
      case (.actor, _): write(facts.subject ?? "-", Style(.machine))
      }
    }
  }

  /// A code of an answer is longer than a verb, and has the room of the column beside it.
  func whatWidth(of facts: LogFacts, at place: Place) -> Int {
    if case .flow = facts { return place.width }
    let next = places.first { $0.column == (contains(.code) ? .code : .kind) }
    return (next.map { $0.x + $0.width } ?? place.x + place.width) - place.x
  }

  /// `-> shop/db-*:5432`; a name that is too long loses its end, never its port.
  private static func destination(_ flow: FlowFacts, _ width: Int, _ asciiOnly: Bool) -> String {
    let whole = "-> " + flow.target
    let path = "-> " + (flow.destination.path ?? "-")
    let excess = TextWidth.of(whole, asciiOnly: asciiOnly) - width
    guard excess > 0, whole.hasPrefix(path), path.count > excess + 8 else { return whole }
    return path.dropLast(excess + 1) + "~" + whole.dropFirst(path.count)
  }

  /// Source and destination of a flow share the room evenly. Where all rows are from one other log, the column that
  /// would name it gives its room to the names.
  func places(of data: DataKind?, isAlone: Bool) -> [Place] {
    var places = places
    guard data == .flow || isAlone && data == .dns, let actor = places.last, actor.column == .actor else {
      return places
    }
    let end = actor.x + actor.width
    if isAlone, contains(.code), let kind = places.firstIndex(where: { $0.column == .kind }) {
      let removed = places.remove(at: kind)
      if let cluster = places.firstIndex(where: { $0.column == .cluster }) { places[cluster].x = removed.x }
    }
    guard let object = places.firstIndex(where: { $0.column == .object }) else { return places }
    let start = places[object - 1].x + places[object - 1].width + 1
    let room = max(2, end - start - 1)
    let width = data == .flow ? room / 2 : room * 61 / 100
    places[object] = Place(column: .object, x: start, width: width)
    places[object + 1] = Place(column: .actor, x: start + width + 1, width: room - width)
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
