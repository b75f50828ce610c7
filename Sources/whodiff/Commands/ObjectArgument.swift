import AuditModel
import EventQueries

/// OBJECT on the command line: `KIND/NAME`, `KIND/NAMESPACE/NAME`, with `CLUSTER:` in front where several clusters have
/// one, and with `@` the version that is meant.
struct ObjectArgument {
  /// Which version of the object.
  enum Side {
    case number(Int)
    /// The version in force then.
    case time(Timestamp)
    case before(act: String)
    case after(act: String)
    case aroundAct(String)
  }
  var text: String
  var side: Side?
  /// All objects in the logs that the text may mean, in order.
  var objects: [ObjectKey]

  /// - Parameters:
  ///   - namespace: of `-n`; it counts for `KIND/NAME` of namespaced objects.
  ///   - named: the objects of a name that the logs know of.
  ///   - lineage: the keys under which one object is known, at least one; several names of one are one object.
  init(
    _ text: String, namespace: String?, named: (String) -> [ObjectKey], context: FilterContext,
    lineage: (ObjectKey) -> [ObjectKey] = { [$0] }
  ) throws {
    self.text = text
    // A name may hold `@` itself (ClusterRoleBindings are free to), so the whole text goes first.
    self.objects = Self.matches(text, namespace: namespace, named: named)
    if self.objects.isEmpty, let at = text.lastIndex(of: "@") {
      self.text = String(text[..<at])
      side = try Self.side(String(text[text.index(after: at)...]), context)
      self.objects = Self.matches(self.text, namespace: namespace, named: named)
    }
    var seen: Set<ObjectKey> = []
    self.objects = self.objects.map { lineage($0)[0] }.filter { seen.insert($0).inserted }
    guard Pattern(self.text) != nil else {
      throw CommandError(
        "\(quoted(self.text)) is no OBJECT",
        details: [
          "it is KIND/NAME (with -n NAMESPACE) or KIND/NAMESPACE/NAME, such as netpol/shop/allow-web; of several "
            + "clusters, prod:netpol/shop/allow-web"
        ])
    }
  }

  /// The one object that is meant; an error that lists the full spellings where there are several.
  func onlyObject(named: (String) -> [ObjectKey]) throws -> ObjectKey {
    guard let object = objects.first else { throw notFound(named: named) }
    guard objects.count == 1 else {
      throw CommandError(
        "\(quoted(text)) may mean \(objects.count) objects; say which",
        details: objects.prefix(10).map(\.description) + (objects.count > 10 ? ["..."] : []))
    }
    return object
  }

  func notFound(named: (String) -> [ObjectKey]) -> CommandError {
    let near = named(Pattern(text)?.name ?? text).prefix(3).map(\.description)
    return CommandError(
      "no object \(quoted(text)) in these logs",
      details: near.isEmpty ? [] : ["of that name: " + near.joined(separator: ", ")])
  }

  private static func side(_ text: String, _ context: FilterContext) throws -> Side {
    if let number = Int(text), number > 0, number < 1_000_000_000 { return .number(number) }
    for (prefix, make) in [
      ("before:", Side.before), ("after:", Side.after), ("{before,after}:", Side.aroundAct),
    ] where text.hasPrefix(prefix) && text.count > prefix.count {
      return make(String(text.dropFirst(prefix.count)))
    }
    do {
      return .time(try TimeWords.parse(text, context, reference: context.now))
    } catch {
      throw CommandError(
        "@\(SafeText.line(text)) is no version: \(error.message)",
        details: ["it is @NUMBER, @TIME, @before:AUDITID or @after:AUDITID"])
    }
  }

  private static func matches(
    _ text: String, namespace: String?, named: (String) -> [ObjectKey]
  ) -> [ObjectKey] {
    guard let pattern = Pattern(text) else { return [] }
    return named(pattern.name).filter { pattern.matches($0, namespace: namespace) }.sorted()
  }

  /// The parts of `[CLUSTER:]KIND[.GROUP]/[NAMESPACE/]NAME`.
  private struct Pattern {
    var cluster: String?
    var resources: Set<String>
    var kinds: [ResourceKind]
    var group: String?
    var namespace: String?
    var name: String

    init?(_ text: String) {
      let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard (2...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }), let name = parts.last else { return nil }
      // Names of clusters may hold anything but a slash; no kind has a colon.
      var kind = Substring(parts[0])
      if let colon = kind.lastIndex(of: ":") {
        cluster = String(kind[..<colon])
        kind = kind[kind.index(after: colon)...]
      }
      let words = kind.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard !words[0].isEmpty else { return nil }
      let word = words[0].lowercased()
      kinds = ResourceKind.meant(by: word)
      // Kinds of custom resources are in no table; their plurals follow the rules of the English language mostly.
      resources = [word, word + "s", word + "es"]
      if word.hasSuffix("y") { resources.insert(word.dropLast() + "ies") }
      group = words.count > 1 ? words[1].lowercased() : nil
      namespace = parts.count == 3 ? parts[1] : nil
      self.name = name
    }

    func matches(_ key: ObjectKey, namespace option: String?) -> Bool {
      guard key.name == name, cluster == nil || key.cluster == cluster else { return false }
      if let namespace, key.namespace != namespace { return false }
      if namespace == nil, let option, let own = key.namespace, own != option { return false }
      if let group, key.group != group, !isVersioned(group, of: key.group) { return false }
      return resources.contains(key.resource)
        || kinds.contains { $0.resource == key.resource && ($0.groups.contains(key.group) || group != nil) }
    }

    /// kubectl also takes `networkpolicies.v1.networking.k8s.io`.
    private func isVersioned(_ text: String, of group: String) -> Bool {
      let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
      let isVersion = parts[0].first == "v" && parts[0].dropFirst().first?.isNumber == true
      return isVersion && (parts.count == 2 ? parts[1] == group : group.isEmpty)
    }
  }
}
