import AuditModel

extension LinePrefix {
  /// Lines of `/var/log/pods`, as containerd and CRI-O write them. A line above 16 KiB comes in parts.
  static let containerRuntime = LinePrefix(
    name: "cri", summary: "Container log of containerd or CRI-O", mark: "TIME stdout|stderr F|P TEXT"
  ) { line in
    guard let time = line.time(), line.take(" ") else { return nil }
    let stream: String
    if line.take("stdout ") {
      stream = "stdout"
    } else if line.take("stderr ") {
      stream = "stderr"
    } else {
      return nil
    }
    // Tags are a list with colons between them; the first says whether the line is whole.
    guard let tag = line.next, tag == UInt8(ascii: "F") || tag == UInt8(ascii: "P") else { return nil }
    line.skip(1)
    if line.take(":") {
      guard line.word(until: " ") != nil else { return nil }
    } else {
      guard line.take(" ") || line.next == nil else { return nil }
    }
    return LinePrefixMatch(
      payload: line.rest, transport: Transport(time: time),
      part: JointPart(joint: Joint(kind: .criPart, stream: stream), isOpen: tag == UInt8(ascii: "P")))
  }
}
