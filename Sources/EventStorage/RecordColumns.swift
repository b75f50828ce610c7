import AuditModel

/// Distinct values and a code for each row, growing.
struct Coder<Value: CodedValue>: Sendable {
  /// 0 for absent, else the place in `values` plus one.
  private(set) var codes: [UInt32] = []
  private(set) var values: [Value] = []
  /// The hashes of the values.
  private var hashes: [UInt64] = []
  /// A table of codes, 0 where free, in which a value is looked for from its hash on; its size is a power of two.
  private var slots: [UInt32] = []

  mutating func append(_ value: Value?) {
    guard let value else { return codes.append(0) }
    // Neighbours are often alike, and comparing costs less than hashing.
    if let last = codes.last, last > 0, value.isSame(as: values[Int(last) - 1]) { return codes.append(last) }
    if values.count * 2 >= slots.count { grow() }
    let hash = value.tableHash(hashSeed)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let place = Int(slots[slot]) - 1
      if hashes[place] == hash, value.isSame(as: values[place]) { return codes.append(UInt32(place + 1)) }
      slot = (slot + 1) & (slots.count - 1)
    }
    values.append(value)
    hashes.append(hash)
    let code = UInt32(values.count)
    slots[slot] = code
    codes.append(code)
  }

  private mutating func grow() {
    slots = [UInt32](repeating: 0, count: max(64, slots.count * 2))
    for (place, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt32(place + 1)
    }
  }

  subscript(row: Int) -> Value? {
    let code = codes[row]
    return code == 0 ? nil : values[Int(code) - 1]
  }

  /// The chosen rows in the given order, absent where none is given; only values that these use.
  private func chosen(_ rows: [Int?]) -> (dictionary: [Value], codes: PackedNumbers) {
    var newCodes = [Int64](repeating: 0, count: values.count + 1)
    var dictionary: [Value] = []
    var chosen: [Int64] = []
    chosen.reserveCapacity(rows.count)
    for row in rows {
      let code = row.map { Int(codes[$0]) } ?? 0
      if code > 0, newCodes[code] == 0 {
        dictionary.append(values[code - 1])
        newCodes[code] = Int64(dictionary.count)
      }
      chosen.append(newCodes[code])
    }
    return (dictionary, PackedNumbers(chosen))
  }
}

extension Coder where Value == String {
  /// - Parameter kept: what is kept of each distinct text.
  func column(_ rows: [Int?], as kept: (String) -> String = { $0 }) -> TextColumn {
    let (texts, codes) = chosen(rows)
    return TextColumn(dictionary: TextDictionary(texts.map(kept)), codes: codes)
  }
}

extension Coder where Value == [String] {
  func column(_ rows: [Int?]) -> ListColumn {
    let (lists, codes) = chosen(rows)
    return ListColumn(dictionary: lists, codes: codes)
  }
}

/// The values of records in the order in which they were read, before they are joined into acts.
struct RecordColumns: Sendable {
  private(set) var count = 0
  private(set) var times: [Int64] = []
  private(set) var took: [Int64?] = []
  private(set) var codes: [Int64?] = []
  private(set) var outcomes: [Outcome] = []
  private(set) var levels: [Level] = []
  private(set) var stages: [Stage] = []
  private(set) var flags: [RowFlags] = []
  private(set) var generations: [Int64?] = []
  private(set) var offsets: [Int64] = []
  private(set) var lengths: [Int64] = []
  private(set) var lines: [Int64] = []
  private(set) var contentIDs: [ContentID] = []
  private(set) var auditIDs: [AuditIDValue?] = []

  private(set) var verb = Coder<String>()
  private(set) var by = Coder<String>()
  private(set) var asUser = Coder<String>()
  private(set) var agent = Coder<String>()
  private(set) var apiGroup = Coder<String>()
  private(set) var apiVersion = Coder<String>()
  private(set) var resource = Coder<String>()
  private(set) var kind = Coder<String>()
  private(set) var namespace = Coder<String>()
  private(set) var name = Coder<String>()
  private(set) var subresource = Coder<String>()
  private(set) var uid = Coder<String>()
  private(set) var resourceVersion = Coder<String>()
  private(set) var tier = Coder<String>()
  private(set) var decision = Coder<String>()
  private(set) var reason = Coder<String>()
  private(set) var requestURI = Coder<String>()
  private(set) var referenceUID = Coder<String>()
  private(set) var referenceVersion = Coder<String>()
  private(set) var sentVersion = Coder<String>()
  private(set) var groups = Coder<[String]>()
  private(set) var ips = Coder<[String]>()
  private(set) var cluster = Coder<String>()
  private(set) var data: [DataKind] = []
  private(set) var facts = FactColumns()
  /// What the answers to records of `deletecollection` list, as column `metName` has it.
  private(set) var met: [Int: [String]] = [:]
  /// Records of patches that may have altered nothing but who owns which field, or found their version.
  private(set) var asksHistory: Set<Int> = []
  /// What names the documents of a storage that records are.
  private(set) var documents: [Int: ContentID] = [:]
  /// Records that are one of two of a long request.
  private(set) var operationHalves: Set<Int> = []

