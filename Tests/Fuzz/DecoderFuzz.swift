import AuditModel
import LogDecoding

/// libFuzzer's entry: whatever the bytes are, reading ends, and each record can be read again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDecoder(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let text = Array(UnsafeBufferPointer(start: start, count: count))
  let framing = text.withUnsafeBytes { RecordDecoder.framing(of: UnsafeRawBufferPointer(rebasing: $0.prefix(65_536))) }
  let whole = text.withUnsafeBytes { RecordDecoder(framing: framing).decode($0, offset: 0, isLast: true) }
  precondition(whole.consumed == count, "every byte is used")
  for record in whole.batch.records {
    let start = Int(record.position.offset)
    precondition(start >= 0 && start + record.position.length <= count, "a record stands inside of the text")
    let outer = Array(text[start..<(start + record.position.length)])
    guard let own = payload(of: outer, contentID: record.contentID) else {
      preconditionFailure("a record is read again")
    }
    _ = decodeContent(own)
  }
  for reject in whole.batch.rejects {
    precondition(
      reject.offset >= 0 && Int(reject.offset) + reject.length <= count, "a reject stands inside of the text")
  }
  return 0
}
