import AuditModel

/// Fields of flow and DNS logs. Their other names are those of the logs themselves, so that a query from a runbook or
/// a Calico GlobalAlert works as it is.
extension FilterField {
  /// In the order of the manual.
  static let flow: [FilterField] = [
    FilterField(
      "src", .flow, .endpoint, columns: [.srcNamespace, .srcName, .srcIP],
      "Source: namespace/name of the pod, host or network set, a name, or an address",
      aliases: ["source_name", "source_name_aggr", "src_name_aggr"], examples: ["src:payments/*", "src:web-7c9d8-*"]),
    FilterField(
      "dst", .flow, .endpoint, columns: [.dstNamespace, .dstName, .dstIP],
      "Destination, as src; pub and pvt are addresses that belong to nothing the cluster knows",
      aliases: ["dest", "dest_name", "dest_name_aggr"], examples: ["dst:payments/db-*", "dst:pub"]),
    FilterField(
      "src.ns", .flow, .name, columns: [.srcNamespace], "Namespace of the source",
      aliases: ["source_namespace", "src_namespace"], examples: ["src.ns:shop"]),
    FilterField(
      "dst.ns", .flow, .name, columns: [.dstNamespace], "Namespace of the destination", aliases: ["dest_namespace"],
      examples: ["-dst.ns:kube-system"]),
    FilterField(
      "src.ip", .flow, .address, columns: [.srcIP, .srcName, .srcType],
      "Address of the source; the names pub and pvt count where it was aggregated away", aliases: ["source_ip"],
      examples: ["src.ip:10.0.0.0/8"]),
    FilterField(
      "dst.ip", .flow, .address, columns: [.dstIP, .dstName, .dstType], "Address of the destination, as src.ip",
      aliases: ["dest_ip"], examples: ["dst.ip:pub", "dst.ip:203.0.113.0/24"]),
    FilterField(
      "src.type", .flow, .word, columns: [.srcType],
      "What the source is: wep (pod), hep (host), ns (network set) or net (none of these)",
      aliases: ["source_type", "src_type"], examples: ["src.type:net"]),
    FilterField(
      "dst.type", .flow, .word, columns: [.dstType], "What the destination is, as src.type", aliases: ["dest_type"],
      examples: ["dst.type:ns"]),
    FilterField(
      "src.label", .flow, .name, columns: [.srcLabels], "A label of the source, key=value",
      aliases: ["source_labels", "source_labels.labels"], examples: ["src.label:app=web"]),
    FilterField(
      "dst.label", .flow, .name, columns: [.dstLabels], "A label of the destination",
      aliases: ["dest_labels", "dest_labels.labels"], examples: ["dst.label:app=*"]),
    FilterField(
      "src.port", .flow, .number, columns: [.srcPort], "Port of the source; mostly aggregated away",
      aliases: ["source_port"], examples: ["src.port<1024"]),
    FilterField(
      "dst.port", .flow, .number, columns: [.dstPort], "Port of the destination", aliases: ["dest_port"],
      examples: ["dst.port:5432", "dst.port:8000..8999"]),
    FilterField(
      "dst.domain", .flow, .name, columns: [.domains], "A name that had resolved to the destination's address",
      aliases: ["dest_domains"], examples: ["dst.domain:*.example.com"]),
    FilterField(
      "service", .flow, .name, columns: [.service], "Service that was asked for: namespace/name:port",
      examples: ["service:shop/db*"]),
    FilterField("proto", .flow, .word, columns: [.proto], "Protocol: tcp, udp, icmp, ...", examples: ["proto:udp"]),
    FilterField(
      "action", .flow, .choice(policyActions), columns: [.action], "Verdict on the flow, as its reporter saw it",
      examples: ["action:deny"]),
    FilterField(
      "reporter", .flow, .choice(["src", "dst", "fwd"].map { .init($0) }), columns: [.reporter],
      "Whose side reports. A flow between two pods is reported by both: for volumes take one",
      examples: ["reporter:src"]
    ),
    FilterField(
      "policy", .flow, .policy(.path), columns: [.policies],
      "A policy that looked at the flow, enforced, staged or on the way through: tier/namespace/name, tier/name, or a "
        + "name; staged ones have staged: before theirs", examples: ["policy:security/*", "policy:*/staged:*"]),
    FilterField(
      "policy.action", .flow, .policy(.action), columns: [.policies],
      "What a policy did with the flow, or would have done; next to policy, that very policy",
      examples: ["policy:*/staged:* policy.action:deny"]),
    FilterField(
      "bytes", .flow, .number, columns: [.bytes], "Bytes in the interval, both directions", examples: ["bytes>10M"]),
    FilterField(
      "bytes.in", .flow, .number, columns: [.bytesIn], "Bytes that came to the reporter's side", aliases: ["bytes_in"],
      examples: ["bytes.in>1M"]),
    FilterField(
      "bytes.out", .flow, .number, columns: [.bytesOut], "Bytes that left the reporter's side", aliases: ["bytes_out"],
      examples: ["bytes.out:0"]),
    FilterField(
      "packets", .flow, .number, columns: [.packets], "Packets in the interval, both directions",
      examples: ["packets:0"]),
    FilterField(
      "packets.in", .flow, .number, columns: [.packetsIn], "Packets that came to the reporter's side",
      aliases: ["packets_in"], examples: ["packets.in:0"]),
    FilterField(
      "packets.out", .flow, .number, columns: [.packetsOut], "Packets that left the reporter's side",
      aliases: ["packets_out"], examples: ["packets.out:0"]),
    FilterField(
      "flows", .flow, .number, columns: [.flows], "Connections that were open in the interval",
      aliases: ["num_flows"], examples: ["flows>100"]),
    FilterField(
      "flows.started", .flow, .number, columns: [.flowsStarted], "Connections that began in the interval",
      aliases: ["num_flows_started"], examples: ["flows.started>0"]),
    FilterField(
      "flows.completed", .flow, .number, columns: [.flowsCompleted], "Connections that ended in the interval",
      aliases: ["num_flows_completed"], examples: ["flows.completed:0"]),
    FilterField(
      "process", .flow, .file, columns: [.process], "Executable of the process, whole or what follows its last /",
      aliases: ["process_name"], examples: ["process:curl"]),
    FilterField(
      "node", .flow, .name, columns: [.host], "Node that reported, where a collector added it; of DNS logs too",
      aliases: ["host"], examples: ["node:worker-2"]),
  ]

