import AuditModel

extension Envelope {
  /// `journalctl -o json`.
  static let journalEntry = Envelope(
    name: "journal-json", summary: "entry of journalctl -o json", mark: "MESSAGE with __REALTIME_TIMESTAMP",
    signature: { $0.has("MESSAGE") && $0.has("__REALTIME_TIMESTAMP") },
    open: { entry, contents in
      contents.transport.time = epochTime(entry["__REALTIME_TIMESTAMP"])
      let message = entry["MESSAGE"]
      if message.isString { return contents.add(text: message) }
      guard message.isArray else {
        return contents.reject("a journal entry without its message, which was too long: journalctl --all keeps it")
      }
      addMessages(message, to: &contents)
    })
}

/// What is not UTF-8 is written as an array of bytes; a field that an entry has several times as an array of texts,
/// or of such arrays.
private func addMessages(_ list: JSONElement, to contents: inout EnvelopeContents) {
  var (bytes, isOther): ([UInt8], Bool) = ([], false)
  list.forEach { item in
    if let byte = item.integer {
      bytes.append(UInt8(truncatingIfNeeded: byte))
    } else if item.isString {
      contents.add(text: item)
    } else if item.isArray {
      contents.add(byteItems(item))
    } else {
      isOther = true
    }
  }
  if !bytes.isEmpty { contents.add(bytes) }
  if isOther { contents.reject("a journal entry of which a message is neither text nor bytes") }
}

private func byteItems(_ list: JSONElement) -> [UInt8] {
  var bytes: [UInt8] = []
  list.forEach { item in
    if let byte = item.integer { bytes.append(UInt8(truncatingIfNeeded: byte)) }
  }
  return bytes
}
