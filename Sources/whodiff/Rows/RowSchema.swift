/// The rows that commands write for programs: each schema with its members, in their order. Columns of tables and
/// Docs/Rows.md follow; members may be added, never renamed or dropped.
struct RowSchema: Sendable {
  struct Member: Sendable {
    var name: String
    var summary: String
    init(_ name: String, _ summary: String) {
      self.name = name
      self.summary = summary
    }
  }
  /// `whodiff.act/1`
  var name: String
  /// Which commands write it, and what one row is.
  var about: String
  var members: [Member]

  var columns: [String] { members.map(\.name) }

  static let all: [RowSchema] = [act, flow, dns, plain, event, revision, finding, diff, count, check]

  static let act = RowSchema(
    name: "whodiff.act/1",
    about: """
      `log` and `export`: one act, that is one request with all its stages, or one row of another log. The sections \
      below say what flows, lookups and others have behind these members.
      """,
    members: [
      Member("schema", "`whodiff.act/1`"),
      Member("id", "Key of the content, the same wherever the record is read; `show` takes it."),
      Member("time", "When the request arrived, or the interval began."),
      Member("data", "`audit`, `flow`, `dns`, `l7`, `bgp` or `alert`."),
      Member("verb", "Verb of the request; null for other logs."),
      Member("code", "HTTP status of the answer; null where none was logged."),
      Member(
        "outcome",
        "`changed`, `noop` (accepted, altered nothing), `dryrun`, `conflict`, `denied`, `failed`, `unknown` (how it ended "
          + "was not logged), `subresource`, `connect`, `read`; null for other logs."),
      Member("level", "Highest level of its records: `Metadata`, `Request`, `RequestResponse`."),
      Member("stages", "Stages that were logged, in their order."),
      Member("by", "The authenticated user."), Member("as", "The impersonated user."),
      Member("groups", "Groups of the authenticated user."),
      Member("ips", "Source addresses; only the last is the server's own word."),
      Member("agent", "Client program, as it names itself."),
      Member("api", "`networking.k8s.io/v1`; the version alone for the core group."),
      Member("kind", "Kind of the object, of the body or of the resource where that is known."),
      Member("resource", "Plural name, as in URLs."),
      Member("namespace", "Of the object; null for what is cluster-wide, and for a Namespace."),
      Member("name", "Of the object; where the server chose it, of its answer."),
      Member("subresource", "`status`, `exec`, ..."), Member("uid", "Of the object, where a body told it."),
      Member("auditID", "As logged; a client may choose it."),
      Member("took", "Seconds from the request to its last stage."),
      Member("decision", "`allow` or `forbid`: authorization.k8s.io/decision."),
      Member("reason", "authorization.k8s.io/reason."),
      Member("truncated", "Whether bodies were cut away on the way into the log."),
      Member("summary", "One line for people."), Member("cluster", "Which the log belongs to, where that is known."),
      Member("source", "`file`, `line`, `offset` and `length` in bytes of its last record."),
    ])

  static let flow = RowSchema(
    name: "flows", about: "Behind the members of `whodiff.act/1`, under the names that filters have for them.",
    members: [
      Member("end", "End of the interval."), Member("action", "`allow` or `deny`."),
      Member("reporter", "`src`, `dst` or `fwd`: whose node reports it."), Member("proto", "`tcp`, `udp`, ..."),
    ] + endpoint("src", "source") + endpoint("dst", "destination") + [
      Member("service", "Service that was called, with its port."),
      Member("dst.domain", "Names under which the destination was looked up."),
      Member("policies", "Objects: `scope`, `index`, `tier`, `kind`, `namespace`, `name`, `action`, `rule`."),
      Member("bytes", "Bytes of the interval, both ways."), Member("bytes.in", "In."), Member("bytes.out", "Out."),
      Member("packets", "Packets of the interval, both ways."), Member("packets.in", "In."),
      Member("packets.out", "Out."), Member("flows", "Flows that the row stands for."),
      Member("flows.started", "Of them begun in the interval."), Member("flows.completed", "Ended in it."),
      Member("process", "Program at the reporting side."), Member("node", "Node that reports."),
    ])

  static let dns = RowSchema(
    name: "lookups", about: "Behind the members of `whodiff.act/1`.",
    members: [
      Member("end", "End of the interval."), Member("client", "Who asked: namespace and name, or address."),
      Member("client.ns", "Its namespace."), Member("client.ip", "Its address."), Member("client.label", "Its labels."),
      Member("qname", "Name that was asked for."), Member("qtype", "`A`, `AAAA`, ..."), Member("qclass", "`IN`"),
      Member("rcode", "`NoError`, `NXDomain`, ..."), Member("answer", "Data of the answers."),
      Member("server", "Who answered."), Member("server.ip", "Their addresses."),
      Member("lookups", "Lookups that the row stands for."), Member("latency", "Mean, in seconds."),
      Member("latency_max", "In nanoseconds."), Member("latency_mean", "In nanoseconds."),
      Member("node", "Node that reports."),
    ])

  static let plain = RowSchema(
    name: "other rows",
    about: """
      Behind the members of `whodiff.act/1`: L7, BGP, alerts, and what a DNS log says of lookups that it left out.
      """,
    members: [Member("end", "End of the interval."), Member("action", "What was done.")]
      + endpoint("src", "source") + endpoint("dst", "destination") + [
        Member("answer.code", "Status of an HTTP answer."), Member("message", "The log's own words."),
        Member("node", "Node that reports."),
      ])

