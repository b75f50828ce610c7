import AuditModel
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
    var digest: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    let done = withUnsafeMutableBytes(of: &digest) { digest in
      whodiff_sha256(
        context, algorithm, bytes.baseAddress, bytes.count, digest.baseAddress?.assumingMemoryBound(to: UInt8.self))
    }
    precondition(done == 1, "libcrypto has SHA-256")
    return ContentID(high: UInt64(bigEndian: digest.0), low: UInt64(bigEndian: digest.1))
  }
}
