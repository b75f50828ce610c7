import CZlib

/// Unpacks one gzip text of one or more members with zlib, from front to back.
///
/// libarchive, which unpacks the other kinds, keeps back what it unpacked last where a file is damaged or cut off: of a
/// log that is still written, or that a copy broke off, these are its latest records.
final class Gunzipping: ByteStage {
  private let path: String
  private let stage: any ByteStage
  private let limits: UnpackingLimits
  // zlib remembers where it is: it must stay there.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
  /// Packed bytes taken from the stage so far.
  private var packed: Int64 = 0
  /// Unpacked bytes given out so far.
  private var offset: Int64 = 0
  private var isInMember = true
  private var isAtEnd = false
  /// Thrown again by every read: what comes behind damage has no known place.
  private var failure: SourceError?

  /// - Parameter path: for messages.
  init(path: String, over stage: any ByteStage, limits: UnpackingLimits) {
    self.path = path
    self.stage = stage
    self.limits = limits
    stream.initialize(to: z_stream())
    // 15 bits of window, and 16 for the head of gzip.
    let began = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(began == Z_OK, "there is memory for a window")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  /// 0 at the end. Fewer bytes than there is room for do not mean the end. All that can be unpacked is given out before
  /// damage is told.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
    guard !buffer.isEmpty else { return 0 }
    while failure == nil, !isAtEnd {
      do throws(SourceError) {
        let count = try step(into: buffer)
        if count > 0 { return count }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return 0
  }

  /// Unpacks something, or takes more of what is packed.
  private func step(into buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
    if !isInMember {
      isInMember = try beginsMember()
      isAtEnd = !isInMember
      if isAtEnd { return 0 }
    }
    let room = UInt32(clamping: buffer.count)
    stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = room
    let result = inflate(stream, Z_NO_FLUSH)
    let count = Int(room - stream.pointee.avail_out)
    offset += Int64(count)
    switch result {
    case Z_STREAM_END: isInMember = false
    case Z_OK, Z_BUF_ERROR:
      if count == 0, stream.pointee.avail_in == 0, try !fill() { throw damage("truncated gzip input") }
    default:
      failure = damage(stream.pointee.msg.map { String(cString: $0) } ?? "zlib does not say why")
    }
    if let reason = limits.refusal(text: offset, packed: packed) {
      throw .bomb(path: path, offset: offset, reason: reason)
    }
    return count
  }

  private func damage(_ reason: String) -> SourceError {
    let isOther = offset == 0 && stream.pointee.total_in <= 4
    return .damaged(
      path: path, offset: offset, reason: isOther ? "it starts like a packed file and is none" : reason)
  }

  /// Whether another member comes behind the one that ended; what else stands there is left.
  private func beginsMember() throws(SourceError) -> Bool {
    while stream.pointee.avail_in < 2 {
      guard try fill() else { return false }
    }
    guard let next = stream.pointee.next_in, next[0] == 0x1F, next[1] == 0x8B else { return false }
    inflateReset(stream)
    return true
  }

  /// Takes more packed bytes behind those that are left; false where there are none.
  private func fill() throws(SourceError) -> Bool {
    let left = Int(stream.pointee.avail_in)
    if left > 0, let next = stream.pointee.next_in {
      input.copyMemory(from: UnsafeRawBufferPointer(start: next, count: left))
    }
    let got = try stage.read(into: UnsafeMutableRawBufferPointer(rebasing: input[left...]))
    packed += Int64(got)
    stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_in = UInt32(left + got)
    return got > 0
  }
}