  /// - Parameters:
  ///   - line: counted from the first line of the segment.
  ///   - cluster: of the source, for records that name none.
  mutating func append(_ record: LogRecord, line: Int, isOmitted: Bool, cluster: String?) {
    switch record {
    case .audit(let event):
      append(event, line: line, isOmitted: isOmitted)
      data.append(.audit)
      self.cluster.append(event.cluster ?? cluster)
    case .entry(let entry):
      append(entry, line: line, isOmitted: isOmitted)
      data.append(entry.facts.data)
      self.cluster.append(entry.cluster ?? cluster)
    }
  }

  private mutating func append(_ entry: LogEntry, line: Int, isOmitted: Bool) {
    facts.append(entry.facts, record: count)
    if let document = entry.documentID { documents[count] = document }
    count += 1
    times.append(entry.time.microseconds)
    outcomes.append(.observed)
    levels.append(.metadata)
    stages.append(.responseComplete)
    flags.append(placeFlags(entry.position, isOmitted: isOmitted))
    offsets.append(entry.position.offset)
    lengths.append(Int64(entry.position.length))
    lines.append(Int64(line))
    contentIDs.append(entry.contentID)
    verb.append("")
    // What only requests have.
    took.append(nil)
    codes.append(nil)
    generations.append(nil)
    auditIDs.append(nil)
    by.append(nil)
    asUser.append(nil)
    agent.append(nil)
    apiGroup.append(nil)
    apiVersion.append(nil)
    resource.append(nil)
    kind.append(nil)
    namespace.append(nil)
    name.append(nil)
    subresource.append(nil)
    uid.append(nil)
    resourceVersion.append(nil)
    tier.append(nil)
    decision.append(nil)
    reason.append(nil)
    requestURI.append(nil)
    referenceUID.append(nil)
    referenceVersion.append(nil)
    sentVersion.append(nil)
    groups.append(nil)
    ips.append(nil)
  }

  private func placeFlags(_ position: RecordPosition, isOmitted: Bool) -> RowFlags {
    var flags: RowFlags = []
    if isOmitted { flags.insert(.omitted) }
    if position.isWrapped { flags.insert(.wrapped) }
    return flags
  }

  private mutating func append(_ event: AuditEvent, line: Int, isOmitted: Bool) {
    let object = event.object
    if !event.met.isEmpty { met[count] = event.met.map { ($0.namespace ?? "") + "/" + $0.name } }
    if event.mayMoveOnlyOwners || event.mayHaveFound { asksHistory.insert(count) }
    if event.isHalfOfOperation { operationHalves.insert(count) }
    count += 1
    times.append(event.receivedAt.microseconds)
    took.append(
      // A request that was only seen to arrive took nobody knows how long.
      event.stage == .requestReceived
        ? nil
        : event.stageAt.flatMap { stageAt in
          let (difference, overflow) = stageAt.microseconds.subtractingReportingOverflow(event.receivedAt.microseconds)
          return overflow ? nil : difference
        })
    codes.append(event.code.map(Int64.init))
    outcomes.append(
      Outcome.classify(
        verb: event.verb, object: object, code: event.code, stages: StageSet(event.stage), dryRun: event.dryRun,
        requestURI: event.requestURI))
    levels.append(event.level)
    stages.append(event.stage)
    var flags = placeFlags(event.position, isOmitted: isOmitted)
    if event.truncated { flags.insert(.truncated) }
    if event.dryRun { flags.insert(.dryRun) }
    if event.endsObject { flags.insert(.endsObject) }
    if Outcome.isWrite(verb: event.verb) || Outcome.isConnect(verb: event.verb, object: object) {
      flags.insert(.isWrite)
    }
    flags.evidence = event.evidence
    self.flags.append(flags)
    generations.append(event.response?.generation)
    offsets.append(event.position.offset)
    lengths.append(Int64(event.position.length))
    lines.append(Int64(line))
    contentIDs.append(event.contentID)
    auditIDs.append(event.auditID.map(AuditIDValue.init))

    verb.append(event.verb)
    by.append(event.user)
    asUser.append(event.impersonatedUser)
    agent.append(event.userAgent)
    apiGroup.append(object?.group)
    apiVersion.append(object?.version)
    resource.append(object?.resource)
    kind.append(kindName(of: event))
    namespace.append(object?.namespace)
    name.append(object?.name)
    subresource.append(object?.subresource)
    uid.append(event.response?.uid ?? object?.uid)
    resourceVersion.append(event.response?.resourceVersion)
    tier.append(event.response?.tier ?? event.request?.tier)
    decision.append(event.decision)
    reason.append(event.reason)
    requestURI.append(event.requestURI)
    referenceUID.append(object?.uid)
    referenceVersion.append(object?.resourceVersion)
    sentVersion.append(event.request?.resourceVersion)
    groups.append(event.groups.isEmpty ? nil : event.groups)
    ips.append(event.sourceIPs.isEmpty ? nil : event.sourceIPs)
  }

