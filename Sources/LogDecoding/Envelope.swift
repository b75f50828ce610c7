import AuditModel

/// A JSON object that is no record but holds some: what collectors, shippers and exports wrap around them.
public struct Envelope: Sendable {
  /// What `formats` calls it.
  public let name: String
  /// One line for people.
  public let summary: String
  /// What it has that others have not, for people.
  public let mark: String
  /// Whether an object is one; looks at few members.
  let signature: @Sendable (borrowing JSONObject) -> Bool
  let open: @Sendable (borrowing JSONObject, inout EnvelopeContents) -> Void

  init(
    name: String, summary: String, mark: String,
    signature: @escaping @Sendable (borrowing JSONObject) -> Bool,
    open: @escaping @Sendable (borrowing JSONObject, inout EnvelopeContents) -> Void
  ) {
    self.name = name
    self.summary = summary
    self.mark = mark
    self.signature = signature
    self.open = open
  }

  /// In the order in which an object is offered to them that no format takes: the special before the general.
  public static let all: [Envelope] = [
    .elasticsearchHit, .kibanaFields, .elasticAgent, .bulkAction, .bulkUpdate,
    .cloudWatchEvent, .insightsField, .awsData, .dockerLine, .aksDiagnostic, .logAnalytics, .pubSub,
    .lokiLine, .lokiStream, .splunkResult, .splunkEvent, .victoriaLogs, .otlpRecord, .journalEntry,
    .goldmaneStream, .message,
  ]

  /// How deep wrappers are opened: more than anyone stacks, and what is nested deeper to no end is left.
  public static let depth = 6
}

/// What was found in one envelope.
struct EnvelopeContents {
  struct Payload {
    var bytes: [UInt8]
    var transport: Transport
    /// How many of its first bytes were there; it is cut and closed again where that is not all.
    var wholeCount = Int.max
  }

  /// The envelope's own bytes.
  let text: UnsafeRawBufferPointer
  /// How many of them were there, of an envelope that was cut and closed again.
  private let wholeCount: Int
  /// Of all payloads that are added from now on.
  var transport = Transport()
  private(set) var payloads: [Payload] = []
  /// What should have been there and is not, in words.
  private(set) var rejects: [String] = []
  /// What names the document that the envelope is, where it is one of a storage.
  var document: [UInt8]?
  /// Set where the payload is but a part of a record.
  var part: JointPart?

  init(text: UnsafeRawBufferPointer, wholeCount: Int) {
    self.text = text
    self.wholeCount = wholeCount
  }

  /// A string that holds a record; what is no string is passed over.
  mutating func add(text element: JSONElement) {
    if let bytes = element.bytes { add(Array(bytes)) }
  }

  /// The text of a member, whatever it is: of a string what is in it, of an object its bytes as they stand.
  mutating func add(member path: StaticString..., of element: JSONElement) {
    if element.isString { return add(text: element) }
    guard let place = RawJSON.member(path, in: text) else { return }
    add(Array(place), from: place)
  }

  /// - Parameter place: what of the envelope's text the payload is, or is made of.
  mutating func add(_ bytes: [UInt8], from place: UnsafeRawBufferPointer) {
    var payload = Payload(bytes: bytes, transport: transport)
    if wholeCount < text.count, let start = place.baseAddress, let base = text.baseAddress,
      start - base + place.count > wholeCount
    {
      payload.wholeCount = max(0, wholeCount - (start - base))
    }
    payloads.append(payload)
  }

  mutating func add(_ bytes: [UInt8]) { payloads.append(Payload(bytes: bytes, transport: transport)) }

  mutating func reject(_ reason: String) { rejects.append(reason) }
}
