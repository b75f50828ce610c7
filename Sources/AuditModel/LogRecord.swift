/// One record of any log, as it was read.
public enum LogRecord: Hashable, Sendable {
  case audit(AuditEvent)
  /// Of a log that reports on what happened rather than on requests to the API server.
  case entry(LogEntry)

  public var contentID: ContentID {
    get {
      switch self {
      case .audit(let event): event.contentID
      case .entry(let entry): entry.contentID
      }
    }
    set {
      switch self {
      case .audit(var event):
        // Let go of the old value first, or each change copies it.
        self = .entry(.empty)
        event.contentID = newValue
        self = .audit(event)
      case .entry(var entry):
        entry.contentID = newValue
        self = .entry(entry)
      }
    }
  }

  public var position: RecordPosition {
    get {
      switch self {
      case .audit(let event): event.position
      case .entry(let entry): entry.position
      }
    }
    set {
      switch self {
      case .audit(var event):
        self = .entry(.empty)
        event.position = newValue
        self = .audit(event)
      case .entry(var entry):
        entry.position = newValue
        self = .entry(entry)
      }
    }
  }

  /// When the request arrived, or when the interval began.
  public var time: Timestamp {
    switch self {
    case .audit(let event): event.receivedAt
    case .entry(let entry): entry.time
    }
  }

  /// The audit event; nil for a record of another log.
  public var event: AuditEvent? {
    if case .audit(let event) = self { event } else { nil }
  }
  /// The entry of another log; nil for an audit event.
  public var entry: LogEntry? {
    if case .entry(let entry) = self { entry } else { nil }
  }
}

/// One record of a flow, DNS, L7 or BGP log, or an alert.
public struct LogEntry: Hashable, Sendable {
  /// When the interval began, or when it happened.
  public var time: Timestamp
  public var facts: LogFacts
  /// The cluster that the record names; nil where it names none.
  public var cluster: String?
  public var contentID: ContentID
  /// Of the document in a storage that the record is; what is told twice of one is one. Nil for a line of a log, where
  /// equal lines are two.
  public var documentID: ContentID?
  public var position: RecordPosition

  public init(
    time: Timestamp, facts: LogFacts, cluster: String? = nil, contentID: ContentID = .zero,
    documentID: ContentID? = nil, position: RecordPosition = RecordPosition(line: 1, offset: 0, length: 0)
  ) {
    self.time = time
    self.facts = facts
    self.cluster = cluster
    self.contentID = contentID
    self.documentID = documentID
    self.position = position
  }

  static let empty = LogEntry(time: Timestamp(microseconds: 0), facts: .plain(PlainFacts(data: .alert)))
}

/// What a row of another log than the audit log says.
public indirect enum LogFacts: Hashable, Sendable {
  case flow(FlowFacts)
  case dns(DNSFacts)
  case plain(PlainFacts)

  public var data: DataKind {
    switch self {
    case .flow: .flow
    case .dns: .dns
    case .plain(let facts): facts.data
    }
  }
  public var flow: FlowFacts? {
    if case .flow(let facts) = self { facts } else { nil }
  }
  public var dns: DNSFacts? {
    if case .dns(let facts) = self { facts } else { nil }
  }
  public var plain: PlainFacts? {
    if case .plain(let facts) = self { facts } else { nil }
  }
}

/// Which log a row comes from.
public enum DataKind: UInt8, CaseIterable, Hashable, Sendable {
  case audit, flow, dns, l7, bgp
  /// An alert that a tool raised over a log: Falco's.
  case alert

  public var name: String { String(describing: self) }
}

/// A row of a log that is shown as it is: L7, BGP, alerts, a notice of a DNS log.
public struct PlainFacts: Hashable, Sendable {
  public var data: DataKind
  /// End of the interval; nil for what happened at one moment.
  public var end: Timestamp?
  /// In a word what happened: an HTTP method, a rule's priority.
  public var action: String?
  public var source: Endpoint
  public var destination: Endpoint
  /// Code of the answer of an L7 log.
  public var code: Int?
  /// One line for people.
  public var message: String?
  /// Node that wrote it.
  public var host: String?

  public init(
    data: DataKind, end: Timestamp? = nil, action: String? = nil, source: Endpoint = Endpoint(),
    destination: Endpoint = Endpoint(), code: Int? = nil, message: String? = nil, host: String? = nil
  ) {
    self.data = data
    self.end = end
    self.action = action
    self.source = source
    self.destination = destination
    self.code = code
    self.message = message
    self.host = host
  }
}
