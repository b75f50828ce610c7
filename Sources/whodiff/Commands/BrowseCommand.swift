import ArgumentParser
import AuditModel
import EventQueries

/// `whodiff [FILE]...`: the screens.
struct BrowseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "browse", abstract: "Browse logs on screens (the default).",
    usage: "\(Whodiff.calledName) [OPTIONS] [FILE|DIR|-]...")

  @Argument(help: "Logs, folders of logs, or - for standard input.")
  var arguments: [String] = []
  @OptionGroup var filter: FilterOptions
  @Option(help: "1 effective writes, 2 all writes, 3 everything.")
  var level: LevelChoice = .effective
  @Flag(name: [.customShort("F"), .long], help: "Take in what is added to the files, through rotation.")
  var follow = false
  @Option(help: ArgumentHelp("default, mono or blue-orange.", valueName: "theme"))
  var theme = "default"
  @OptionGroup var source: SourceOptions
  @OptionGroup var styling: StyleOptions

  @MainActor
  func run() async throws {
    let options = try interactiveOptions()
    let code = try await runInteractive(options)
    if code != 0 { throw ExitStatus(code) }
  }

  @MainActor
  private func interactiveOptions() throws -> InteractiveOptions {
    let rule = try ArgumentRule(arguments, subjectName: "FILE", subjectCount: 0, clusters: source.clusters)
    var options = InteractiveOptions()
    let zone = try source.zone()
    options.filter = try filter.parsed(zone: zone, takesNamespace: true)
    options.level = level.level
    options.zone = zone
    options.zones = [zone] + [.utc, Configuration.localZone()].filter { $0.name != zone.name }.distinctByName
    options.paths = try paths(rule.files)
    if options.paths.isEmpty { options.storePath = source.store ?? Configuration.defaultStorePath }
    if !options.paths.isEmpty, source.store != nil {
      throw CommandError("--store and FILE exclude each other: `whodiff import` reads files into a store")
    }
    if !source.noIndex, let directory = Configuration.cacheDirectory,
      let path = IndexFiles.path(for: options.paths, source.clusters.names)
    {
      if Configuration.makeDirectory(directory) {
        options.indexPath = path
      } else if !source.quiet {
        ErrorOutput.say("no index is kept: \(directory) cannot be made")
      }
    }
    // What is piped in is shown as it comes.
    options.follows = follow || options.paths.contains("-")
    options.ingest = try source.ingestOptions
    options.ascii = styling.ascii ? true : nil
    options.color = InteractiveOptions.ColorUse(rawValue: styling.color.rawValue) ?? .auto
    options.themeName = theme
    let redactor = source.redactor()
    options.redactRecord = { redactor.redact(record: $0, memory: $1) }
    options.redactText = { redactor.redact(text: $0) }
    options.sourceName = sourceName(options)
    return options
  }

  /// What is opened: the files; without any, the store; without a store what is piped in; else nothing can be done.
  @MainActor
  private func paths(_ files: [String]) throws -> [String] {
    for file in files where file != "-" && !Configuration.isSource(file) {
      throw CommandError("\(file): no such file", code: 3)
    }
    if !files.isEmpty || source.store != nil { return files }
    if let store = Configuration.defaultStorePath, Configuration.exists(store) { return [] }
    if !Configuration.inputIsTerminal, Configuration.inputIsData { return ["-"] }
    for line in [
      "whodiff tells who changed which policy, from Kubernetes and Calico audit logs.",
      "Open a log or a folder:  whodiff FILE     all commands:  whodiff --help",
      "Pipe one:                ssh node sudo cat /var/log/audit.log | whodiff -",
    ] { ErrorOutput.line(line) }
    throw ExitStatus(2)
  }

  @MainActor
  private func sourceName(_ options: InteractiveOptions) -> String {
    let named = options.paths.isEmpty ? [options.storePath].compactMap { $0 } : options.paths
    guard named.count == 1, let only = named.first else { return "\(named.count) files" }
    if only == "-" { return "standard input" }
    return only.split(separator: "/").last.map(String.init) ?? only
  }
}

extension [Zone] {
  /// The first of each name.
  fileprivate var distinctByName: [Zone] {
    var seen: Set<String> = []
    return filter { seen.insert($0.name).inserted }
  }
}
