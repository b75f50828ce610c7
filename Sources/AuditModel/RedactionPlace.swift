/// Where a string stands in a record, as far as it decides whether that is a secret. Made when a member or a list is
/// entered, so that a string costs no look at the whole path.
struct RedactionPlace {
  /// Of the member that the value is, or is in a list of.
  var key = Literal.none
  var signs: Signs = []

  /// A body of a record, by itself.
  static var body: RedactionPlace {
    var place = RedactionPlace()
    place.signs = [.inBody, .isBody]
    return place
  }

  struct Signs: OptionSet {
    var rawValue: UInt32

    // Of a member on the way.
    static let inBody = Signs(rawValue: 1)
    static let inAnnotations = Signs(rawValue: 2)
    static let inExtra = Signs(rawValue: 4)
    static let inData = Signs(rawValue: 8)
    static let inStringData = Signs(rawValue: 16)
    static let inBinaryData = Signs(rawValue: 32)
    static let inLabels = Signs(rawValue: 64)
    static let inEnv = Signs(rawValue: 128)
    /// The payload of an entry of Cloud Logging.
    static let inPayload = Signs(rawValue: 256)

    // Of the last step.
    static let isItem = Signs(rawValue: 1 << 16)
    static let isPayload = Signs(rawValue: 1 << 17)
    static let isBody = Signs(rawValue: 1 << 18)
    static let isValue = Signs(rawValue: 1 << 19)
    /// The `value` of an item: of an operation of a JSON patch, or of what has a name.
    static let isItemsValue = Signs(rawValue: 1 << 20)
    static let isMessage = Signs(rawValue: 1 << 21)

    // Of the key, for items of a list too.
    static let isRequestURI = Signs(rawValue: 1 << 24)
    static let isBodyText = Signs(rawValue: 1 << 25)
    static let isLastApplied = Signs(rawValue: 1 << 26)
    /// What stands beside the value names a secret.
    static let isSecretByName = Signs(rawValue: 1 << 27)
    /// Arguments of a program.
    static let isArguments = Signs(rawValue: 1 << 28)

    /// One of the payload's members that are bodies.
    static let inBodyOfPayload = Signs(rawValue: 1 << 22)

    static let ofTheWay = Signs(rawValue: 0xFFFF)
    static let ofTheKey = Signs(rawValue: 0xFF00_0000)
  }

  /// What keys say.
  private static let signs: [(key: StaticString, signs: Signs)] = [
    ("requestObject", [.inBody, .isBody]), ("responseObject", [.inBody, .isBody]),
    ("RequestObject", [.inBody, .isBody, .isBodyText]), ("ResponseObject", [.inBody, .isBody, .isBodyText]),
    ("requestJson", .isBodyText), ("responseJson", .isBodyText),
    ("request", .inBodyOfPayload), ("response", .inBodyOfPayload), ("protoPayload", [.inPayload, .isPayload]),
    ("protopayload_auditlog", [.inPayload, .isPayload]), ("requestURI", .isRequestURI), ("RequestUri", .isRequestURI),
    ("annotations", .inAnnotations), ("extra", .inExtra), ("data", .inData), ("stringData", .inStringData),
    ("binaryData", .inBinaryData), ("labels", .inLabels), ("matchLabels", .inLabels), ("env", .inEnv),
    ("value", .isValue), ("message", .isMessage), ("command", .isArguments), ("args", .isArguments),
    ("ka.uri", .isRequestURI),
    ("kubectl.kubernetes.io/last-applied-configuration", .isLastApplied), ("kapp.k14s.io/original", .isLastApplied),
  ]

  /// The same by the length of the key.
  private static let signsByLength: [[(key: StaticString, signs: Signs)]] =
    (0...(signs.map(\.key.utf8CodeUnitCount).max() ?? 0)).map { length in
      signs.filter { $0.key.utf8CodeUnitCount == length }
    }

  private static func signs(of key: UnsafeRawBufferPointer) -> Signs? {
    guard key.count < signsByLength.count else { return nil }
    return signsByLength[key.count].first {
      key.holds(UnsafeRawBufferPointer(start: $0.key.utf8Start, count: key.count), at: 0)
    }?.signs
  }

  /// The annotation that tells what a webhook did to the object, as a JSON patch in text.
  private static func isPatchOfWebhook(_ key: UnsafeRawBufferPointer) -> Bool {
    begins(key, "patch.webhook.admission.k8s.io/")
  }

  /// A field of a Falco alert that quotes from the request what may be a secret: a parameter of its URI, or what a
  /// pointer picks from the data of a body.
  private static func isFieldOfAlert(_ key: UnsafeRawBufferPointer) -> Bool {
    if begins(key, "ka.uri.param[") {
      let name = key.dropFirst("ka.uri.param[".utf8.count).prefix { $0 != UInt8(ascii: "]") }
      let text = String(decoding: name, as: UTF8.self)
      return text == "command" || RedactionRules.isSensitive(key: text)
    }
    guard begins(key, "jevt.value[/re") else { return false }
    let text = String(decoding: key, as: UTF8.self)
    return ["Object/data", "Object/stringData", "Object/spec/token", "Object/status/token"].contains {
      text.contains($0)
    }
  }

  private static func begins(_ key: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
    key.count >= text.utf8CodeUnitCount
      && key.holds(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount), at: 0)
  }

  /// An item of the list that stands here.
  var item: RedactionPlace {
    var next = self
    next.signs.formIntersection([.ofTheWay, .ofTheKey])
    next.signs.insert(.isItem)
    return next
  }

  /// A member of the object that stands here.
  /// - Parameter text: what the key says.
  func member(_ key: Literal, _ text: UnsafeRawBufferPointer) -> RedactionPlace {
    var next = RedactionPlace()
    next.key = key
    next.signs = signs.intersection(.ofTheWay)
    guard let sign = Self.signs(of: text) else {
      if Self.isPatchOfWebhook(text), !signs.isDisjoint(with: [.inAnnotations, .inLabels]) {
        next.signs.insert(.isBodyText)
      } else if Self.isFieldOfAlert(text) {
        next.signs.formUnion([.inBody, .isSecretByName])
      }
      return next
    }
    next.signs.formUnion(sign)
    if sign.contains(.inBodyOfPayload), signs.contains(.isPayload) { next.signs.formUnion([.inBody, .isBody]) }
    // What stands at the top of a body is the command of an exec or attach.
    if sign.contains(.isArguments), signs.contains(.isBody) { next.signs.insert(.isSecretByName) }
    // Of two payloads in one another the outer one counts.
    if sign.contains(.isPayload), signs.contains(.inPayload) { next.signs.remove(.isPayload) }
    if sign.contains(.isValue), signs.contains(.isItem) { next.signs.insert(.isItemsValue) }
    return next
  }
}
