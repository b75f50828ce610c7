import AuditModel
import Glibc
import Testing

@testable import LogDecoding

/// The files of `Samples`: one for each kind of log and wrapper, written for this purpose. Beside each stands what is
/// expected of it: a line for each record and each reject. `RECORD_SAMPLES=1 swift test` writes these files anew.
struct SampleTests {
  @Test(arguments: Sample.all)
  func `each sample gives the records and rejects that stand beside it`(sample: Sample) throws {
    let found = decode(sample.bytes)
    let text = lines(found).joined(separator: "\n") + "\n"
    if getenv("RECORD_SAMPLES") != nil { try sample.write(expected: text) }
    let expected = try #require(sample.expected, "no \(sample.name).expected; RECORD_SAMPLES=1 writes it")
    #expect(text == expected)
  }

  @Test(arguments: Sample.all)
  func `what stands at a record's position gives its bytes and content again`(sample: Sample) throws {
    for record in decode(sample.bytes).records {
      let start = Int(record.position.offset)
      let outer = Array(sample.bytes[start..<(start + record.position.length)])
      let own = try #require(payload(of: outer, contentID: record.contentID), "line \(record.position.line)")
      #expect(own.withUnsafeBytes { contentKey(of: $0) } == record.contentID)
      #expect(record.position.isWrapped || own == outer)
      #expect(payload(of: own, contentID: record.contentID) == own)
      // What a row means stands in the head of its table.
      guard let event = record.event, !sample.name.hasSuffix(".table.csv") else { continue }
      let content = try #require(decodeContent(own), "line \(event.position.line)")
      #expect(content.requestURI == event.requestURI)
      #expect((content.responseObject != nil) == (event.response != nil && !event.truncated))
    }
  }

  @Test(arguments: Sample.all)
  func `each sample reads the same however it is cut into stretches`(sample: Sample) {
    let framing = sample.bytes.prefix(65_536).withUnsafeBytes { RecordDecoder.framing(of: $0) }
    let whole = decode(sample.bytes, framing: framing)
    for (seed, most) in [1, 7, 100, 5000].enumerated() where sample.bytes.count / most < 10_000 {
      var random = SeededRandom(seed: seed)
      let split = decode(sample.bytes, framing: framing, stretch: { _ in Int.random(in: 1...most, using: &random) })
      #expect(split == whole, "stretches of up to \(most) bytes")
    }
  }

  @Test func `there is a sample of every format and every wrapper`() {
    var used: Set<String> = []
    for sample in Sample.all {
      let framing = sample.bytes.prefix(65_536).withUnsafeBytes { RecordDecoder.framing(of: $0) }
      let decoder = RecordDecoder(framing: framing)
      decoder.traces = { used.insert($0) }
      _ = sample.bytes.withUnsafeBytes { decoder.decode($0, offset: 0, isLast: true) }
    }
    let rows = LogFormat.all.map(\.name) + Envelope.all.map(\.name) + LinePrefix.all.map(\.name)
    #expect(rows.filter { !used.contains($0) } == [])
  }

  /// One line for each record and reject, in the order of the text.
  private func lines(_ found: Decoded) -> [String] {
    let records = found.records.enumerated().map { index, record in
      let cluster = record.event?.cluster ?? record.entry?.cluster
      let line = "\(record.position.line) " + (record.event.map(text) ?? record.entry.map(text) ?? "")
      return (record.position.offset, index, line + (cluster.map { " cluster=\($0)" } ?? ""))
    }
    let rejects = found.rejects.enumerated().map { index, reject in
      (reject.offset, index, "\(reject.line) ! \(reject.reason)")
    }
    return (records + rejects).sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
  }

