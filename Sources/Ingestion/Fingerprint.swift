import AuditModel

/// SHA-256 (FIPS 180-4), for telling files and records again. A log's text is chosen by others: they must not be able
/// to make one file pass for another.
func sha256(_ message: UnsafeRawBufferPointer) -> [UInt8] {
  var state: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  var words = [UInt32](repeating: 0, count: 64)
  func rotated(_ value: UInt32, _ bits: UInt32) -> UInt32 { value >> bits | value << (32 - bits) }
  func take(_ block: UnsafeRawBufferPointer) {
    for index in 0..<16 {
      words[index] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
    }
    for index in 16..<64 {
      let a = words[index - 15]
      let b = words[index - 2]
      let mixedA = rotated(a, 7) ^ rotated(a, 18) ^ a >> 3
      let mixedB = rotated(b, 17) ^ rotated(b, 19) ^ b >> 10
      words[index] = words[index - 16] &+ mixedA &+ words[index - 7] &+ mixedB
    }
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    for index in 0..<64 {
      let mixed = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
      let first = h &+ mixed &+ (e & f ^ ~e & g) &+ roundConstants[index] &+ words[index]
      let second = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) &+ (a & b ^ a & c ^ b & c)
      (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
    }
    for (index, value) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= value }
  }
  let whole = message.count / 64 * 64
  for start in stride(from: 0, to: whole, by: 64) {
    take(UnsafeRawBufferPointer(rebasing: message[start..<(start + 64)]))
  }
  var end = Array(message[whole...]) + [0x80]
  while end.count % 64 != 56 { end.append(0) }
  let bitCount = UInt64(message.count) * 8
  for shift in stride(from: 56, through: 0, by: -8) { end.append(UInt8(truncatingIfNeeded: bitCount >> UInt64(shift))) }
  end.withUnsafeBytes { end in
    for start in stride(from: 0, to: end.count, by: 64) {
      take(UnsafeRawBufferPointer(rebasing: end[start..<(start + 64)]))
    }
  }
  return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * $0)) } }
}

func sha256(_ bytes: some Collection<UInt8>) -> [UInt8] { Array(bytes).withUnsafeBytes { sha256($0) } }

/// The content key of a record: as `ContentID` has it.
func contentKey(of record: [UInt8]) -> ContentID {
  let digest = sha256(record)
  func word(_ start: Int) -> UInt64 { digest[start..<(start + 8)].reduce(0) { $0 << 8 | UInt64($1) } }
  return ContentID(high: word(0), low: word(8))
}

/// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
private let roundConstants: [UInt32] = {
  var primes: [UInt64] = []
  var candidate: UInt64 = 2
  while primes.count < 64 {
    if !primes.contains(where: { candidate % $0 == 0 }) { primes.append(candidate) }
    candidate += 1
  }
  // floor(cbrt(p) * 2^32) by bisection: p * 2^96 fits into no word, so compare cubes of what is known so far.
  return primes.map { prime in
    var root: UInt64 = 0
    for bit in stride(from: UInt64(35), through: 0, by: -1) {
      let next = root | 1 << bit
      if isCube(next, atMost: prime) { root = next }
    }
    return UInt32(truncatingIfNeeded: root)
  }
}()

/// Whether value^3 <= prime * 2^96.
private func isCube(_ value: UInt64, atMost prime: UInt64) -> Bool {
  let square = value.multipliedFullWidth(by: value)
  let low = square.low.multipliedFullWidth(by: value)
  let high = square.high.multipliedFullWidth(by: value)
  // value < 2^36, so the cube has less than 108 bits and `high` fits.
  let (middle, carry) = low.high.addingReportingOverflow(high.low)
  if carry || high.high > 0 { return false }
  return middle < prime << 32 || middle == prime << 32 && low.low == 0
}
