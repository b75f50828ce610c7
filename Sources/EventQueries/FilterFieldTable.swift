import AuditModel

extension FilterField {
  /// Verbs of the Kubernetes API, writes first.
  static let verbs = [
    "create", "update", "patch", "delete", "deletecollection", "get", "list", "watch", "connect", "impersonate",
  ]

  /// In the order of the manual.
  public static let all = audit + flow + dns

  /// Fields of all logs and of audit acts.
  private static let audit: [FilterField] = [
    FilterField(
      "data", .any, .choice(DataKind.allCases.map { .init($0.name) }), columns: [.data],
      "Which log the row comes from", examples: ["data:audit", "data:flow,dns"]),
    FilterField(
      "time", .any, .time(.span), columns: [.time],
      "When the request arrived, or the interval of a flow or DNS log began: a day, a moment or a range",
      aliases: ["requestReceivedTimestamp", "timestamp", "start_time"],
      examples: ["time:2026-11-20", "time:09:00..10:30", "time:[2026-11-16 TO 2026-11-20]", "time>=yesterday"]),
    FilterField(
      "since", .any, .time(.since), columns: [.time], "From this moment on", aliases: ["after"],
      examples: ["since:24h", "since:yesterday", "since:\"2026-11-20 16:12\""]),
    FilterField(
      "until", .any, .time(.until), columns: [.time],
      "Up to this moment; a day counts to its end", aliases: ["before"], examples: ["until:2026-11-20", "until:-2h"]),
    FilterField(
      "at", .any, .time(.around), columns: [.time], "Around a moment, with the distance after +-",
      examples: ["at:\"2026-11-20 16:12\"+-30m"]),
    FilterField(
      "src_file", .any, .file, columns: [.sourceFile], "File that holds the record, as it was named on opening",
      aliases: ["source", "file", "srcfile"], examples: ["src_file:audit-2026*.log"]),
    FilterField(
      "cluster", .any, .name, columns: [.cluster], "Cluster that the log was taken from", examples: ["cluster:prod-*"]),
    FilterField(
      "text", .any, .everything, columns: FilterText.columns,
      "Anywhere in what the row shows, or in its records; the same as the bare words",
      examples: ["text:\"0.0.0.0/0\"", "text~/allow-(web|api)/i"]),

    FilterField(
      "actor", .who, .user, columns: [.by, .asUser], "Who acted: the authenticated or the impersonated user",
      aliases: ["user"], examples: ["actor:alice*", "actor:sa:gitops/*"]),
    FilterField(
      "by", .who, .user, columns: [.by], "The authenticated user", aliases: ["user.username", "username"],
      examples: ["by:alice@example.com"]),
    FilterField(
      "as", .who, .user, columns: [.asUser], "The impersonated user",
      aliases: ["impersonatedUser.username", "impersonated"], examples: ["as:system:admin", "as:*"]),
    FilterField(
      "group", .who, .name, columns: [.groups], "A group of the authenticated user",
      aliases: ["user.groups", "groups"], examples: ["group:system:masters"]),
    FilterField(
      "ip", .who, .address, columns: [.ips],
      "Source address: an address, a network, a range, pub (routed on the internet) or pvt (not); proxies count",
      aliases: ["sourceIPs", "sourceip"], examples: ["-ip:10.0.0.0/8", "ip:pub", "ip:2001:db8::/32"]),
    FilterField(
      "agent", .who, .text, columns: [.agent], "Client program, as it names itself", aliases: ["userAgent", "ua"],
      examples: ["agent:kubectl", "agent:\"Mozilla/5.0\""]),
    FilterField(
      "human", .who, .flag(.init(test: human, words: "human")), columns: [.by, .asUser],
      "Somebody whose name the cluster did not give: authenticated or impersonated, not `system:` anything "
        + "(components, nodes, service accounts, anonymous)", examples: ["human:true"]),

    FilterField("verb", .what, .verb, columns: [.verb], "Verb of the request", examples: ["verb:create,delete"]),
    FilterField(
      "kind", .what, .kind, columns: [.resource, .kind],
      "Kind of object: CamelCase, singular, plural or short, of any API group unless api: or .GROUP narrows it",
      aliases: ["resource", "objectRef.resource"],
      examples: ["kind:netpol", "kind:networkpolicies.crd.projectcalico.org", "kind:pods/exec"]),
    FilterField(
      "api", .what, .api, columns: [.apiGroup, .apiVersion],
      "API group, or group/version; core or v1 for the core group",
      aliases: ["apiGroup", "objectRef.apiGroup"], examples: ["api:*.projectcalico.org", "api:apps/v1", "api:core"]),
    FilterField(
      "ns", .what, .name, columns: [.namespace, .srcNamespace, .dstNamespace, .clientNamespace],
      "Namespace of the object; of a flow either side's, of a lookup the client's",
      aliases: ["namespace", "objectRef.namespace"], examples: ["ns:payments", "-ns:kube-*", "-ns:*"]),
    FilterField(
      "name", .what, .name, columns: [.name], "Name of the object", aliases: ["objectRef.name"],
      examples: ["name:default.*"]),
    FilterField(
      "obj", .what, .object,
      columns: [
        .namespace, .name, .srcNamespace, .srcName, .srcIP, .dstNamespace, .dstName, .dstIP, .clientNamespace,
        .clientName, .clientIP,
      ],
      "Namespace and name of the object, or only its name; of a flow either side's, of a lookup the client's",
      aliases: ["object"], examples: ["obj:shop/allow-web", "obj:*/default-deny"]),
    FilterField(
      "uid", .what, .name, columns: [.uid], "uid of the object", aliases: ["objectRef.uid"],
      examples: ["uid:0a1b2c3d-*"]),
    FilterField(
      "sub", .what, .name, columns: [.subresource], "Subresource", aliases: ["subresource", "objectRef.subresource"],
      examples: ["sub:exec,attach,portforward"]),
    FilterField("tier", .what, .name, columns: [.tier], "Calico tier of the policy", examples: ["tier:security"]),
    FilterField(
      "code", .what, .number, columns: [.code], "HTTP status of the answer",
      aliases: ["responseStatus.code", "status"], examples: ["code:403", "code>=500", "code:4xx"]),
    FilterField(
      "result", .what, .choice(results), columns: [.outcome],
      "How the request ended: ok (accepted), denied (401, 403), conflict (409), failed (other 4xx and 5xx), "
        + "unknown (no answer was logged)", examples: ["result:denied,failed"]),
    FilterField(
      "reason", .what, .text, columns: [.reason],
      "Why the request was allowed or refused: the annotation authorization.k8s.io/reason",
      aliases: ["authorization.k8s.io/reason"], examples: ["reason:cluster-admin"]),
    FilterField(
      "level", .what, .choice(Level.allCases.map { .init($0.name) }), columns: [.level],
      "How much was logged", examples: ["level:Metadata"]),
    FilterField(
      "stage", .what, .choice(Stage.allCases.map { .init($0.name) }), columns: [.stages],
      "A stage that was logged", examples: ["-stage:ResponseComplete"]),
    FilterField(
      "auditid", .what, .name, columns: [.auditID], "The audit ID, which a client may choose",
      examples: ["auditid:3f2a*"]),
    FilterField(
      "took", .what, .duration, columns: [.took], "From the request's arrival to the last logged stage",
      aliases: ["duration"], examples: ["took>2s", "took:50ms..1s"]),

    FilterField(
      "outcome", .change, .choice(Outcome.allCases.filter { $0 != .observed }.map { .init($0.name) }),
      columns: [.outcome],
      "What came of it: changed, noop, dryrun, conflict, denied, failed, unknown, subresource, connect or read",
      examples: ["outcome:changed", "outcome:noop,dryrun"]),
    FilterField(
      "changed", .change, .path, change: .changed,
      "Path of a field that the act gave another value, or anything below it; who makes or deletes an object changes "
        + "all that it holds", examples: ["changed:spec.egress", "changed:spec.ingress[0].from", "changed:rules"],
      completion: .fixed(changedPaths)),
    FilterField(
      "added", .change, .name, change: .added,
      "A value that stands at more places in the object after the act than before, wherever it is",
      examples: ["added:0.0.0.0/0", "added:\"*\"", "added:10.*"],
      completion: .fixed(changedValues)),
    FilterField(
      "removed", .change, .name, change: .removed,
      "A value that stands at fewer places in the object after the act than before",
      examples: ["removed:Deny"], completion: .fixed(changedValues)),
    FilterField(
      "fidelity", .change, .choice(["F", "R", "T", "M"].map { .init($0) }), change: .fidelity,
      "How well the version that the act made is known: F (a logged object), R (rebuilt from requests), T (cut away), "
        + "M (metadata only)", examples: ["fidelity:T,M"]),
    FilterField(
      "outside", .change,
      .flag(
        .init(
          test: .change(ChangeTest(column: .outside, test: .interval(1...1))), words: "changed before, off the record")),
      change: .outside, "The object had changed before this act, and no act in the logs shows how",
      examples: ["outside:true"]),
    FilterField(
      "lineage", .change, .lineage, columns: [.lineage],
      "Namespace and name of the object or of what it is one with: an object of Calico's API and its record in Calico's "
        + "storage, which may have another name", examples: ["lineage:default.allow-web", "lineage:shop/allow-*"]),
    FilterField(
      "dryrun", .change, .flag(.init(test: .column(.dryRun, .interval(1...1)), words: "dry run")), columns: [.dryRun],
      "A write that was only tried, refused or not", examples: ["dryrun:true"]),
    FilterField(
      "noop", .change, .flag(.init(test: outcome(.noop), words: "no-op")), columns: [.outcome],
      "A write that was accepted and altered nothing", examples: ["noop:false"]),
    FilterField(
      "truncated", .change,
      .flag(.init(test: .column(.truncated, .interval(1...1)), words: "truncated")), columns: [.truncated],
      "The API server cut the bodies away because the record was too large", examples: ["truncated:true"]),
  ]

  /// Paths that completion offers.
  private static let changedPaths = [
    "spec", "spec.egress", "spec.ingress", "spec.selector", "spec.podSelector", "spec.order", "spec.tier", "spec.types",
    "spec.policyTypes", "spec.nets", "metadata.labels", "metadata.annotations", "rules", "subjects", "roleRef", "data",
  ]
  private static let changedValues = ["0.0.0.0/0", "::/0", "*", "Allow", "Deny", "Pass"]

  private static let human: FilterTest = .any([.column(.by, .text(.person)), .column(.asUser, .text(.person))])

  private static func outcome(_ outcome: Outcome) -> FilterTest {
    .column(.outcome, .text(.exactly([outcome.name])))
  }

  private static let results: [FieldType.Choice] = {
    let others: [Outcome] = [.denied, .failed, .conflict, .unknown]
    let none: [Outcome] = [.observed]
    return [.init("ok", Outcome.allCases.filter { !others.contains($0) && !none.contains($0) }.map(\.name))]
      + others.map { .init($0.name) }
  }()
}
