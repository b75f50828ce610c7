import AuditModel
import ObjectHistory
import Testing

private let cart = ObjectKey(group: "apps", resource: "deployments", namespace: "shop", name: "cart")
private let nets = ObjectKey(group: "crd.projectcalico.org", resource: "globalnetworksets", namespace: nil, name: "web")

/// One write at level Request: verb, body, and the field manager of its URI.
private func step(_ verb: String, _ body: String, by manager: String = "kubectl", code: Int = 200) -> (
  String, String, String, Int
) {
  (verb, body, manager, code)
}

/// The history of writes of which only the requests were logged, one a second.
private func requested(_ steps: [(String, String, String, Int)], of key: ObjectKey) throws -> History {
  History.of(
    key,
    acts: try steps.enumerated().map { index, step in
      try act(
        step.0, at: Int64(index + 1), code: step.3, level: .request, key: key, request: step.1,
        uri: "/apis?fieldManager=" + step.2)
    })
}

private func expectLast(
  _ steps: [(String, String, String, Int)], of key: ObjectKey, at path: [String], is json: String,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let last = try requested(steps, of: key).revisions.last
  #expect(last?.fidelity == .rebuilt, sourceLocation: sourceLocation)
  let value = last?.manifest?[path]
  #expect(value == (try JSONValue(parsing: json)), "\(value?.json ?? "nothing")", sourceLocation: sourceLocation)
}

// MARK: Strategic merge patches

