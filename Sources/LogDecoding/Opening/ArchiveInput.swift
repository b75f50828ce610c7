import CArchive

/// A stage as libarchive reads it, block by block.
final class ArchiveInput {
  private let stage: any ByteStage
  private let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
  private var position: Int64 = 0
  /// Bytes that libarchive was given so far.
  private(set) var count: Int64 = 0
  /// Why no more could be given.
  private(set) var error: SourceError?

  init(_ stage: any ByteStage) { self.stage = stage }
  deinit { block.deallocate() }

  /// Opens the archive over the stage, which both must outlive. The result is one of libarchive's.
  func open(_ archive: OpaquePointer?) -> Int32 {
    archive_read_set_callback_data(archive, Unmanaged.passUnretained(self).toOpaque())
    archive_read_set_read_callback(archive) { _, client, start in
      guard let input = ArchiveInput.from(client), let start else { return -1 }
      return input.next(start)
    }
    if stage.length != nil, stage.seek(to: 0) {
      // Over files that nobody asked for, as most of an archive's are, it steps without reading them.
      archive_read_set_skip_callback(archive) { _, client, count in ArchiveInput.from(client)?.skip(count) ?? 0 }
      archive_read_set_seek_callback(archive) { _, client, offset, whence in
        ArchiveInput.from(client)?.seek(offset, whence) ?? Int64(ARCHIVE_FATAL)
      }
    }
    return archive_read_open1(archive)
  }

  private static func from(_ client: UnsafeMutableRawPointer?) -> ArchiveInput? {
    client.map { Unmanaged<ArchiveInput>.fromOpaque($0).takeUnretainedValue() }
  }

  /// One more block, which stays where it is until the next call.
  private func next(_ start: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
    start.pointee = UnsafeRawPointer(block.baseAddress)
    do throws(SourceError) {
      let got = try stage.read(into: block)
      count += Int64(got)
      position += Int64(got)
      return got
    } catch {
      self.error = error
      return -1
    }
  }

  /// Only what is there is stepped over: a file that is cut off must be told.
  private func skip(_ count: Int64) -> Int64 {
    let end = min(position + count, stage.length ?? 0)
    guard end > position, stage.seek(to: end) else { return 0 }
    defer { position = end }
    return end - position
  }

  private func seek(_ offset: Int64, _ whence: Int32) -> Int64 {
    let base: Int64
    switch whence {
    case 0: base = 0
    case 1: base = position
    default: base = stage.length ?? 0
    }
    let (place, overflow) = base.addingReportingOverflow(offset)
    guard !overflow, place >= 0, stage.seek(to: place) else { return Int64(ARCHIVE_FATAL) }
    position = place
    return place
  }
}
