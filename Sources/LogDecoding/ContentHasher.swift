public import AuditModel
import CCrypto

/// Makes content keys of records. One for each thread.
final class ContentHasher {
  // libcrypto's objects; made once, since a look-up costs as much as hashing a short record.
  private let context: OpaquePointer?
  private let algorithm: OpaquePointer?

  init() {
    context = EVP_MD_CTX_new()
    algorithm = EVP_MD_fetch(nil, "SHA256", nil)
  }

  deinit {
    EVP_MD_CTX_free(context)
    EVP_MD_free(algorithm)
  }

  /// The first 128 bits of the SHA-256 of the bytes.
  func contentID(of bytes: UnsafeRawBufferPointer) -> ContentID {
    let digest = digest(of: bytes)
    return ContentID(high: UInt64(bigEndian: digest.0), low: UInt64(bigEndian: digest.1))
  }

  /// The SHA-256 of the bytes, as it stands in memory.
  func digest(of bytes: UnsafeRawBufferPointer) -> (UInt64, UInt64, UInt64, UInt64) {
    var digest: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    let done = withUnsafeMutableBytes(of: &digest) { digest in
      whodiff_sha256(
        context, algorithm, bytes.baseAddress, bytes.count, digest.baseAddress?.assumingMemoryBound(to: UInt8.self))
    }
    precondition(done == 1, "libcrypto has SHA-256")
    return digest
  }
}

/// The SHA-256 of the bytes.
public func sha256(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
  let digest = ContentHasher().digest(of: bytes)
  return withUnsafeBytes(of: digest) { Array($0) }
}

/// The SHA-256 of the bytes.
public func sha256(_ bytes: some Collection<UInt8>) -> [UInt8] { Array(bytes).withUnsafeBytes { sha256($0) } }

/// The content key of a record: as `ContentID` has it.
public func contentKey(of record: UnsafeRawBufferPointer) -> ContentID {
  ContentHasher().contentID(of: record)
}