private let deployment = #"""
  {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"cart"},"spec":{"strategy":{"type":"RollingUpdate",
  "rollingUpdate":{"maxSurge":1}},"template":{"spec":{"containers":[{"name":"a","image":"a:1","env":[{"name":"X","value":"1"}]},
  {"name":"b","image":"b:1"}],"tolerations":[{"key":"k"}]}}}}
  """#

@Test(arguments: [
  // Items with the same merge key are one item; new ones come last.
  (
    #"{"$setElementOrder/containers":[{"name":"a"},{"name":"b"}],"containers":[{"name":"b","image":"b:2"}]}"#,
    #"[{"name":"a","image":"a:1","env":[{"name":"X","value":"1"}]},{"name":"b","image":"b:2"}]"#
  ),
  (
    #"{"$setElementOrder/containers":[{"name":"c"},{"name":"a"},{"name":"b"}],"containers":[{"name":"c","image":"c:1"}]}"#,
    #"[{"name":"c","image":"c:1"},{"name":"a","image":"a:1","env":[{"name":"X","value":"1"}]},{"name":"b","image":"b:1"}]"#
  ),
  // Lists below merge too.
  (
    #"{"$setElementOrder/containers":[{"name":"a"}],"containers":[{"name":"a","env":[{"name":"Y","value":"2"}]}]}"#,
    #"[{"name":"a","image":"a:1","env":[{"name":"X","value":"1"},{"name":"Y","value":"2"}]},{"name":"b","image":"b:1"}]"#
  ),
  // Directives.
  (#"{"containers":[{"name":"a","$patch":"delete"}]}"#, #"[{"name":"b","image":"b:1"}]"#),
  (#"{"containers":[{"$patch":"replace"},{"name":"z","image":"z"}]}"#, #"[{"name":"z","image":"z"}]"#),
  (
    #"{"containers":[{"name":"b","$patch":"replace","command":["x"]}]}"#,
    #"[{"name":"a","image":"a:1","env":[{"name":"X","value":"1"}]},{"name":"b","command":["x"]}]"#
  ),
])
func `a strategic merge patch merges lists by their keys`(patch: String, containers: String) throws {
  let body = #"{"spec":{"template":{"spec":\#(patch)}}}"#
  try expectLast(
    [step("create", deployment, code: 201), step("patch", body)], of: cart,
    at: ["spec", "template", "spec", "containers"], is: containers)
}

@Test func `retainKeys drops what it does not name, and a list without a key is replaced`() throws {
  let change =
    #"{"spec":{"strategy":{"$retainKeys":["type"],"type":"Recreate"},"template":{"spec":{"tolerations":[{"key":"m"}]}}}}"#
  let steps = [step("create", deployment, code: 201), step("patch", change)]
  try expectLast(steps, of: cart, at: ["spec", "strategy"], is: #"{"type":"Recreate"}"#)
  try expectLast(steps, of: cart, at: ["spec", "template", "spec", "tolerations"], is: #"[{"key":"m"}]"#)
}

@Test func `plain values can be taken from a list and put in order`() throws {
  let made = #"{"kind":"NetworkPolicy","metadata":{"name":"web","finalizers":["a","b","c"]},"spec":{}}"#
  let change = #"""
    {"metadata":{"$deleteFromPrimitiveList/finalizers":["b"],"$setElementOrder/finalizers":["d","a","c"],"finalizers":["d"]}}
    """#
  try expectLast(
    [step("create", made, code: 201), step("patch", change)], of: web, at: ["metadata", "finalizers"],
    is: #"["d","a","c"]"#)
}

@Test func `items that the order does not name stay where they were`() throws {
  let made =
    #"{"kind":"Service","metadata":{"name":"web"},"spec":{"ports":[{"port":1,"protocol":"TCP"},{"port":2,"protocol":"TCP"},{"port":3,"protocol":"TCP"}]}}"#
  let service = ObjectKey(group: "", resource: "services", namespace: "shop", name: "web")
  let change = #"{"spec":{"$setElementOrder/ports":[{"port":3},{"port":1}],"ports":[{"port":3,"name":"c"}]}}"#
  try expectLast(
    [step("create", made, code: 201), step("patch", change)], of: service, at: ["spec", "ports"],
    is: #"[{"port":2,"protocol":"TCP"},{"port":3,"name":"c","protocol":"TCP"},{"port":1,"protocol":"TCP"}]"#)
}

@Test func `a patch that may be merge or strategic is applied where both come to the same`() throws {
  let made = #"{"kind":"ServiceAccount","metadata":{"name":"web"},"secrets":[{"name":"a"}]}"#
  let account = ObjectKey(group: "", resource: "serviceaccounts", namespace: "shop", name: "web")
  let same = try requested(
    [step("create", made, code: 201), step("patch", #"{"secrets":[{"name":"a"}],"x":[1]}"#)], of: account)
  #expect(rows(same) == ["1 r1 create R - manifest", "1 r2 update R - manifest"])
  let other = try requested(
    [step("create", made, code: 201), step("patch", #"{"secrets":[{"name":"b"}]}"#)], of: account)
  #expect(rows(other) == ["1 r1 create R - manifest", "1 r2 update M -"])
}

@Test func `what kubectl applies, edits and sets is a strategic patch where the type allows one`() throws {
  let made = #"{"kind":"ServiceAccount","metadata":{"name":"web"},"secrets":[{"name":"a"}]}"#
  let account = ObjectKey(group: "", resource: "serviceaccounts", namespace: "shop", name: "web")
  for manager in ["kubectl-client-side-apply", "kubectl-edit", "kubectl-set"] {
    try expectLast(
      [step("create", made, code: 201), step("patch", #"{"secrets":[{"name":"b"}]}"#, by: manager)], of: account,
      at: ["secrets"], is: #"[{"name":"a"},{"name":"b"}]"#)
  }
}

@Test func `the pull secrets of a service account are replaced, those of a pod merge`() throws {
  let made = #"{"imagePullSecrets":[{"name":"a"}]}"#
  let change = #"{"imagePullSecrets":[{"name":"b"}]}"#
  let account = ObjectKey(group: "", resource: "serviceaccounts", namespace: "shop", name: "web")
  try expectLast(
    [step("create", made, code: 201), step("patch", change)], of: account, at: ["imagePullSecrets"],
    is: #"[{"name":"b"}]"#)
  let pod = ObjectKey(group: "", resource: "pods", namespace: "shop", name: "web")
  try expectLast(
    [
      step("create", #"{"spec":\#(made)}"#, code: 201),
      step("patch", #"{"spec":\#(change)}"#, by: "kubectl-edit"),
    ], of: pod, at: ["spec", "imagePullSecrets"], is: #"[{"name":"a"},{"name":"b"}]"#)
}

// MARK: What the API server fills in and leaves out

@Test func `subjects and roles are of the group that has such`() throws {
  let binding = ObjectKey(
    group: "rbac.authorization.k8s.io", resource: "clusterrolebindings", namespace: nil, name: "web")
  let applied = #"""
    {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","roleRef":{"kind":"ClusterRole","name":"view"},
    "subjects":[{"kind":"User","name":"ann"},{"kind":"ServiceAccount","name":"ci","namespace":"shop"}]}
    """#
  let steps = [step("patch", applied, code: 201)]
  try expectLast(
    steps, of: binding, at: ["subjects"],
    is:
      #"[{"kind":"User","name":"ann","apiGroup":"rbac.authorization.k8s.io"},{"kind":"ServiceAccount","name":"ci","namespace":"shop"}]"#
  )
  try expectLast(
    steps, of: binding, at: ["roleRef"],
    is: #"{"kind":"ClusterRole","name":"view","apiGroup":"rbac.authorization.k8s.io"}"#)
}

@Test func `metadata keeps no empty list and no empty object`() throws {
  let made =
    #"{"kind":"NetworkPolicy","metadata":{"name":"web","ownerReferences":[{"uid":"u"}],"finalizers":["f"]},"spec":{}}"#
  let release = #"{"metadata":{"ownerReferences":[{"$patch":"delete","uid":"u"}],"finalizers":[],"annotations":{}}}"#
  try expectLast(
    [step("create", made, code: 201), step("patch", release)], of: web, at: ["metadata"],
    is: #"{"name":"web","finalizers":["f"],"namespace":"shop"}"#)
}

@Test func `the garbage collector merges the owners that it unblocks, and replaces finalizers`() throws {
  let made = #"""
    {"kind":"Deployment","metadata":{"name":"cart","finalizers":["a","b"],
    "ownerReferences":[{"uid":"u","blockOwnerDeletion":true},{"uid":"v"}]},"spec":{}}
    """#
  func left(_ patch: String, by: String, agent: String? = nil) throws -> String? {
    History.of(
      cart,
      acts: [
        try act("create", at: 1, code: 201, level: .request, key: cart, request: made),
        try act("patch", at: 2, level: .request, key: cart, by: by, agent: agent, request: patch),
      ]
    ).revisions.last?.manifest?["metadata"]?.json
  }
  let collector = "system:serviceaccount:kube-system:generic-garbage-collector"
  let unblock = #"{"metadata":{"ownerReferences":[{"uid":"u","blockOwnerDeletion":false}],"uid":"x"}}"#
  #expect(
    try left(unblock, by: collector)?.contains(
      #""ownerReferences":[{"uid":"u","blockOwnerDeletion":false},{"uid":"v"}]"#) == true)
  let free = #"{"metadata":{"resourceVersion":"7","finalizers":["b"]}}"#
  #expect(try left(free, by: collector)?.contains(#""finalizers":["b"]"#) == true)
  let shared = "kube-controller-manager/v1.30.1/generic-garbage-collector"
  #expect(
    try left(free, by: "system:kube-controller-manager", agent: shared)?.contains(#""finalizers":["b"]"#) == true)
  #expect(try left(free, by: "system:serviceaccount:shop:generic-garbage-collector") == nil)
}

// MARK: Server-side apply

private func apply(_ spec: String, labels: String = "{}") -> String {
  #"{"apiVersion":"crd.projectcalico.org/v1","kind":"GlobalNetworkSet","metadata":{"name":"web","labels":\#(labels)},"spec":\#(spec)}"#
}

@Test func `an apply takes back what its manager set before and wants no more`() throws {
  let first = step("patch", apply("{}", labels: #"{"a":"1","b":"2"}"#), by: "gitops", code: 201)
  let second = step("patch", apply("{}", labels: #"{"a":"3"}"#), by: "gitops")
  try expectLast([first, second], of: nets, at: ["metadata", "labels"], is: #"{"a":"3"}"#)
}

@Test func `an apply leaves what another manager set`() throws {
  let create = step("create", apply("{}", labels: #"{"a":"1"}"#), by: "alice", code: 201)
  let label = step("patch", #"{"metadata":{"labels":{"b":"2"}}}"#, by: "bob")
  let mine = step("patch", apply("{}", labels: #"{"a":"1","b":"2","c":"3"}"#), by: "gitops")
  let less = step("patch", apply("{}", labels: #"{"d":"4"}"#), by: "gitops")
  try expectLast([create, label, mine, less], of: nets, at: ["metadata", "labels"], is: #"{"a":"1","b":"2","d":"4"}"#)
}

@Test func `who applied no labels owns none of them`() throws {
  let first = step("patch", apply("{}", labels: #"{"a":"1","b":"2"}"#), by: "gitops", code: 201)
  let none = step("patch", apply("{}"), by: "portal")
  let second = step("patch", apply("{}", labels: #"{"a":"1"}"#), by: "gitops")
  try expectLast([first, none, second], of: nets, at: ["metadata", "labels"], is: #"{"a":"1"}"#)
}

@Test(arguments: ["", "kubectl-patch"])
func `a whole manifest sent as another patch gives nothing up`(manager: String) throws {
  let create = step("create", apply("{}"), by: "alice", code: 201)
  let both = step("patch", apply("{}", labels: #"{"a":"1","b":"2"}"#), by: manager)
  let one = step("patch", apply("{}", labels: #"{"a":"3"}"#), by: manager)
  try expectLast([create, both, one], of: nets, at: ["metadata", "labels"], is: #"{"a":"3","b":"2"}"#)
}

@Test func `selectors of built-in kinds are applied whole, and only Calico's lists of networks item by item`() throws {
  let service = ObjectKey(group: "", resource: "services", namespace: "shop", name: "web")
  func selecting(_ selector: String) -> String {
    #"{"apiVersion":"v1","kind":"Service","spec":{"selector":\#(selector)}}"#
  }
  try expectLast(
    [
      step("create", selecting(#"{"a":"1"}"#), by: "alice", code: 201),
      step("patch", selecting(#"{"b":"2"}"#), by: "gitops"),
    ], of: service, at: ["spec", "selector"], is: #"{"b":"2"}"#)
  let other = ObjectKey(group: "example.com", resource: "networksets", namespace: nil, name: "web")
  let last = try requested(
    [
      step("create", apply(#"{"nets":["10.0.0.0/8"]}"#), by: "alice", code: 201),
      step("patch", apply(#"{"nets":["192.0.2.0/24"]}"#), by: "gitops"),
    ], of: other
  ).revisions.last
  #expect(last?.fidelity == .metadata)
}

@Test func `a value that somebody changed since is no longer the applier's to take back`() throws {
  let first = step("patch", apply("{}", labels: #"{"a":"1"}"#), by: "gitops", code: 201)
  let change = step("patch", #"{"metadata":{"labels":{"a":"9"}}}"#, by: "bob")
  let second = step("patch", apply("{}", labels: #"{"b":"2"}"#), by: "gitops")
  try expectLast([first, change, second], of: nets, at: ["metadata", "labels"], is: #"{"a":"9","b":"2"}"#)
}

@Test func `an applied list replaces the old one unless it is a set`() throws {
  let set = step("create", apply(#"{"nets":["10.0.0.0/8","192.0.2.0/24"]}"#), by: "alice", code: 201)
  let more = step("patch", apply(#"{"nets":["192.0.2.0/24","198.51.100.0/24"]}"#), by: "gitops")
  try expectLast([set, more], of: nets, at: ["spec", "nets"], is: #"["10.0.0.0/8","192.0.2.0/24","198.51.100.0/24"]"#)
  let fewer = step("patch", apply(#"{"nets":["192.0.2.0/24"]}"#), by: "gitops")
  try expectLast([set, more, fewer], of: nets, at: ["spec", "nets"], is: #"["10.0.0.0/8","192.0.2.0/24"]"#)
  let rules = step(
    "patch",
    #"{"apiVersion":"v1","kind":"NetworkPolicy","spec":{"ingress":[{"from":[]}],"podSelector":{"matchLabels":{"b":"2"}}}}"#
  )
  let made = step(
    "create", #"{"kind":"NetworkPolicy","spec":{"ingress":[{},{}],"podSelector":{"matchLabels":{"a":"1"}}}}"#, code: 201
  )
  try expectLast([made, rules], of: web, at: ["spec", "ingress"], is: "[{}]")
  try expectLast([made, rules], of: web, at: ["spec", "podSelector"], is: #"{"matchLabels":{"b":"2"}}"#)
}

@Test func `who owns what is read from a patch that rewrites managedFields`() throws {
  let create = step("create", apply("{}", labels: #"{"a":"1","b":"2"}"#), by: "kubectl-client-side-apply", code: 201)
  let move = step(
    "patch",
    #"""
    [{"op":"replace","path":"/metadata/managedFields","value":[{"manager":"kubectl","operation":"Apply","fieldsV1":{"f:metadata":{
    "f:labels":{".":{},"f:a":{},"f:b":{}}}}}]},{"op":"replace","path":"/metadata/resourceVersion","value":"7"}]
    """#)
  let second = step("patch", apply("{}", labels: #"{"a":"1"}"#))
  try expectLast([create, move, second], of: nets, at: ["metadata", "labels"], is: #"{"a":"1"}"#)
}

// MARK: Defaulting

@Test(arguments: [
  (
    "networking.k8s.io", "networkpolicies", #"{"podSelector":{},"egress":[{"ports":[{"port":53}]}]}"#,
    #"{"podSelector":{},"egress":[{"ports":[{"port":53,"protocol":"TCP"}]}],"policyTypes":["Ingress","Egress"]}"#
  ),
  (
    "networking.k8s.io", "networkpolicies", #"{"podSelector":{},"policyTypes":["Egress"]}"#,
    #"{"podSelector":{},"policyTypes":["Egress"]}"#
  ),
  (
    "networking.k8s.io", "networkpolicies", #"{"ingress":[{"from":[],"ports":[]}],"egress":[]}"#,
    #"{"ingress":[{}],"policyTypes":["Ingress"],"podSelector":{}}"#
  ),
  (
    "policy.networking.k8s.io", "adminnetworkpolicies", #"{"ingress":[{"ports":[{"portNumber":{"port":53}}]}]}"#,
    #"{"ingress":[{"ports":[{"portNumber":{"port":53,"protocol":"TCP"}}]}]}"#
  ),
  ("crd.projectcalico.org", "globalnetworkpolicies", #"{"order":1}"#, #"{"order":1,"tier":"default"}"#),
  (
    "projectcalico.org", "globalnetworkpolicies", #"{"egress":[{}]}"#,
    #"{"egress":[{}],"tier":"default","types":["Egress"]}"#
  ),
  (
    "projectcalico.org", "stagednetworkpolicies", #"{"tier":"a","types":["Ingress"]}"#,
    #"{"tier":"a","types":["Ingress"],"stagedAction":"Set"}"#
  ),
  ("projectcalico.org", "tiers", #"{"order":1}"#, #"{"order":1,"defaultAction":"Deny"}"#),
  ("", "namespaces", "{}", #"{"finalizers":["kubernetes"]}"#),
])
func `a request gets what the API server fills in`(group: String, resource: String, spec: String, stored: String) throws
{
  let key = ObjectKey(group: group, resource: resource, namespace: nil, name: "web")
  try expectLast(
    [step("create", #"{"metadata":{"name":"web"},"spec":\#(spec)}"#, code: 201)], of: key, at: ["spec"], is: stored)
}

@Test func `an empty selector is not the same as none`() throws {
  let made =
    #"{"kind":"NetworkPolicy","metadata":{"name":"web"},"spec":{"podSelector":{},"ingress":[{"from":[{"ipBlock":{"cidr":"10.0.0.0/8"}}]}]}}"#
  let opened = #"{"spec":{"ingress":[{"from":[{"ipBlock":{"cidr":"10.0.0.0/8"},"namespaceSelector":{}}]}]}}"#
  #expect(
    rows(try requested([step("create", made, code: 201), step("patch", opened)], of: web)) == [
      "1 r1 create R - manifest", "1 r2 update R - manifest",
    ])
}

// MARK: No-ops that only the bodies show

@Test func `a request for what is there already is a no-op`() throws {
  let body = #"{"kind":"NetworkPolicy","metadata":{"name":"web","labels":{"a":"1"}},"spec":{"podSelector":{}}}"#
  let again = body.replacing(
    #""labels""#, with: #""resourceVersion":"7","generation":2,"managedFields":[{"manager":"x"}],"labels""#)
  let made = try requested(
    [
      step("create", body, code: 201), step("update", again), step("patch", #"{"metadata":{"labels":{"a":"1"}}}"#),
      step("patch", #"{"apiVersion":"v1","kind":"NetworkPolicy","metadata":{"labels":{"a":"1"}}}"#, by: "other"),
      step("patch", #"{"metadata":{"labels":{"a":"2"}}}"#),
    ], of: web)
  #expect(
    rows(made) == [
      "1 r1 create R - manifest", "1 - (noop) - -", "1 - (noop) - -", "1 - (noop) - -", "1 r2 update R - manifest",
    ])
}

// MARK: Subresources

@Test(arguments: [
  (#"{"spec":{"replicas":5}}"#, nil), (#"[{"op":"replace","path":"/spec/replicas","value":5}]"#, nil),
  (#"{"spec":{"replicas":4}}"#, #"{"kind":"Scale","metadata":{"name":"cart"},"spec":{"replicas":5}}"#),
])
func `a scale leaves the object with as many replicas`(request: String, response: String?) throws {
  let history = History.of(
    cart,
    acts: [
      try act(
        "create", at: 1, code: 201, level: .request, key: cart,
        request: #"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"cart"},"spec":{"replicas":1}}"#),
      try act(
        "patch", at: 2, outcome: .subresource, key: cart, subresource: "scale", request: request, response: response),
      try act(
        "patch", at: 3, level: .request, key: cart, request: #"{"metadata":{"labels":{"a":"b"}}}"#),
    ])
  #expect(rows(history) == ["1 r1 create R - manifest", "1 - update R - manifest", "1 r2 update R - manifest"])
  #expect(history.revisions.map { $0.manifest?["spec", "replicas"]?.integer } == [1, 5, 5])
}

@Test func `what is asked of a pod's parts is known of the pod`() throws {
  let pod = ObjectKey(group: "", resource: "pods", namespace: "shop", name: "cart")
  func part(_ verb: String, _ subresource: String, at second: Int64, _ request: String) throws -> ActDetail {
    try act(
      verb, at: second, code: verb == "create" ? 201 : 200, outcome: .subresource, level: .request, key: pod,
      subresource: subresource, request: request)
  }
  let history = History.of(
    pod,
    acts: [
      try act(
        "create", at: 1, code: 201, level: .request, key: pod,
        request: #"{"kind":"Pod","metadata":{"name":"cart"},"spec":{"containers":[]}}"#),
      try part("create", "binding", at: 2, #"{"kind":"Binding","target":{"kind":"Node","name":"worker-1"}}"#),
      try part("patch", "ephemeralcontainers", at: 3, #"{"spec":{"ephemeralContainers":[{"name":"d"}]}}"#),
    ])
  #expect(rows(history) == ["1 r1 create R - manifest", "1 - update R - manifest", "1 - update R - manifest"])
  #expect(
    history.revisions.last?.manifest?["spec"]?.json
      == #"{"containers":[],"nodeName":"worker-1","ephemeralContainers":[{"name":"d"}]}"#)
}

@Test func `what an apply makes of a list in which others have a hand is not told`() throws {
  let containers = #"{"template":{"spec":{"containers":[{"name":"a","image":"x:1"}]}}}"#
  let sidecar = #"{"template":{"spec":{"containers":[{"name":"b","image":"y:1"}]}}}"#
  func apply(_ spec: String) -> String {
    #"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"cart"},"spec":\#(spec)}"#
  }
  func fidelities(_ steps: [(String, String, String, Int)], of key: ObjectKey = cart) throws -> [Fidelity?] {
    try requested(steps, of: key).revisions.map(\.fidelity)
  }
  let made = step("patch", apply(containers), by: "argo", code: 201)
  #expect(try fidelities([made, step("patch", apply(sidecar), by: "mesh")]) == [.rebuilt, .metadata])
  // A manager alone has its list as it wants it.
  #expect(try fidelities([made, step("patch", apply(sidecar), by: "argo")]) == [.rebuilt, .rebuilt])
}
