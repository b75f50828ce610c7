public import AuditModel

/// A field of the filter language: one row serves parser, plan, completion, facets and documentation.
public struct FilterField: Sendable {
  public var name: String
  /// Other spellings, the logs' own names among them; letter case does not count in any of them.
  public var aliases: [String]
  public var group: Group
  public var type: FieldType
  /// What is tested, and what a storage has to hold for it.
  public var columns: [EventColumn]
  /// What is tested where that takes the history of the act's object; such a field has no columns.
  public var change: ChangeColumn?
  /// One line without a full stop.
  public var summary: String
  /// Terms that a manual may show.
  public var examples: [String]
  public var completion: Completion

  /// In the order of the manual.
  public enum Group: String, CaseIterable, Sendable {
    case any, who, what, change, flow, dns
    public var title: String {
      switch self {
      case .any: "Any log"
      case .who: "Who"
      case .what: "What"
      case .change: "What came of it"
      case .flow: "Flow logs"
      case .dns: "DNS logs"
      }
    }
  }

  /// How values are found while they are typed.
  public enum Completion: Hashable, Sendable {
    case none
    /// These and no others.
    case fixed([String])
    /// These, and whatever a `FacetAnswer` for the field holds.
    case facets([String])
  }

  init(
    _ name: String, _ group: Group, _ type: FieldType, columns: [EventColumn] = [], change: ChangeColumn? = nil,
    _ summary: String,
    aliases: [String] = [], examples: [String] = [], completion: Completion? = nil
  ) {
    self.name = name
    self.aliases = aliases
    self.group = group
    self.type = type
    self.columns = columns
    self.change = change
    self.summary = summary
    self.examples = examples
    self.completion = completion ?? type.completion
  }

  /// The field that a name or an alias means, in any case.
  public static func named(_ name: String) -> FilterField? { byName[name.lowercased()] }

  private static let byName: [String: FilterField] = {
    var fields: [String: FilterField] = [:]
    for field in all { for name in [field.name] + field.aliases { fields[name.lowercased()] = field } }
    return fields
  }()

  /// The value as a filter has to write it so that it means exactly this text: quoted where needed, with control
  /// characters as escapes.
  public static func quoted(_ value: String) -> String { FilterQuoting.value(value) }

  /// Whether acts have values in the field that can be counted: not so for times and for what is searched in.
  public var isCounted: Bool {
    switch type {
    case .time, .everything: false
    default: true
    }
  }

  /// What the act has in the field, as filters write it, unquoted; empty where it has nothing. Times and texts that
  /// are searched have no such values. Depends on nothing but the field's `columns`, or on the act's change.
  public func values(of act: Act, change: ActChange? = nil) -> [String] {
    switch type {
    case .time, .everything: return []
    case .endpoint: return endpoints(act)
    case .policy(.path): return unique(act.facts?.flow?.policies.map(\.path) ?? [])
    case .policy(.action): return unique(act.facts?.flow?.policies.map(\.action) ?? [])
    case .address: return Self.texts(act.value(of: columns[0]))
    case .latency: return [act.facts?.dns?.latency].compactMap { $0.map { "\($0 / 1000)us" } }
    case .flag(let test): return [test.plan.matches(act, change: change) { nil } ? "true" : "false"]
    case .choice(let choices):
      let present = Set(texts(act, change))
      return choices.filter { !present.isDisjoint(with: $0.stored) }.map(\.name)
    case .object:
      if act.facts != nil { return endpoints(act) }
      guard let object = act.object, let name = object.name else { return [] }
      return [object.namespace.map { $0.isEmpty ? name : $0 + "/" + name } ?? name]
    case .api:
      return act.object.map { [$0.group.isEmpty ? $0.version : $0.group + "/" + $0.version] } ?? []
    case .kind: return [act.kind ?? act.object?.resource].compactMap { $0 }
    case .duration: return texts(act, change).map { $0 + "us" }
    case .user where columns == [.by, .asUser]: return [act.actor].compactMap { $0 }
    default: return texts(act, change)
    }
  }

  private func texts(_ act: Act, _ change: ActChange?) -> [String] {
    let told = self.change.flatMap { column in change.map { Self.texts($0.value(of: column)) } } ?? []
    return unique(columns.flatMap { Self.texts(act.value(of: $0)) } + told)
  }

  /// The paths of the endpoints that the field names, each once.
  private func endpoints(_ act: Act) -> [String] {
    guard let facts = act.facts else { return [] }
    let named: [Endpoint] = columns.flatMap { column -> [Endpoint] in
      switch column {
      case .srcName: [facts.flow?.source ?? facts.plain?.source].compactMap { $0 }
      case .dstName: [facts.flow?.destination ?? facts.plain?.destination].compactMap { $0 }
      case .clientName: [facts.dns?.client].compactMap { $0 }
      case .servers: facts.dns?.servers ?? []
      default: []
      }
    }
    return unique(named.compactMap(\.path))
  }