  private func text(_ event: AuditEvent) -> String {
    var words = ["audit", event.receivedAt.rfc3339, event.stage.name, event.level.name, event.verb]
    words.append(
      event.object.map { object in
        let place = [object.namespace, object.name, object.subresource].map { $0 ?? "" }.joined(separator: "/")
        return "\(object.group)/\(object.version)/\(object.resource) \(place)"
      } ?? event.requestURI)
    words.append("by \(event.user ?? "-")" + (event.impersonatedUser.map { " as \($0)" } ?? ""))
    words.append(event.code.map(String.init) ?? "-")
    words.append("id=\(event.auditID ?? "-")")
    if let body = event.request { words.append("request=\(body.kind ?? "?")") }
    if let body = event.response { words.append("response=\(body.kind ?? "?")@\(body.resourceVersion ?? "-")") }
    if event.dryRun { words.append("dry-run") }
    if event.truncated { words.append("truncated") }
    if let decision = event.decision { words.append(decision) }
    return words.joined(separator: " ")
  }

  private func text(_ entry: LogEntry) -> String {
    let span = "\(entry.facts.data.name) \(entry.time.rfc3339)"
    switch entry.facts {
    case .flow(let flow):
      var words = [
        span, flow.action, flow.reporter ?? "-", text(flow.source), "->", text(flow.destination), flow.proto ?? "-",
        "\(flow.bytesIn ?? -1)/\(flow.bytesOut ?? -1)",
      ]
      if let service = flow.service { words.append("service=\(service)") }
      if let process = flow.process { words.append("process=\(process)") }
      if let host = flow.host { words.append("host=\(host)") }
      words += flow.policies.map(\.text)
      return words.joined(separator: " ")
    case .dns(let dns):
      return [
        span, text(dns.client), dns.qname, dns.qtype ?? "-", dns.rcode ?? "-", dns.answers.joined(separator: ","),
        "servers=" + dns.servers.map(text).joined(separator: ","), "\(dns.lookups ?? -1)",
        "\(dns.latencyMean ?? -1)/\(dns.latencyMax ?? -1)",
      ].joined(separator: " ")
    case .plain(let plain):
      return [
        span, plain.action ?? "-", text(plain.source), "->", text(plain.destination),
        plain.code.map(String.init) ?? "-", plain.host ?? "-", plain.message ?? "-",
      ].joined(separator: " ")
    }
  }

  private func text(_ endpoint: Endpoint) -> String {
    (endpoint.type.map { $0 + ":" } ?? "") + (endpoint.path ?? "?") + (endpoint.port.map { ":\($0)" } ?? "")
      + (endpoint.labels.isEmpty ? "" : endpoint.labels.description)
  }
}

/// A file of the folder `Samples`.
struct Sample: CustomTestStringConvertible, Sendable {
  var name: String
  var bytes: [UInt8]
  var expected: String?

  var testDescription: String { name }

  static let all: [Sample] = {
    let names = fileNames(in: folder).filter { !$0.hasSuffix(".expected") }
    return names.map { name in
      Sample(
        name: name, bytes: readFile(folder + "/" + name) ?? [],
        expected: readFile(folder + "/" + name + ".expected").map { String(decoding: $0, as: UTF8.self) })
    }
  }()

  static let folder = String(#filePath.prefix(upTo: #filePath.lastIndex(of: "/") ?? #filePath.endIndex)) + "/Samples"

  func write(expected text: String) throws {
    let path = Self.folder + "/" + name + ".expected"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard descriptor >= 0 else { throw SourceError.cannotOpen(path: path, reason: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard bytes.withUnsafeBytes({ Glibc.write(descriptor, $0.baseAddress, $0.count) }) == bytes.count else {
      throw SourceError.cannotOpen(path: path, reason: "not written")
    }
  }
}

func fileNames(in folder: String) -> [String] {
  guard let stream = opendir(folder) else { return [] }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    if !name.hasPrefix(".") { names.append(name) }
  }
  return names.sorted()
}

func readFile(_ path: String) -> [UInt8]? {
  let descriptor = open(path, O_RDONLY)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var block = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let got = block.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    guard got > 0 else { return got == 0 ? bytes : nil }
    bytes += block[..<got]
  }
}
