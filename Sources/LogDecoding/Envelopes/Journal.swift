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
      // What is not UTF-8 is written as an array of bytes.
      var bytes: [UInt8] = []
      message.forEach { item in
        if let byte = item.integer { bytes.append(UInt8(truncatingIfNeeded: byte)) }
      }
      contents.add(bytes)
    })
}
