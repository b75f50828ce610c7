import ArgumentParser
import AuditModel
import EventQueries
import Ingestion
import LogDecoding

/// Where the acts come from and what of them may be shown.
struct SourceOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Read (import: fill) this store instead of the default one.", valueName: "file"))
  var store: String?

  @Flag(name: .customLong("no-index"), help: "Keep no index of the files in the cache directory.")
  var noIndex = false

  @Option(help: "Replace secrets: on, off, or strict (also ConfigMaps, environment values, annotations).")
  var redact = RedactionChoice(rawValue: EnvironmentOption.redact.value ?? "") ?? .on

  @Option(
    help: ArgumentHelp(
      "Zone of times in text and in filters, and of times that logs give without one: UTC, local or a name such as Europe/Berlin.",
      valueName: "zone"))
  var tz = EnvironmentOption.tz.value ?? "UTC"

  @OptionGroup var clusters: ClusterOptions
  @OptionGroup var unpacking: UnpackingOptions

  @Flag(name: .shortAndLong, help: "Say nothing on standard error but errors.")
  var quiet = false

  var limits: UnpackingLimits { unpacking.limits }

  func zone() throws -> Zone { try Zone(named: tz) }

  var ingestOptions: IngestOptions {
    get throws {
      var options = IngestOptions(clusters: clusters.names)
      options.limits = limits
      options.wallClock = try WallClock(named: tz)
      return options
    }
  }

  func redactor() -> Redactor {
    if redact == .off { ErrorOutput.say("--redact off: secrets are shown as they were logged") }
    return Redactor(mode: redact.mode)
  }
}

extension Zone {
  /// As `--tz` names it.
  init(named name: String) throws {
    guard let zone = Configuration.zone(named: name) else {
      throw ValidationError("No time zone is called \(quoted(name)).")
    }
    self = zone
  }
}

extension WallClock {
  /// A clock in the zone that `--tz` names.
  init(named name: String) throws {
    let zone = try Zone(named: name)
    self.init(name: zone.name) { zone.moment(ofWallTime: $0) }
  }
}

/// Which acts are meant.
struct FilterOptions: ParsableArguments {
  @Option(
    name: .shortAndLong, parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Only acts that the filter takes; of several all have to.", valueName: "filter"))
  var filter: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Only acts at or after: 24h, yesterday, 2026-11-20T16:00Z, ...", valueName: "time"))
  var since: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Only acts before.", valueName: "time"))
  var until: String?

  @Option(name: .shortAndLong, help: "Only this namespace; the namespace of OBJECT.")
  var namespace: String?

  @Flag(name: [.customShort("A"), .customLong("all-namespaces")], help: "All namespaces, which is the default.")
  var allNamespaces = false

  @Flag(name: .customLong("exit-code"), help: "End with 1 when nothing matched.")
  var exitCode = false

  /// - Parameters:
  ///   - positional: the FILTER among the arguments.
  ///   - takesNamespace: whether `-n` is a term of the filter, rather than part of the OBJECT.
  func parsed(positional: String? = nil, zone: Zone, takesNamespace: Bool) throws -> Filter {
    let texts = (positional.map { [$0] } ?? []) + filter
    return try parsed(zone, takesNamespace) { context in try texts.map { try Self.parse($0, context) } }
  }

  /// As `parsed`, with what stands behind a `|` in one of the filters.
  func pipeline(positional: String?, zone: Zone) throws -> (filter: Filter, stage: FilterStage?) {
    let texts = (positional.map { [$0] } ?? []) + filter
    var stages: [FilterStage] = []
    let filter = try parsed(zone, true) { context in
      try texts.map { text in
        let pipeline = try Self.parse(text) { (text) throws(FilterError) in
          try FilterPipeline(parsing: text, context: context)
        }
        if let stage = pipeline.stage { stages.append(stage) }
        return pipeline.filter
      }
    }
    guard stages.count < 2 else { throw CommandError("only one filter may have a | in it") }
    return (filter, stages.first)
  }

  private func parsed(
    _ zone: Zone, _ takesNamespace: Bool, _ filters: (FilterContext) throws -> [Filter]
  ) throws -> Filter {
    let context = FilterContext(now: Configuration.now(), zone: zone)
    var result = try filters(context).reduce(Filter.everything) { $0.and($1) }
    for (field, value) in [("since", since), ("until", until)] {
      guard let value else { continue }
      result = result.and(try Self.parse(field + ":" + FilterField.quoted(value), context, origin: "--" + field))
    }
    if takesNamespace, let namespace, !allNamespaces {
      result = result.and(try Self.parse("ns:" + FilterField.quoted(namespace), context))
    }
    return result
  }

  static func parsePipeline(_ text: String, _ context: FilterContext) throws -> FilterPipeline {
    try parse(text) { (text) throws(FilterError) in try FilterPipeline(parsing: text, context: context) }
  }

  static func parse(_ text: String, _ context: FilterContext, origin: String? = nil) throws -> Filter {
    try parse(text, origin: origin) { (text) throws(FilterError) in try Filter(parsing: text, context: context) }
  }

  private static func parse<Value>(
    _ text: String, origin: String? = nil, _ parse: (String) throws(FilterError) -> Value
  ) throws -> Value {
    do throws(FilterError) {
      return try parse(text)
    } catch {
      throw CommandError(
        (origin.map { $0 + ": " } ?? "filter, column \(error.column): ") + error.message,
        details: [text, String(repeating: " ", count: max(0, error.column - 1)) + "^"]
          + (error.suggestions.isEmpty ? [] : ["did you mean " + error.suggestions.joined(separator: ", ") + "?"]))
    }
  }
}

/// How many acts, and in which order.
struct ListOptions: ParsableArguments {
  @Option(name: .customLong("level"), help: "1 effective writes, 2 all writes, 3 everything.")
  var levelChoice = LevelChoice(rawValue: EnvironmentOption.level.value ?? "") ?? .effective

  @Option(help: ArgumentHelp("At most so many rows.", valueName: "count"))
  var limit: Int?

  @Flag(help: "Newest first.")
  var reverse = false

  var level: ViewLevel { levelChoice.level }

  func validate() throws {
    if let limit, limit < 0 { throw ValidationError("--limit takes a number from 0 on.") }
  }
}

/// `--level` as it is typed.
enum LevelChoice: String, CaseIterable, ExpressibleByArgument, Sendable {
  case effective = "1"
  case writes = "2"
  case everything = "3"

  var level: ViewLevel {
    switch self {
    case .effective: .effective
    case .writes: .writes
    case .everything: .everything
    }
  }
}

/// `--redact` as it is typed.
enum RedactionChoice: String, CaseIterable, ExpressibleByArgument, Sendable {
  case on, off, strict

  var mode: Redactor.Mode {
    switch self {
    case .on: .on
    case .off: .off
    case .strict: .strict
    }
  }
}
