import AuditModel

extension LinePrefix {
  /// RFC 5424, also with the octet count of RFC 6587 in front, as many frames on a line as there are.
  static let syslog = LinePrefix(
    name: "syslog-5424", summary: "syslog of RFC 5424, octet-counted or not",
    mark: "[LENGTH ]<PRI>1 TIME HOST APP PROCID MSGID DATA TEXT"
  ) { line in
    var frame: Int?
    if line.next != UInt8(ascii: "<") {
      guard let length = line.number(most: 8), line.take(" ") else { return nil }
      frame = line.at + length
    }
    guard line.take("<"), line.number(most: 3) != nil, line.take(">"), line.take("1 ") else { return nil }
    var transport = Transport()
    if !line.take("- ") {
      guard let time = line.time(), line.take(" ") else { return nil }
      transport.time = time
    }
    // Host, application, process, message ID.
    for _ in 0..<4 { guard line.word(until: " ") != nil else { return nil } }
    if line.take("[") {
      guard skipStructuredData(&line) else { return nil }
    } else if !line.take("-") {
      return nil
    }
    _ = line.take(" ")
    let end = frame.map { min($0, line.bytes.count) } ?? line.bytes.count
    guard line.at <= end else { return nil }
    return LinePrefixMatch(
      payload: line.at..<end, next: end < line.bytes.count ? end : nil, isOpenEnded: frame == nil, transport: transport)
  }

  /// RFC 3164: a time without year and zone, hence of no use.
  static let oldSyslog = LinePrefix(
    name: "syslog-3164", summary: "syslog of RFC 3164, with or without its priority",
    mark: "[<PRI>]Oct  5 09:12:44 HOST TAG: TEXT"
  ) { line in
    if line.take("<") { guard line.number(most: 3) != nil, line.take(">") else { return nil } }
    guard let month = line.word(until: " ", most: 4), monthNames.contains(String(decoding: month, as: UTF8.self)) else {
      return nil
    }
    _ = line.take(" ")
    guard line.number(most: 2) != nil, line.take(" "), line.number(most: 2) != nil, line.take(":"),
      line.number(most: 2) != nil, line.take(":"), line.number(most: 2) != nil, line.take(" "),
      line.word(until: " ") != nil, let tag = line.word(until: " "), tag.last == Ascii.colon
    else { return nil }
    return LinePrefixMatch(payload: line.rest)
  }

  /// The ISO times of journalctl, and of rsyslog's files.
  static let journalText = LinePrefix(
    name: "journal-text", summary: "journalctl -o short-iso; syslog file with RFC 3339 times",
    mark: "TIME HOST UNIT[PID]: TEXT"
  ) { line in
    guard let time = line.time(), line.take(" "), let host = line.word(until: " "), isName(host),
      let tag = line.word(until: " "), tag.last == Ascii.colon
    else { return nil }
    return LinePrefixMatch(payload: line.rest, transport: Transport(time: time))
  }
}

let monthNames = [
  "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
]

/// Elements in brackets, in which `\]` does not end one; the first bracket is passed over already.
private func skipStructuredData(_ line: inout TextCursor) -> Bool {
  var isQuoted = false
  while let byte = line.next {
    line.skip(1)
    switch byte {
    case Ascii.backslash where isQuoted: line.skip(1)
    case Ascii.quote: isQuoted.toggle()
    case Ascii.closeBracket where !isQuoted:
      // Elements follow each other without a blank.
      if line.take("[") { continue }
      return true
    default: break
    }
  }
  return false
}
