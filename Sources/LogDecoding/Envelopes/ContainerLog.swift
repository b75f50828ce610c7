import AuditModel

extension Envelope {
  /// docker's json-file driver, and what fluentd and fluent-bit make of container logs. docker cuts a line at 16 KiB,
  /// or where its writer did: a part without a newline goes on in the next line of the same stream.
  static let dockerLine = Envelope(
    name: "docker-json", summary: "Container log of docker (json-file), fluentd or fluent-bit",
    mark: "log and stream, with time",
    signature: { line in
      line["log"].isString && line["stream"].isString && (line["time"].isPresent || line.has("logtag"))
    },
    open: { line, contents in
      contents.transport = commonTransport(line)
      guard let log = line.bytes("log") else { return }
      contents.add(Array(log))
      let joint = Joint(kind: .dockerPart, stream: line["stream"].string ?? "")
      if let tag = line.bytes("logtag") {
        contents.part = JointPart(joint: joint, isOpen: tag == "P")
      } else {
        // Collectors cut the newline off: so a part is what has none and an object that is not closed, and of other
        // text what is as long as docker's parts.
        let isEnded = log.last == Ascii.newline
        contents.part = JointPart(
          joint: joint, isOpen: !isEnded && log.count >= dockerPartLength, isToldByText: true, isLast: isEnded)
      }
    })
}

/// docker reads so many bytes at a time.
private let dockerPartLength = 16 << 10