  /// In the order of the manual.
  static let dns: [FilterField] = [
    FilterField(
      "client", .dns, .endpoint, columns: [.clientNamespace, .clientName, .clientIP],
      "Who asked, as src", aliases: ["client_name", "client_name_aggr"], examples: ["client:shop/web-*"]),
    FilterField(
      "client.ns", .dns, .name, columns: [.clientNamespace], "Namespace of the client", aliases: ["client_namespace"],
      examples: ["client.ns:payments"]),
    FilterField(
      "client.ip", .dns, .address, columns: [.clientIP], "Address of the client", aliases: ["client_ip"],
      examples: ["client.ip:10.2.0.0/16"]),
    FilterField(
      "client.label", .dns, .name, columns: [.clientLabels], "A label of the client, key=value",
      aliases: ["client_labels", "client_labels.labels"], examples: ["client.label:app=web"]),
    FilterField(
      "qname", .dns, .name, columns: [.qname], "Name that was asked for, without the dot at its end",
      examples: ["qname:*.example.com", "qname NOTIN {\"*.corp\"}"]),
    FilterField(
      "qtype", .dns, .word, columns: [.qtype], "Type of record that was asked for: A, AAAA, SRV, ...",
      examples: ["qtype:txt"]),
    FilterField("qclass", .dns, .word, columns: [.qclass], "Class that was asked for", examples: ["-qclass:in"]),
    FilterField(
      "rcode", .dns, .word, columns: [.rcode], "Code of the answer: NoError, NXDomain, ServFail, ...",
      examples: ["rcode:nxdomain", "-rcode:noerror"]),
    FilterField(
      "answer", .dns, .answer, columns: [.answers], "What the name resolved to: a name, an address or a network",
      examples: ["answer:203.0.113.0/24", "answer:*.cdn.example.net"]),
    FilterField(
      "server", .dns, .endpoint, columns: [.servers], "Server that answered, as src",
      aliases: ["servers.name", "servers.name_aggr"], examples: ["-server:kube-system/*", "server:192.0.2.53"]),
    FilterField(
      "latency", .dns, .latency, columns: [.latencyMax, .latencyMean],
      "Time to the answer: the slowest of the interval, the mean where only that was logged",
      examples: ["latency>200ms"]),
    FilterField(
      "latency_max", .dns, .number, columns: [.latencyMax], "The slowest answer of the interval, in nanoseconds",
      aliases: ["latency.max"], examples: ["latency_max>200000000"]),
    FilterField(
      "latency_mean", .dns, .number, columns: [.latencyMean], "The mean of the interval, in nanoseconds",
      aliases: ["latency.mean"], examples: ["latency_mean>50000000"]),
    FilterField(
      "lookups", .dns, .number, columns: [.lookups], "How often it was asked in the interval", aliases: ["count"],
      examples: ["lookups>100"]),
  ]

  static let policyActions: [FieldType.Choice] = ["allow", "deny", "pass"].map { .init($0) }
}
