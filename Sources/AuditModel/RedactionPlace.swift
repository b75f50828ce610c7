/// Where a string stands in a record, as far as it decides whether that is a secret. Made when a member or a list is
/// entered, so that a string costs no look at the whole path.
struct RedactionPlace {
  /// Of the member that the value is, or is in a list of.
  var key = Literal.none
  var signs: Signs = []

  /// A body of a record, by itself.
  static var body: RedactionPlace {
    var place = RedactionPlace()
    place.signs = .inBody
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

    /// One of the payload's members that are bodies.
    static let inBodyOfPayload = Signs(rawValue: 1 << 22)

    static let ofTheWay = Signs(rawValue: 0xFFFF)
    static let ofTheKey = Signs(rawValue: 0xFF00_0000)
  }

  /// What keys say.
  private static let signs: [(key: StaticString, signs: Signs)] = [
    ("requestObject", .inBody), ("responseObject", .inBody), ("RequestObject", [.inBody, .isBodyText]),
    ("ResponseObject", [.inBody, .isBodyText]), ("requestJson", .isBodyText), ("responseJson", .isBodyText),
    ("request", .inBodyOfPayload), ("response", .inBodyOfPayload), ("protoPayload", [.inPayload, .isPayload]),
    ("protopayload_auditlog", [.inPayload, .isPayload]), ("requestURI", .isRequestURI), ("RequestUri", .isRequestURI),
    ("annotations", .inAnnotations), ("extra", .inExtra), ("data", .inData), ("stringData", .inStringData),
    ("binaryData", .inBinaryData), ("labels", .inLabels), ("matchLabels", .inLabels), ("env", .inEnv),
    ("value", .isValue), ("message", .isMessage),
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
    guard let sign = Self.signs(of: text) else { return next }
    next.signs.formUnion(sign)
    if sign.contains(.inBodyOfPayload), signs.contains(.isPayload) { next.signs.insert(.inBody) }
    // Of two payloads in one another the outer one counts.
    if sign.contains(.isPayload), signs.contains(.inPayload) { next.signs.remove(.isPayload) }
    if sign.contains(.isValue), signs.contains(.isItem) { next.signs.insert(.isItemsValue) }
    return next
  }
}
