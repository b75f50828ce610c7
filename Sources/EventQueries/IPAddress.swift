/// An IPv4 or IPv6 address. An IPv4 address inside IPv6 (`::ffff:10.0.0.1`) is the IPv4 address.
struct IPAddress: Hashable, Comparable, Sendable {
  var value: UInt128
  var isV4: Bool

  /// Dotted decimal, or the forms of RFC 4291 with an optional zone (`fe80::1%eth0`), which is dropped.
  init?(_ text: some StringProtocol) {
    if let v4 = Self.dotted(text) {
      self.init(value: UInt128(v4), isV4: true)
      return
    }
    let bare = text.prefix { $0 != "%" }
    guard bare.contains(":"), let value = Self.groups(bare) else { return nil }
    if value >> 32 == 0xFFFF {
      self.init(value: value & 0xFFFF_FFFF, isV4: true)
    } else {
      self.init(value: value, isV4: false)
    }
  }

  private init(value: UInt128, isV4: Bool) {
    self.value = value
    self.isV4 = isV4
  }

  static func < (left: IPAddress, right: IPAddress) -> Bool {
    left.isV4 == right.isV4 ? left.value < right.value : left.isV4
  }

  /// Not routed on the internet: private (RFC 1918, 4193), shared (RFC 6598), loopback, link-local, unspecified.
  var isPrivate: Bool { Self.privateNetworks.contains { $0.contains(self) } }

  private static let privateNetworks = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
    "::/127", "fc00::/7", "fe80::/10",
  ].compactMap { AddressRange(network: $0) }

  private static func dotted(_ text: some StringProtocol) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var value: UInt32 = 0
    for part in parts {
      guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (48...57).contains($0) }),
        let byte = UInt8(part)
      else { return nil }
      value = value << 8 | UInt32(byte)
    }
    return value
  }

  private static func groups(_ text: some StringProtocol) -> UInt128? {
    let halves = text.split(separator: "::", maxSplits: 2, omittingEmptySubsequences: false)
    guard halves.count <= 2 else { return nil }
    func words(_ half: some StringProtocol, isLast: Bool) -> [UInt16]? {
      guard !half.isEmpty else { return [] }
      let parts = half.split(separator: ":", omittingEmptySubsequences: false)
      var words: [UInt16] = []
      for (index, part) in parts.enumerated() {
        if isLast, index == parts.count - 1, let v4 = dotted(part) {
          words += [UInt16(v4 >> 16), UInt16(v4 & 0xFFFF)]
        } else if (1...4).contains(part.utf8.count), part.first?.isHexDigit == true, let word = UInt16(part, radix: 16)
        {
          words.append(word)
        } else {
          return nil
        }
      }
      return words
    }
    guard let head = words(halves[0], isLast: halves.count == 1),
      let tail = halves.count == 2 ? words(halves[1], isLast: true) : []
    else { return nil }
    let missing = 8 - head.count - tail.count
    guard halves.count == 2 ? missing >= 1 : missing == 0 else { return nil }
    return (head + Array(repeating: 0, count: missing) + tail).reduce(UInt128(0)) { $0 << 16 | UInt128($1) }
  }
}

/// Addresses from one to another, both included, of one family.
struct AddressRange: Hashable, Sendable {
  var lower: IPAddress
  var upper: IPAddress

  init?(_ lower: IPAddress, _ upper: IPAddress) {
    guard lower.isV4 == upper.isV4, lower <= upper else { return nil }
    self.lower = lower
    self.upper = upper
  }

  /// An address or a network in CIDR notation; bits outside the mask are ignored.
  init?(network text: some StringProtocol) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = parts.first.flatMap({ IPAddress($0) }) else { return nil }
    lower = address
    upper = address
    guard parts.count == 2 else { return }
    let isMapped = address.isV4 && parts[0].contains(":")
    let width = address.isV4 ? 32 : 128
    guard (1...3).contains(parts[1].utf8.count), parts[1].utf8.allSatisfy({ (48...57).contains($0) }),
      let written = Int(parts[1])
    else { return nil }
    let bits = isMapped ? written - 96 : written
    guard (0...width).contains(bits) else { return nil }
    let host: UInt128 = width == bits ? 0 : (UInt128(1) << UInt128(width - bits)) - 1
    lower.value = address.value & ~host
    upper.value = lower.value | host
  }

  func contains(_ address: IPAddress) -> Bool {
    address.isV4 == lower.isV4 && lower.value <= address.value && address.value <= upper.value
  }
}
