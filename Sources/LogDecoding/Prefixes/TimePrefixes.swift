import AuditModel

extension LinePrefix {
  /// `aws logs tail`: time and log stream. The streams of EKS are known; another one must be followed by a record.
  static let cloudWatchTail = LinePrefix(
    name: "cloudwatch-tail", summary: "aws logs tail (detailed and JSON)", mark: "TIME STREAM TEXT"
  ) { line in
    guard let time = line.time(), line.take(" "), let stream = line.word(until: " "), isName(stream) else { return nil }
    guard line.isAtBrace || eksStreams.contains(where: { stream.starts(with: $0) }) else { return nil }
    return LinePrefixMatch(payload: line.rest, transport: Transport(time: time))
  }

  /// fluentd's file and S3 outputs.
  static let timeAndTag = LinePrefix(
    name: "fluentd-file", summary: "fluentd's file or S3 output", mark: "TIME<TAB>TAG<TAB>{"
  ) { line in
    guard let time = line.time(), line.take("\t"), line.word(until: "\t") != nil, line.isAtBrace else { return nil }
    return LinePrefixMatch(payload: line.rest, transport: Transport(time: time))
  }

  /// CloudWatch's export to S3, `aws logs tail --format short`, `kubectl logs --timestamps`.
  static let timeOnly = LinePrefix(
    name: "time", summary: "CloudWatch export to S3, aws logs tail --format short, kubectl logs --timestamps",
    mark: "TIME {"
  ) { line in
    guard let time = line.time(), line.take(" "), line.isAtBrace else { return nil }
    return LinePrefixMatch(payload: line.rest, transport: Transport(time: time))
  }

  /// fluent-bit's file output: the record stands in an array behind its time.
  static let fluentBitFile = LinePrefix(
    name: "fluent-bit-file", summary: "fluent-bit's file output", mark: "TAG: [EPOCH, {"
  ) { line in
    guard let tag = line.word(until: ":"), isName(tag), line.take(" ") else { return nil }
    if line.isAtBrace { return LinePrefixMatch(payload: line.rest) }
    guard line.take("["), let epoch = line.word(until: ",", most: 24),
      let seconds = Double(String(decoding: epoch, as: UTF8.self)), seconds.magnitude < 1e11, line.take(" "),
      line.isAtBrace
    else { return nil }
    let isClosed = line.bytes.last == Ascii.closeBracket
    return LinePrefixMatch(
      payload: line.at..<(line.bytes.count - (isClosed ? 1 : 0)), isOpenEnded: false,
      transport: Transport(time: Timestamp(seconds: 0).adding(seconds: seconds)))
  }

  /// `oc adm node-logs --role`: the node's name before each line.
  static let nodeLogs = LinePrefix(
    name: "node-logs", summary: "oc adm node-logs of several nodes", mark: "NODE {"
  ) { line in
    guard let node = line.word(until: " "), isName(node), line.isAtBrace else { return nil }
    return LinePrefixMatch(payload: line.rest)
  }

  /// Server-sent events, as Whisker's stream writes them. An event may have several lines of data; lines that are no
  /// data hold nothing.
  static let serverSentEvent = LinePrefix(
    name: "server-sent-events", summary: "Server-sent events, as of Whisker", mark: "data: {"
  ) { line in
    if line.take("data:") {
      _ = line.take(" ")
      guard line.next != nil else { return nil }
      return LinePrefixMatch(
        payload: line.rest, isOpenEnded: line.isAtBrace,
        part: JointPart(joint: .eventData, isOpen: false, isToldByText: true))
    }
    guard line.take("event:") || line.take("id:") || line.take("retry:") || line.take(":"), line.bytes.count < 256
    else {
      return nil
    }
    return LinePrefixMatch(payload: line.bytes.count..<line.bytes.count, isOpenEnded: false)
  }
}

/// How the log streams of an EKS control plane are named.
private let eksStreams: [StaticString] = [
  "kube-apiserver-", "authenticator-", "kube-scheduler-", "kube-controller-manager-", "cloud-controller-manager-",
]

/// The cluster of an EKS log group, `/aws/eks/NAME/cluster`.
func eksCluster(_ group: UnsafeRawBufferPointer) -> String? {
  let parts = String(decoding: group, as: UTF8.self).split(separator: "/", omittingEmptySubsequences: false)
  guard parts.count == 5, parts[1] == "aws", parts[2] == "eks", parts[4] == "cluster", !parts[3].isEmpty else {
    return nil
  }
  return String(parts[3])
}
