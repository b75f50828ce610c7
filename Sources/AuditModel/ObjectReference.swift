/// `objectRef` of an audit event: what the request was about.
public struct ObjectReference: Hashable, Sendable {
  /// `""` for the core group.
  public var group: String
  public var version: String
  /// Plural, lower case: `networkpolicies`.
  public var resource: String
  public var namespace: String?
  public var name: String?
  public var subresource: String?
  /// Only on `update`: what the client sent.
  public var uid: String?
  /// Only on `update`: the version that the client believed to be current.
  public var resourceVersion: String?

  public init(
    group: String, version: String, resource: String, namespace: String? = nil, name: String? = nil,
    subresource: String? = nil, uid: String? = nil, resourceVersion: String? = nil
  ) {
    self.group = group
    self.version = version
    self.resource = resource
    self.namespace = namespace
    self.name = name
    self.subresource = subresource
    self.uid = uid
    self.resourceVersion = resourceVersion
  }

  /// The identity of the object itself, without subresource; nil without a name.
  /// - Parameter cluster: that the record is from; nil where it names none.
  public func key(in cluster: String?) -> ObjectKey? {
    name.map { ObjectKey(group: group, resource: resource, namespace: namespace, name: $0, cluster: cluster) }
  }
}

/// What makes two references mean the same object: the group counts (three groups have `networkpolicies`), the
/// version does not. A Namespace has no namespace, though its deletion is logged with its own name there. Two clusters
/// may hold objects of equal names, which have nothing to do with each other.
public struct ObjectKey: Hashable, Comparable, Sendable, CustomStringConvertible {
  public var group: String
  public var resource: String
  public var namespace: String?
  public var name: String
  /// Nil where the records name none, which is a cluster of its own: nothing tells that it is one of the others.
  public var cluster: String?

  public init(group: String, resource: String, namespace: String?, name: String, cluster: String? = nil) {
    self.group = group
    self.resource = resource
    let isNamespace = resource == "namespaces" && group.isEmpty
    self.namespace = isNamespace || namespace?.isEmpty == true ? nil : namespace
    self.name = name
    self.cluster = cluster
  }

  public static func < (left: ObjectKey, right: ObjectKey) -> Bool {
    (left.group, left.resource, left.namespace ?? "", left.name, left.cluster ?? "")
      < (right.group, right.resource, right.namespace ?? "", right.name, right.cluster ?? "")
  }

  public var kind: ResourceKind { ResourceKind.of(group: group, resource: resource) }
  /// `shop/allow-web`, or only the name of an object that is in no namespace.
  public var path: String { namespace.map { $0 + "/" + name } ?? name }
  /// `shop/allow-web in prod` where the cluster is known.
  public var pathInCluster: String { path + (cluster.map { " in " + $0 } ?? "") }
  /// `networkpolicies.networking.k8s.io/shop/allow-web`, with `prod:` in front of what is in the cluster prod: what
  /// `whodiff changes` takes without any doubt.
  public var description: String {
    (cluster.map { $0 + ":" } ?? "") + (group.isEmpty ? resource : resource + "." + group) + "/" + path
  }
}
