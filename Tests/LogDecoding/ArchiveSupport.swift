import CArchive
import Glibc

/// Packs files into an archive in memory.
enum Packing: String, CaseIterable {
  case tar, tarGzip, tarZstd, zip, gzip

  func callAsFunction(_ files: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    let archive = archive_write_new()
    defer { archive_write_free(archive) }
    switch self {
    case .tar, .tarGzip, .tarZstd: archive_write_set_format_pax_restricted(archive)
    case .zip: archive_write_set_format_zip(archive)
    case .gzip: archive_write_set_format_raw(archive)
    }
    switch self {
    case .tarGzip, .gzip: archive_write_add_filter_gzip(archive)
    case .tarZstd: archive_write_add_filter_zstd(archive)
    case .tar, .zip: break
    }
    var room = [UInt8](repeating: 0, count: 1 << 20 + files.reduce(0) { $0 + $1.bytes.count + 4096 })
    var used = 0
    room.withUnsafeMutableBytes { buffer in
      archive_write_open_memory(archive, buffer.baseAddress, buffer.count, &used)
      for file in files {
        let entry = archive_entry_new()
        defer { archive_entry_free(entry) }
        archive_entry_copy_pathname(entry, file.name)
        archive_entry_set_filetype(entry, 0o100_000)
        archive_entry_set_perm(entry, 0o644)
        archive_entry_set_mtime(entry, 1_700_000_000, 0)
        archive_entry_set_size(entry, Int64(file.bytes.count))
        archive_write_header(archive, entry)
        _ = file.bytes.withUnsafeBytes { archive_write_data(archive, $0.baseAddress, $0.count) }
      }
      archive_write_close(archive)
    }
    return Array(room[..<used])
  }

  func callAsFunction(_ name: String, _ bytes: [UInt8]) -> [UInt8] { self([(name, bytes)]) }
}