  func object(_ record: Int) -> ObjectReference? {
    guard let resource = resource[record] else { return nil }
    return ObjectReference(
      group: apiGroup[record] ?? "", version: apiVersion[record] ?? "", resource: resource,
      namespace: namespace[record], name: name[record], subresource: subresource[record], uid: referenceUID[record],
      resourceVersion: referenceVersion[record])
  }

  /// The URI as segments keep it.
  func keptURI(_ record: Int) -> String? { requestURI[record].map(Redactor.bare) }

  /// What tells one request from another, as codes of this segment; nil without auditID.
  func joinKey(_ record: Int) -> LocalJoinKey? {
    guard let auditID = auditIDs[record] else { return nil }
    return LocalJoinKey(
      auditID: auditID, time: times[record], verb: verb.codes[record], uri: requestURI.codes[record],
      user: by.codes[record], cluster: cluster.codes[record])
  }
}

struct LocalJoinKey: Hashable {
  var auditID: AuditIDValue
  var time: Int64
  var verb: UInt32
  var uri: UInt32
  var user: UInt32
  var cluster: UInt32
}

/// An audit ID in 16 bytes where it is a UUID in its usual spelling, else as it is: clients may choose any text.
enum AuditIDValue: Hashable, Sendable {
  case uuid(ContentID)
  case text(ExactText)

  init(_ text: String) {
    self = uuidBits(text).map(AuditIDValue.uuid) ?? .text(ExactText(text))
  }
  var text: String {
    switch self {
    case .uuid(let bits): uuidText(bits)
    case .text(let exact): exact.text
    }
  }
}

/// The bits of a lower-case UUID with its four hyphens; nil for all else, and for the one of zeros.
private func uuidBits(_ text: String) -> ContentID? {
  guard text.utf8.count == 36 else { return nil }
  var copy = text
  return copy.withUTF8(uuidBits)
}

private func uuidBits(_ text: UnsafeBufferPointer<UInt8>) -> ContentID? {
  var high: UInt64 = 0
  var low: UInt64 = 0
  var digits = 0
  for place in 0..<text.count {
    let byte = text[place]
    if place == 8 || place == 13 || place == 18 || place == 23 {
      guard byte == UInt8(ascii: "-") else { return nil }
      continue
    }
    let digit: UInt64
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = UInt64(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = UInt64(byte - UInt8(ascii: "a") + 10)
    default: return nil
    }
    if digits < 16 { high = high << 4 | digit } else { low = low << 4 | digit }
    digits += 1
  }
  let bits = ContentID(high: high, low: low)
  return bits == .zero ? nil : bits
}

private func uuidText(_ bits: ContentID) -> String {
  var text = ""
  text.reserveCapacity(36)
  for (place, digit) in bits.description.enumerated() {
    if place == 8 || place == 12 || place == 16 || place == 20 { text.append("-") }
    text.append(digit)
  }
  return text
}

/// The kind that the resource table knows, else the one a body of the object itself names, else the resource.
private func kindName(of event: AuditEvent) -> String? {
  guard let object = event.object else { return nil }
  let known = ResourceKind.of(group: object.group, resource: object.resource)
  guard known.kind == object.resource, object.subresource == nil else { return known.kind }
  for body in [event.response, event.request] {
    guard let kind = body?.kind, !kind.isEmpty, kind != "Status", !kind.hasSuffix("Options"),
      let version = body?.apiVersion, groupPart(of: version) == object.group
    else { continue }
    return event.verb == "deletecollection" && kind.hasSuffix("List") ? String(kind.dropLast(4)) : kind
  }
  return object.resource
}

private func groupPart(of apiVersion: String) -> Substring {
  apiVersion.firstIndex(of: "/").map { apiVersion[..<$0] } ?? ""
}