  /// Each value once: a flow within one namespace counts there once.
  private func unique(_ values: [String]) -> [String] {
    guard values.count > 1 else { return values }
    var seen: Set<String> = []
    return values.filter { seen.insert($0).inserted }
  }

  private static func texts(_ value: ColumnValue) -> [String] {
    switch value {
    case .text(let text): text.map { [$0] } ?? []
    case .list(let list): list
    case .number(let number): number.map { [String($0)] } ?? []
    }
  }
}

/// What `:` means for a field.
public enum FieldType: Sendable {
  /// The whole value, in any case; `*` and `?` wild.
  case name
  /// As `name`; `sa:ns/name` stands for a service account.
  case user
  /// A part of the value, in any case; `*` and `?` wild.
  case text
  /// As `name`, over the whole path or only what stands after its last `/`.
  case file
  /// A path of fields, and all below it; indices of lists may be left out.
  case path
  /// An address, a network, `pub` or `pvt`.
  case address
  case time(TimeRole)
  /// Whole numbers; `4xx` for a hundred of them.
  case number
  /// Microseconds in the column.
  case duration
  /// One of these names, in any case.
  case choice([Choice])
  /// `true` or `false`.
  case flag(Flag)
  case verb
  case kind
  /// `group` or `group/version`.
  case api
  /// `namespace/name` or a name.
  case object
  /// As `object`, of any of the names under which the object is known.
  case lineage
  /// As `name`; `=` too takes any case.
  case word
  /// One side of a connection: `namespace/name`, a name, or an address or a network. The columns are those of its
  /// namespace, name and address, or a list of servers.
  case endpoint
  /// A policy that looked at a flow.
  case policy(PolicyPart)
  /// What a name resolved to: a name, an address or a network.
  case answer
  /// Nanoseconds in the columns; the first that has a value counts.
  case latency
  /// All that a row shows, and its records.
  case everything

  public enum PolicyPart: Sendable {
    /// `tier/namespace/name`
    case path
    /// What it did with the flow.
    case action
  }

  public enum TimeRole: Sendable {
    /// `time`
    case span
    /// `since`
    case since
    /// `until`
    case until
    /// `at`
    case around
  }

  /// A name and the values in the column that it stands for.
  public struct Choice: Sendable {
    public var name: String
    public var stored: Set<String>
    init(_ name: String, _ stored: [String]? = nil) {
      self.name = name
      self.stored = Set(stored ?? [name])
    }
  }

  /// What `true` means.
  public struct Flag: Sendable {
    var test: FilterTest
    var plan: FilterPlan { test.plan }
    /// For the echo.
    var words: String
  }

  /// For the manual and completion: `name`, `time`.
  public var label: String {
    switch self {
    case .name: "name"
    case .user: "user"
    case .text: "text"
    case .file: "file"
    case .path: "path"
    case .address: "address"
    case .time: "time"
    case .number: "number"
    case .duration: "duration"
    case .choice: "choice"
    case .flag: "flag"
    case .verb: "verb"
    case .kind: "kind"
    case .api: "api"
    case .object, .lineage: "object"
    case .everything: "search"
    case .word: "word"
    case .endpoint: "endpoint"
    case .policy(.path): "policy"
    case .policy(.action): "choice"
    case .answer: "answer"
    case .latency: "duration"
    }
  }

  /// Whether values have an order, so that ranges and `<` make sense.
  var isOrdered: Bool {
    switch self {
    case .time, .number, .duration, .latency, .address, .answer: true
    default: false
    }
  }

  var isDuration: Bool {
    switch self {
    case .duration, .latency: true
    default: false
    }
  }

  var completion: FilterField.Completion {
    switch self {
    case .choice(let choices): .fixed(choices.map(\.name))
    case .flag: .fixed(["true", "false"])
    case .verb: .facets(FilterField.verbs)
    case .kind: .facets(ResourceKind.all.map(\.label))
    case .address: .facets(["pub", "pvt"])
    case .time(.span): .fixed(["today", "yesterday"])
    case .time(.since), .time(.until): .fixed(["1h", "24h", "7d", "30d", "today", "yesterday"])
    case .time(.around), .everything, .duration, .latency: .none
    case .policy(.action): .fixed(FilterField.policyActions.map(\.name))
    case .name, .user, .text, .file, .path, .number, .api, .object, .lineage, .word, .endpoint, .policy(.path), .answer:
      .facets([])
    }
  }
}
