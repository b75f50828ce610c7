import AuditModel

/// A member that holds many records. The object around it may be larger than memory, so that its items are read one by
/// one, each standing where it stands.
public struct ListMember: Sendable {
  /// What `formats` calls it.
  public let name: String
  /// One line for people.
  public let summary: String
  /// The key of the list, or of the object in which it is and then its own.
  let path: [StaticString]

  init(_ name: String, _ summary: String, _ path: StaticString...) {
    self.name = name
    self.summary = summary
    self.path = path
  }

  /// `hits.hits`.
  public var pathText: String { path.map { "\($0)" }.joined(separator: ".") }

  /// Looked for in the order of an object's members.
  public static let all: [ListMember] = [
    ListMember("event-list", "EventList of kube-apiserver's webhook; flow list of Whisker", "items"),
    ListMember("elasticsearch-response", "answer to an Elasticsearch search or scroll", "hits", "hits"),
    ListMember("cloudwatch-events", "aws logs get-log-events or filter-log-events", "events"),
    ListMember("cloudwatch-subscription", "CloudWatch Logs subscription (Lambda, Kinesis, Firehose)", "logEvents"),
    ListMember("insights-results", "CloudWatch Logs Insights; Splunk search results", "results"),
    ListMember("aks-records", "AKS diagnostic logs from an Event Hub or a storage account", "records"),
    ListMember("kinesis-records", "Kinesis or Firehose event of a Lambda function", "Records"),
    ListMember("gke-entries", "Cloud Logging entries.list", "entries"),
    ListMember("loki-result", "answer to a Loki query", "data", "result"),
    ListMember("loki-push", "streams as they are sent to Loki", "streams"),
    ListMember("otlp-resources", "OpenTelemetry logs as OTLP/JSON: resources", "resourceLogs"),
    ListMember("otlp-scopes", "their scopes", "scopeLogs"),
    ListMember("otlp-records", "their records", "logRecords"),
  ]

  /// Whether the object has one of the lists with an item that may be taken for itself.
  static func isContainer(_ record: borrowing JSONObject) -> Bool {
    all.contains { member in
      let list = member.path.count == 1 ? record[member.path[0]] : record[member.path[0]].object?[member.path[1]]
      return list?.isArray ?? false
    }
  }
}
