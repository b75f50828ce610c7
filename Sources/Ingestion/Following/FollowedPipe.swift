import AuditModel
import EventStorage
import LogDecoding

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Standard input, read as it comes. Packed text and documents over many lines are handed on to who reads whole texts.
final class FollowedPipe {
  let path = "-"
  private(set) var isAtEnd = false
  private let context: FollowContext
  private var tail: LiveTail?
  private var source = StoredSource(path: "-", compression: Compression.none.rawValue, head: [], headLength: 0)
  private var head: [UInt8] = []
  private var recent: [UInt8] = []

  init(context: FollowContext) {
    self.context = context
    source.cluster = context.cluster(of: "-")
  }

  var descriptor: Int32 { STDIN_FILENO }

  /// Reads what is there; to be called when there is something, or it waits for it.
  /// - Returns: the bytes read so far where they are not lines of plain text: nothing is taken of them then.
  func readOn() throws -> [UInt8]? {
    guard !isAtEnd else { return nil }
    let part = try readSome()
    if tail == nil {
      head += part
      guard head.contains(UInt8(ascii: "\n")) || head.count >= SourcePlanner.fingerprintLength || isAtEnd else {
        return nil
      }
      guard !head.isEmpty else { return nil }
      let framing = head.withUnsafeBytes { RecordDecoder.framing(of: $0) }
      guard ByteSource.isPlainText(head), LiveTail.follows(framing) else { return head }
      let known = head.prefix(SourcePlanner.fingerprintLength)
      source.head = sha256(known)
      source.headLength = known.count
      source.id = try context.store.save(source)
      tail = LiveTail(
        store: context.store, source: source.id, framing: framing, wallClock: context.wallClock, offset: 0,
        keeping: context.keeping, cluster: source.cluster)
      try feed(head)
    } else {
      try feed(part)
    }
    if isAtEnd { try finish() }
    return nil
  }

  private func feed(_ part: [UInt8]) throws {
    guard let tail else { return }
    recent = Array((recent + part).suffix(SourcePlanner.fingerprintLength))
    tail.feed(part)
    if let flushed = try tail.flush(isEnd: isAtEnd) { context.tell(flushed, of: path) }
    if tail.isFragmented { try tail.merge() }
  }

  /// What comes within a moment: a writer of single lines is not waited on for each of them.
  private func readSome() throws(SourceError) -> [UInt8] {
    var part: [UInt8] = []
    let deadline = monotonicSeconds() + Self.momentSeconds
    while part.count < LiveTail.flushLength {
      let left = deadline - monotonicSeconds()
      if !part.isEmpty, left <= 0 || !hasInput(milliseconds: Int32(left * 1000)) { break }
      let more = try readOnce()
      if more.isEmpty {
        isAtEnd = true
        break
      }
      part += more
    }
    return part
  }

  private static let momentSeconds = 0.1

  private func hasInput(milliseconds: Int32) -> Bool {
    var input = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&input, 1, milliseconds) > 0
  }

  private func readOnce() throws(SourceError) -> [UInt8] {
    while true {
      var failure: Int32 = 0
      let part = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
        let got = read(descriptor, buffer.baseAddress, buffer.count)
        if got < 0 { failure = errno }
        count = max(0, got)
      }
      if failure == 0 { return part }
      guard failure == EINTR || failure == EAGAIN else {
        throw .cannotRead(path: path, offset: tail?.offset ?? 0, reason: String(cString: strerror(failure)))
      }
    }
  }

  func finish() throws {
    guard let tail else { return }
    try tail.merge()
    source.size = tail.offset
    source.tail = sha256(recent)
    source.tailLength = recent.count
    source.zone = tail.zone
    source.isComplete = isAtEnd
    _ = try context.store.save(source)
  }
}
