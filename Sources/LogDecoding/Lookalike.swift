import AuditModel

/// Says of what no format takes what it looks like, so that a reader knows why it is not shown.
enum Lookalike {
  /// The reason for a JSON object that is no record of any format. The first row that fits counts.
  static func reason(for record: borrowing JSONObject) -> String {
    for row in objects where row.fits(record) { return row.reason }
    return unknownObject
  }

  /// The reason for bytes that do not read as one JSON object.
  /// - Parameter isCut: whether the text ends behind them without a newline.
  static func reason(for bytes: UnsafeRawBufferPointer, isCut: Bool) -> String {
    guard let first = bytes.first else { return "nothing" }
    if first == Ascii.openBracket, bytes.contains("\"=>") {
      for row in texts where row.fits(bytes) { return row.reason }
    }
    if first == Ascii.openBrace || first == Ascii.openBracket {
      let error: JSONError
      do throws(JSONError) {
        _ = try JSONValue(parsing: bytes)
        return "JSON, but no object"
      } catch let caught { error = caught }
      // Where the reader met the end, the record itself has none.
      if error.offset >= bytes.count { return (isCut ? "cut off at the end of the text: " : "cut off: ") + "\(error)" }
      return "not JSON: \(error)"
    }
    for row in texts where row.fits(bytes) { return row.reason }
    return "not JSON: text where a record is expected"
  }

  private static let unknownObject =
    "a JSON object that is no audit event: it has neither auditID nor verb, objectRef and user"

  /// The reasons that tell of what is whole, and another program's.
  static let reasons = objects.map(\.reason) + texts.map(\.reason) + [unknownObject]

  private struct ObjectRow: Sendable {
    var reason: String
    var fits: @Sendable (borrowing JSONObject) -> Bool
    init(_ reason: String, _ fits: @escaping @Sendable (borrowing JSONObject) -> Bool) {
      self.reason = reason
      self.fits = fits
    }
  }

  private struct TextRow: Sendable {
    var reason: String
    var fits: @Sendable (UnsafeRawBufferPointer) -> Bool
    init(_ reason: String, _ fits: @escaping @Sendable (UnsafeRawBufferPointer) -> Bool) {
      self.reason = reason
      self.fits = fits
    }
  }

  /// From the surest sign to the vaguest.
  private static let objects: [ObjectRow] = [
    ObjectRow("a Kubernetes Event (v1), which reports on objects; it is not an audit event") {
      has($0["kind"], "Event") && (has($0["apiVersion"], "v1") || $0["apiVersion"].starts(with: "events.k8s.io/"))
    },
    ObjectRow("a Kubernetes Event (v1), which reports on objects; it is not an audit event") {
      ($0.has("involvedObject") || $0.has("regarding")) && $0.has("reason")
    },
    ObjectRow("an audit.k8s.io object that is no Event") { $0["apiVersion"].starts(with: "audit.k8s.io/") },
    ObjectRow("an audit ID without verb, stage or URI") { $0.has("auditID") },
    ObjectRow("a Google Cloud log entry of another service than Kubernetes") { $0.has("protoPayload") },
    ObjectRow("a Google Cloud log entry without an audit record") {
      $0.has("logName") && ($0.has("textPayload") || $0.has("jsonPayload"))
    },
    ObjectRow("an object whose kind is no string") { $0["kind"].isPresent && !$0["kind"].isString },
    ObjectRow("a Kubernetes object, not an audit event") { $0["kind"].isString && $0["apiVersion"].isString },
    ObjectRow("an empty JSON object") { $0.isEmpty },
  ]

  private static let texts: [TextRow] = [
    TextRow("a klog line, as Kubernetes programs write to stderr") { isKlog($0) },
    TextRow("a logrus line, as aws-iam-authenticator and Calico write to stderr") {
      $0.starts(with: "time=\"") && $0.contains("level=")
    },
    TextRow("the head of events that kube-apiserver could not log: they are missing from its audit log") {
      $0 == "Impacted events:"
    },
    TextRow("an error that the sender of server-sent events reported") { $0.starts(with: "error: ") },
    TextRow("CloudWatch's test of an S3 bucket") { $0 == "Permission Check Successful" },
    TextRow("a Ruby hash, as fluent-bit's stdout output prints; let it write JSON: Format json_lines") {
      $0.contains("\"=>")
    },
    TextRow("a line of calico-node's flow dump apart from its flow; keep the dump in a file of its own") {
      $0.starts(with: "Src={") || $0.starts(with: "Counts={")
    },
    TextRow("a syslog line") { $0[0] == UInt8(ascii: "<") && $0.count > 1 && isDigit($0[1]) },
    TextRow("text before a record; cut it off first") { $0.contains(" {\"") },
    TextRow("UTF-16 text; convert it first: iconv -f UTF-16 -t UTF-8") {
      $0.starts(with: [0xFF, 0xFE]) || $0.starts(with: [0xFE, 0xFF])
    },
    TextRow("YAML, not a log") { $0.starts(with: "apiVersion:") || $0 == "---" },
    TextRow("JSON, but no object") { bytes in
      // A quote, a digit, a sign, or the letter of a word: only then is it worth reading.
      guard let first = bytes.first, "\"-0123456789tfn".utf8.contains(first) else { return false }
      return (try? JSONValue(parsing: bytes)) != nil
    },
  ]

  /// `I1123 04:16:48.531000 `: severity, month and day, time.
  private static func isKlog(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count > 10 && "IWEF".utf8.contains(bytes[0]) && bytes[1...4].allSatisfy(isDigit) && bytes[5] == 0x20
      && bytes[8] == Ascii.colon
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  private static func has(_ element: JSONElement, _ text: StaticString) -> Bool {
    element.bytes.map { $0 == text } ?? false
  }
}

/// The reasons of rejects that are whole, and no records of a log that is read: the others are broken.
public let foreignReasons: [String] = Array(Set(Lookalike.reasons)).sorted()
