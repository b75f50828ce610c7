public import AuditModel

extension LogFacts {
  /// The columns that rows of a data kind may fill, in the order of their numbers in a store.
  public static func columns(of data: DataKind) -> [EventColumn] {
    switch data {
    case .audit: []
    case .flow: FlowFacts.columns
    case .dns: DNSFacts.columns
    case .l7, .bgp, .alert: PlainFacts.columns
    }
  }

  /// The value in a column; absent for columns of other data kinds.
  public func value(of column: EventColumn) -> ColumnValue {
    let value: ColumnValue? =
      switch self {
      case .flow(let facts): facts.value(of: column)
      case .dns(let facts): facts.value(of: column)
      case .plain(let facts): facts.value(of: column)
      }
    return value ?? column.absent
  }

  /// The facts that stand in the columns of a row; the reverse of `value(of:)`.
  public init?<Failure: Error>(_ data: DataKind, values: (EventColumn) throws(Failure) -> ColumnValue) throws(Failure) {
    switch data {
    case .audit: return nil
    case .flow: self = .flow(try FlowFacts(values))
    case .dns:
      // A notice of a DNS log has no name that was asked for.
      self = try values(.qname).text == nil ? .plain(try PlainFacts(data, values)) : .dns(try DNSFacts(values))
    case .l7, .bgp, .alert: self = .plain(try PlainFacts(data, values))
    }
  }
}

extension EventColumn {
  /// What a row has in the column that says nothing there.
  public var absent: ColumnValue {
    switch shape {
    case .text: .text(nil)
    case .list: .list([])
    case .number: .number(nil)
    }
  }
}

extension ColumnValue {
  var text: String? { if case .text(let text) = self { text } else { nil } }
  var list: [String] { if case .list(let list) = self { list } else { [] } }
  var number: Int64? { if case .number(let number) = self { number } else { nil } }
  static func time(_ time: Timestamp?) -> ColumnValue { .number(time?.microseconds) }
  static func port(_ port: Int?) -> ColumnValue { .number(port.map(Int64.init)) }
  var time: Timestamp? { number.map(Timestamp.init(microseconds:)) }
  var port: Int? { number.flatMap(Int.init(exactly:)) }
}

extension Endpoint {
  /// The columns of one side of a connection.
  struct Columns {
    var type: EventColumn
    var namespace: EventColumn
    var name: EventColumn
    var ip: EventColumn
    var port: EventColumn
    var labels: EventColumn
    var all: [EventColumn] { [type, namespace, name, ip, port, labels] }
    static let source = Columns(
      type: .srcType, namespace: .srcNamespace, name: .srcName, ip: .srcIP, port: .srcPort, labels: .srcLabels)
    static let destination = Columns(
      type: .dstType, namespace: .dstNamespace, name: .dstName, ip: .dstIP, port: .dstPort, labels: .dstLabels)
    static let client = Columns(
      type: .clientType, namespace: .clientNamespace, name: .clientName, ip: .clientIP, port: .clientPort,
      labels: .clientLabels)
  }

  func value(of column: EventColumn, _ columns: Columns) -> ColumnValue? {
    switch column {
    case columns.type: .text(type)
    case columns.namespace: .text(namespace)
    case columns.name: .text(name)
    case columns.ip: .text(ip)
    case columns.port: .port(port)
    case columns.labels: .list(labels)
    default: nil
    }
  }

  init<Failure: Error>(_ columns: Columns, _ values: (EventColumn) throws(Failure) -> ColumnValue) throws(Failure) {
    self.init(
      type: try values(columns.type).text, namespace: try values(columns.namespace).text,
      name: try values(columns.name).text, ip: try values(columns.ip).text, port: try values(columns.port).port,
      labels: try values(columns.labels).list)
  }

  /// `shop/coredns-* 10.2.0.10`: a server of a DNS log in one text of a list.
  var columnText: String { [namespace ?? "", name ?? "", ip ?? ""].joined(separator: "|") }

  init(columnText: String) {
    let parts = columnText.split(separator: "|", maxSplits: 2, omittingEmptySubsequences: false)
    func part(_ index: Int) -> String? { index < parts.count && !parts[index].isEmpty ? String(parts[index]) : nil }
    self.init(namespace: part(0), name: part(1), ip: part(2))
  }
}

