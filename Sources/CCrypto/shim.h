#pragma once
#include <openssl/evp.h>
#include <stdint.h>

/// SHA-256 of `count` bytes into the 32 bytes of `digest`; false when libcrypto fails. The algorithm and the context
/// are fetched once by the caller, since looking them up costs as much as hashing a short record.
static inline int whodiff_sha256(
    EVP_MD_CTX *context, const EVP_MD *algorithm, const void *bytes, size_t count, uint8_t *digest) {
  return EVP_DigestInit_ex(context, algorithm, NULL) == 1 && EVP_DigestUpdate(context, bytes, count) == 1
         && EVP_DigestFinal_ex(context, digest, NULL) == 1;
}
