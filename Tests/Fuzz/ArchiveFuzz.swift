import Glibc
import LogDecoding

/// libFuzzer's entry: whatever the bytes of a file are, looking for logs in it ends, what is found can be read to its
/// end or to what is wrong with it, and no more comes out than the limits allow.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzArchive(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let path = InputFile.write(start, count) else { return 0 }
  // A bomb must not end the run by itself: zeros pack a thousand times.
  let limits = UnpackingLimits(ratio: 20, harmless: 4 << 20, total: 64 << 20, members: 200)
  let most = 64 << 20
  for log in findLogs(at: [path], limits: limits).logs {
    guard let source = try? ByteSource.open(log, limits: limits) else { continue }
    var text = 0
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    defer { buffer.deallocate() }
    while let got = try? source.read(into: buffer), got > 0 { text += got }
    precondition(text <= most, "no more than the limits allow")
  }
  return 0
}

/// The file that the bytes stand in: an archive is opened by its name, and again for each log in it.
private enum InputFile {
  static let path = "/dev/shm/whodiff-fuzz-\(getpid())"

  static func write(_ start: UnsafePointer<UInt8>?, _ count: Int) -> String? {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard count > 0 else { return path }
    return Glibc.write(descriptor, start, count) == count ? path : nil
  }
}
