/// A DNS log's record: who asked for which name in one interval, and what was answered.
public struct DNSFacts: Hashable, Sendable {
  public var end: Timestamp?
  public var client: Endpoint
  /// Without the dot at its end.
  public var qname: String
  public var qtype: String?
  public var qclass: String?
  /// `NoError`, `NXDomain`, ... as logged.
  public var rcode: String?
  /// Names and addresses of all record sets of the answer, in their order.
  public var answers: [String]
  public var servers: [Endpoint]
  /// Lookups with these details in the interval.
  public var lookups: Int64?
  /// Nanoseconds.
  public var latencyMean: Int64?
  public var latencyMax: Int64?
  /// Node that reported; only where a collector added it.
  public var host: String?

  public init(
    end: Timestamp? = nil, client: Endpoint = Endpoint(), qname: String, qtype: String? = nil, qclass: String? = nil,
    rcode: String? = nil, answers: [String] = [], servers: [Endpoint] = [], lookups: Int64? = nil,
    latencyMean: Int64? = nil, latencyMax: Int64? = nil, host: String? = nil
  ) {
    self.end = end
    self.client = client
    self.qname = qname
    self.qtype = qtype
    self.qclass = qclass
    self.rcode = rcode
    self.answers = answers
    self.servers = servers
    self.lookups = lookups
    self.latencyMean = latencyMean
    self.latencyMax = latencyMax
    self.host = host
  }

  /// Nanoseconds of the slowest answer; of the mean one where only that was logged.
  public var latency: Int64? { latencyMax ?? latencyMean }
  /// Whether the name could not be looked up: any code but NoError.
  public var isFailure: Bool { rcode.map { $0.lowercased() != "noerror" } ?? false }
}
