import ArgumentParser
import AuditModel
import EventStorage
import Ingestion
import LogDecoding

/// `whodiff import`: logs are read into a store that needs the files no longer.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Read logs into a store that keeps them, every byte of them.",
    usage: "\(Whodiff.calledName) import FILE... [--store FILE]",
    discussion: "What the store holds already is not read again: importing a log that has grown adds its new lines.")

  @Argument(help: "Logs, folders or archives of logs, or - for standard input.")
  var arguments: [String] = []
  @Option(help: ArgumentHelp("Fill this store instead of the default one.", valueName: "file"))
  var store: String?
  @Option(
    help: ArgumentHelp(
      "Zone of times that logs give without one: UTC, local or a name such as Europe/Berlin.", valueName: "zone"))
  var tz = "UTC"
  @OptionGroup var clusters: ClusterOptions
  @OptionGroup var unpacking: UnpackingOptions
  @Flag(name: .shortAndLong, help: "Say nothing on standard error but errors.")
  var quiet = false

  func run() throws {
    let files = clusters.files(arguments)
    guard !files.isEmpty else { throw ValidationError("No FILE was named.") }
    guard let path = store ?? Configuration.defaultStorePath else {
      throw CommandError("there is no home directory for a store; name one with --store")
    }
    let directory = Configuration.directory(of: path)
    guard Configuration.makeDirectory(directory) else { throw CommandError("\(directory): cannot be made") }
    let environment = StoreEnvironment.reading(limits: unpacking.limits).tellingChanges()
    let store = try EventStore.open(path, access: .readWrite, environment: environment)
    let found = FoundLogs(at: files, limits: unpacking.limits, store: store)
    let before = store.snapshot().rejects.count
    var options = IngestOptions(clusters: clusters.names)
    options.limits = unpacking.limits
    options.wallClock = try WallClock(named: tz)
    let reading = try Reading.run(found, into: store, keepsPayload: true, options: options, isQuiet: quiet)
    let report = reading.report
    let rejects = store.snapshot().rejects.dropFirst(before).map { ($0.file, $0.reject) }
    let hasRejects = RejectReport.say(Array(rejects))
    if !quiet {
      var words =
        "\(ProgressLine.grouped(report.acts)) acts of \(ProgressLine.grouped(report.records)) records imported to \(path)"
      if report.duplicates > 0 { words += "; \(ProgressLine.grouped(report.duplicates)) were there already" }
      ErrorOutput.say(words)
      EmptiedSources(report, in: store).say()
    }
    if reading.wasInterrupted { throw ExitStatus(130) }
    if found.hasProblem || reading.hasProblem || hasRejects { throw ExitStatus(3) }
  }
}