extension FlowFacts {
  static let columns: [EventColumn] =
    [.end, .action, .reporter] + Endpoint.Columns.source.all + Endpoint.Columns.destination.all + [
      .proto, .service, .domains, .policies, .bytesIn, .bytesOut, .bytes, .packetsIn, .packetsOut, .packets, .flows,
      .flowsStarted, .flowsCompleted, .process, .host,
    ]

  func value(of column: EventColumn) -> ColumnValue? {
    switch column {
    case .end: .time(end)
    case .action: .text(action)
    case .reporter: .text(reporter)
    case .proto: .text(proto)
    case .service: .text(service)
    case .domains: .list(domains)
    case .policies: .list(policies.map(\.text))
    case .bytesIn: .number(bytesIn)
    case .bytesOut: .number(bytesOut)
    case .bytes: .number(bytes)
    case .packetsIn: .number(packetsIn)
    case .packetsOut: .number(packetsOut)
    case .packets: .number(packets)
    case .flows: .number(flows)
    case .flowsStarted: .number(flowsStarted)
    case .flowsCompleted: .number(flowsCompleted)
    case .process: .text(process)
    case .host: .text(host)
    default: source.value(of: column, .source) ?? destination.value(of: column, .destination)
    }
  }

  init<Failure: Error>(_ values: (EventColumn) throws(Failure) -> ColumnValue) throws(Failure) {
    self.init(
      end: try values(.end).time, action: try values(.action).text ?? "", reporter: try values(.reporter).text,
      source: try Endpoint(.source, values), destination: try Endpoint(.destination, values),
      proto: try values(.proto).text, service: try values(.service).text, domains: try values(.domains).list,
      policies: try values(.policies).list.compactMap(PolicyHit.init(text:)), bytesIn: try values(.bytesIn).number,
      bytesOut: try values(.bytesOut).number, packetsIn: try values(.packetsIn).number,
      packetsOut: try values(.packetsOut).number, flows: try values(.flows).number,
      flowsStarted: try values(.flowsStarted).number, flowsCompleted: try values(.flowsCompleted).number,
      process: try values(.process).text, host: try values(.host).text)
  }
}

extension DNSFacts {
  static let columns: [EventColumn] =
    [.end] + Endpoint.Columns.client.all + [
      .qname, .qtype, .qclass, .rcode, .answers, .servers, .lookups, .latencyMean, .latencyMax, .host,
    ]

  func value(of column: EventColumn) -> ColumnValue? {
    switch column {
    case .end: .time(end)
    case .qname: .text(qname)
    case .qtype: .text(qtype)
    case .qclass: .text(qclass)
    case .rcode: .text(rcode)
    case .answers: .list(answers)
    case .servers: .list(servers.map(\.columnText))
    case .lookups: .number(lookups)
    case .latencyMean: .number(latencyMean)
    case .latencyMax: .number(latencyMax)
    case .host: .text(host)
    default: client.value(of: column, .client)
    }
  }

  init<Failure: Error>(_ values: (EventColumn) throws(Failure) -> ColumnValue) throws(Failure) {
    self.init(
      end: try values(.end).time, client: try Endpoint(.client, values), qname: try values(.qname).text ?? "",
      qtype: try values(.qtype).text, qclass: try values(.qclass).text, rcode: try values(.rcode).text,
      answers: try values(.answers).list, servers: try values(.servers).list.map(Endpoint.init(columnText:)),
      lookups: try values(.lookups).number, latencyMean: try values(.latencyMean).number,
      latencyMax: try values(.latencyMax).number, host: try values(.host).text)
  }
}

extension PlainFacts {
  static let columns: [EventColumn] =
    [.end, .action] + Endpoint.Columns.source.all + Endpoint.Columns.destination.all + [.answerCode, .message, .host]

  func value(of column: EventColumn) -> ColumnValue? {
    switch column {
    case .end: .time(end)
    case .action: .text(action)
    case .answerCode: .port(code)
    case .message: .text(message)
    case .host: .text(host)
    default: source.value(of: column, .source) ?? destination.value(of: column, .destination)
    }
  }

  init<Failure: Error>(
    _ data: DataKind, _ values: (EventColumn) throws(Failure) -> ColumnValue
  ) throws(Failure) {
    self.init(
      data: data, end: try values(.end).time, action: try values(.action).text,
      source: try Endpoint(.source, values), destination: try Endpoint(.destination, values),
      code: try values(.answerCode).port, message: try values(.message).text, host: try values(.host).text)
  }
}
