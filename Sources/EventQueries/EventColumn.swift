public import AuditModel

/// A column of the event store, as filters, facets and orders name it.
///
/// Every column is also a property of `Act`, so one test serves the column scan and the decoded act.
public enum EventColumn: String, CaseIterable, Hashable, Sendable {
  case data, time, took, verb, code, outcome, level, stages, by, asUser, groups, ips, agent
  case apiGroup, apiVersion, resource, kind, namespace, name, subresource, lineage, uid, resourceVersion, generation,
    tier
  case auditID, contentID, decision, reason, dryRun, truncated, cluster, sourceFile

  // What rows of other logs say (`LogFacts`); absent in audit acts.
  case end, action, host, message, answerCode
  case srcType, srcNamespace, srcName, srcIP, srcPort, srcLabels
  case dstType, dstNamespace, dstName, dstIP, dstPort, dstLabels
  case reporter, proto, service, domains, policies, process
  case bytesIn, bytesOut, bytes, packetsIn, packetsOut, packets, flows, flowsStarted, flowsCompleted
  case clientType, clientNamespace, clientName, clientIP, clientPort, clientLabels
  case qname, qtype, qclass, rcode, answers, servers, lookups, latencyMean, latencyMax

  public enum Shape: Hashable, Sendable {
    case text, list, number
  }
  /// How values of the column are handed to a test. Times are microseconds since 1970, `took` is microseconds,
  /// `lineage` is a list of `namespace/name`, the object's own first; `dryRun` and `truncated` are 0 or 1; enumerations
  /// are text by the names that rows have for them; `stages` is a list of names. `latency…` are nanoseconds, `policies`
  /// are the texts of `PolicyHit`.
  public var shape: Shape {
    switch self {
    case .time, .took, .code, .generation, .dryRun, .truncated, .end, .answerCode, .srcPort, .dstPort, .clientPort,
      .bytesIn,
      .bytesOut, .bytes, .packetsIn, .packetsOut, .packets, .flows, .flowsStarted, .flowsCompleted, .lookups,
      .latencyMean, .latencyMax:
      .number
    case .groups, .ips, .stages, .lineage, .srcLabels, .dstLabels, .clientLabels, .domains, .policies, .answers,
      .servers:
      .list
    default: .text
    }
  }
}

/// One value of a column. Absent texts and numbers are nil, an absent list is empty.
public enum ColumnValue: Hashable, Sendable {
  case text(String?)
  case list([String])
  case number(Int64?)
}

extension Act {
  /// The act's value in the column, as the store would hand it to a test.
  public func value(of column: EventColumn) -> ColumnValue {
    switch column {
    case .data: .text(data.name)
    case .time: .number(time.microseconds)
    case .took: .number(took.map { Int64(($0 * 1_000_000).rounded()) })
    case .verb: .text(verb)
    case .code: .number(code.map(Int64.init))
    case .outcome: .text(outcome.name)
    case .level: .text(level?.name)
    case .stages: .list(stages.stages.map(\.name))
    case .by: .text(by)
    case .asUser: .text(asUser)
    case .groups: .list(groups)
    case .ips: .list(ips)
    case .agent: .text(agent)
    case .apiGroup: .text(object?.group)
    case .apiVersion: .text(object?.version)
    case .resource: .text(object?.resource)
    case .kind: .text(kind)
    case .namespace: .text(object?.namespace)
    case .name: .text(object?.name)
    case .subresource: .text(object?.subresource)
    case .lineage: .list(([key].compactMap { $0 } + aliases).map(\.path))
    case .uid: .text(uid)
    case .resourceVersion: .text(resourceVersion)
    case .generation: .number(generation)
    case .tier: .text(tier)
    case .auditID: .text(auditID)
    case .contentID: .text(contentID.description)
    case .decision: .text(decision)
    case .reason: .text(reason)
    case .dryRun: .number(dryRun ? 1 : 0)
    case .truncated: .number(truncated ? 1 : 0)
    case .cluster: .text(cluster)
    case .sourceFile: .text(source.file)
    default: facts?.value(of: column) ?? column.absent
    }
  }
}
