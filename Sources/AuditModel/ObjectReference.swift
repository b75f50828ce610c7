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
  public var key: ObjectKey? {
    name.map { ObjectKey(group: group, resource: resource, namespace: namespace, name: $0) }
  }
}

/// What makes two references mean the same object: the group counts (three groups have `networkpolicies`), the
/// version does not. A Namespace has no namespace, though its deletion is logged with its own name there.
public struct ObjectKey: Hashable, Comparable, Sendable, CustomStringConvertible {
  public var group: String
  public var resource: String
  public var namespace: String?
  public var name: String

  public init(group: String, resource: String, namespace: String?, name: String) {
    self.group = group
    self.resource = resource
    let isNamespace = resource == "namespaces" && group.isEmpty
    self.namespace = isNamespace || namespace?.isEmpty == true ? nil : namespace
    self.name = name
  }

  public static func < (left: ObjectKey, right: ObjectKey) -> Bool {
    (left.group, left.resource, left.namespace ?? "", left.name)
      < (right.group, right.resource, right.namespace ?? "", right.name)
  }

  public var kind: ResourceKind { ResourceKind.of(group: group, resource: resource) }
  /// `shop/allow-web`, or only the name of an object that is in no namespace.
  public var path: String { namespace.map { $0 + "/" + name } ?? name }
  /// `networkpolicies.networking.k8s.io/shop/allow-web`: what `whodiff changes` takes without any doubt.
  public var description: String { (group.isEmpty ? resource : resource + "." + group) + "/" + path }
}