  static let event = RowSchema(
    name: "whodiff.event/1",
    about: "`show`: the members of `whodiff.act/1`, then these; a row of another log ends with its `record` instead.",
    members: [
      Member("requestURI", "As logged."), Member("message", "Of the answer, where it was refused."),
      Member("annotations", "Of the records."), Member("requestObject", "Null where it was not logged."),
      Member("responseObject", "Null where it was not logged."),
      Member("records", "Objects: `stage`, `file`, `line`, `offset`, `length`."),
    ])

  static let revision = RowSchema(
    name: "whodiff.revision/1",
    about: "`changes`: one version of one object, or an act that made none (`--all`); both sides of a `diff`.",
    members: [
      Member("schema", "`whodiff.revision/1`"), Member("object", "`group`, `kind`, `resource`, `namespace`, `name`."),
      Member("uid", "Of the object in this lifetime."), Member("lifetime", "From 1; a deletion ends one."),
      Member("revision", "Number of the version, over all lifetimes; null where none was made."),
      Member("time", "When the request arrived."),
      Member("operation", "`create`, `update`, `terminating`, `delete`, or `initial`: known from before the log."),
      Member("verb", "Of the request."), Member("by", "The authenticated user."),
      Member("as", "The impersonated user."),
      Member("code", "HTTP status of the answer."), Member("auditID", "Null for `initial`."),
      Member("outcome", "As in `whodiff.act/1`; null for `initial`."),
      Member("fidelity", "`F` logged in full, `R` rebuilt from requests, `T` truncated, `M` metadata only."),
      Member("changed", "Paths that differ from the version before; null where that is not known."),
      Member("effect", "What it means for traffic; null, since that is not told yet."),
      Member("generation", "metadata.generation."), Member("resourceVersion", "metadata.resourceVersion."),
      Member("cluster", "Only where the records name one."),
      Member("source", "Of `initial` only: what tells of the state."),
      Member("inferred", "Only where true: met by a deletecollection whose answer lists nothing."),
      Member("manifest", "With `--manifests`, and in a `diff`: the whole object; null where it is not known."),
    ])

  static let finding = RowSchema(
    name: "whodiff.finding/1", about: "`changes` and `check`: what stands between two revisions that do not fit.",
    members: [
      Member("schema", "`whodiff.finding/1`"),
      Member(
        "finding",
        "`outside`: changed, and no act shows it. `bypass`: written past the Calico API server. `reused`: an auditID on "
          + "two requests."),
      Member("object", "As in a revision."), Member("after", "Number of the version before it; null for none."),
      Member("before", "Number of the version after it."), Member("paths", "What differs, where that is known."),
      Member("evidence", "What shows it, in words."), Member("since", "Earliest time."),
      Member("until", "Latest time."),
      Member("cluster", "Only where the records name one."),
    ])

  static let diff = RowSchema(
    name: "whodiff.diff/1", about: "`diff -o json`: two versions and what differs.",
    members: [
      Member("schema", "`whodiff.diff/1`"), Member("left", "Revision with its manifest; null for nothing."),
      Member("right", "The same."), Member("effect", "As in a revision."), Member("meaning", "Null, not told yet."),
      Member("fields", "Objects: `path`, `op` (`add`, `remove`, `replace`, `move`), `old`, `new`, for a move `from`."),
      Member("lines", "Objects: `left`, `right` (numbers), `op` (`same`, `add`, `remove`, `change`), `old`, `new`."),
    ])

  static let count = RowSchema(
    name: "whodiff.count/1", about: "`count`, and `log` with a `| count` or `| top`.",
    members: [
      Member("schema", "`whodiff.count/1`"), Member("by", "Value of each field as text; null where there is none."),
      Member("since", "Start of the span with `--every`."), Member("count", "Rows that have these values."),
    ])

  static let check = RowSchema(
    name: "whodiff.check/1", about: "`check -o json`, one document: what the logs cannot tell.",
    members: [
      Member("schema", "`whodiff.check/1`"),
      Member(
        "sources",
        "Objects: `file`, `format`, `bytes`, `acts`, `rejects`, `first`, `last`, `levels`, `stages`, `truncated`, "
          + "`duplicates`, `reach` by kind of log, `clusters`."),
      Member(
        "holes",
        "Objects: `files`, `data`, `since`, `until`, `seconds`, `norm` (usual seconds), `elsewhere` (acts in other files), "
          + "`start` (the server started at its end)."),
      Member("skew", "Objects by `kind`: `sources` (two clocks), `step` (one clock set), `inversion` (stages)."),
      Member("outside", "Findings of all objects."),
      Member("coverage", "Objects: `resource`, `level`, `verbs`, `acts`."), Member("advice", "What to do, in words."),
      Member("findings", "Objects: `rule`, `weight`, `title`, `evidence`, `meaning`, `advice`."),
    ])

  private static func endpoint(_ name: String, _ noun: String) -> [Member] {
    [
      Member(name, "The \(noun): namespace and name, or address."), Member(name + ".ns", "Its namespace."),
      Member(name + ".ip", "Its address."), Member(name + ".port", "Its port."),
      Member(name + ".type", "`wep`, `hep`, `ns`, `net`, ..."), Member(name + ".label", "Its labels."),
    ]
  }

  static var markdown: String {
    var text = """
      # Rows

      What `-o jsonl` and the other formats for programs write. Times are RFC 3339 in UTC with microseconds; what is not
      known is null, a list that is empty is a list. Members may be added within a version of a schema, none is renamed or
      dropped. Secrets are redacted unless `--redact off` says otherwise. [Sources](Sources.md) has `whodiff.source/1`.

      """
    for schema in all {
      text += "\n## \(schema.name)\n\n\(schema.about)\n\n| member | what it says |\n|---|---|\n"
      for member in schema.members { text += "| `\(member.name)` | \(member.summary) |\n" }
    }
    return text
  }
}
