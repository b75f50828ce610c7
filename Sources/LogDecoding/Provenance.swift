/// The name of the format that takes most records of a text, of two as many that of the first in `LogFormat.all`; nil
/// where none takes any.
/// - Parameter head: the first bytes of a text, unpacked; what is cut off at the end does not count.
public func provenance(ofText head: [UInt8]) -> String? {
  let counts = head.withUnsafeBytes { bytes in
    let decoder = RecordDecoder(framing: RecordDecoder.framing(of: bytes))
    _ = decoder.decode(bytes, offset: 0, isLast: true)
    return decoder.recordsByFormat
  }
  guard let most = counts.max(), most > 0, let row = counts.firstIndex(of: most) else { return nil }
  return LogFormat.all[row].name
}
