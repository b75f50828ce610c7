import ArgumentParser
import AuditModel
import LogDecoding

/// `whodiff formats`: the logs that can be read, and the wrappers that are opened around them.
struct FormatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "formats", abstract: "List the log formats that can be read, and how each is told apart.")

  @OptionGroup var format: RowFormatOptions
  @OptionGroup var styling: StyleOptions

  func run() throws {
    try Listing(
      ["NAME", "KIND", "WHAT IT IS", "TOLD BY"], format, styling,
      rows: Readable.all.map {
        [
          ("name", .string($0.name)), ("kind", .string($0.kind)), ("summary", .string($0.summary)),
          ("mark", .string($0.mark)),
        ]
      }
    ).write(schema: "whodiff.format/1")
  }

  /// The page `Docs/LogFormats.md`.
  static var markdown: String {
    func table(_ kind: String) -> String {
      Readable.all.filter { $0.kind == kind }.map { "| `\($0.name)` | \($0.summary) | \(cell($0.mark)) |" }
        .joined(separator: "\n")
    }
    let packings = Compression.allCases.filter { $0 != .none }.map(\.rawValue).joined(separator: ", ")
    let archives = ArchiveKind.allCases.map(\.rawValue).joined(separator: ", ")
    let exports = Exporter.all.map { "| `\($0.name)` | \($0.summary) |" }.joined(separator: "\n")
    return """
      # Log formats

      What is read. Each record is recognised on its own, so a file may hold several kinds; what none of them takes is
      counted, told with its line and reason, and passed over.

      | format | what it is | told apart by |
      |---|---|---|
      \(table("format"))

      Records may stand one a line, glued together, pretty-printed, or in a JSON array; flows of `calico-node` over several
      lines of text. What GKE logs of a long request, an entry when it begins and one when it ends, is one act, with the
      time of its end. Compressed files are seen
      through (\(packings)): what a file is named does not matter.

      Archives (\(archives)) are read as folders are: each file in them in which a format recognises something is a log
      of its own, called `bundle.tar.gz!node-1/audit.log`. It can be named so; so can a folder in an archive,
      `bundle.tar.gz!node-1`, and an archive in one. Compressed files and archives in archives are opened as well,
      \(UnpackingLimits().depth) archives deep. Names in archives are text: nothing is ever unpacked to disk. What unpacks to
      more than \(UnpackingLimits().ratio) times its size, which no log does, is read no further and told;
      `--unpack-ratio` sets another limit, 0 none.

      Text is UTF-8, with or without a byte order mark, or UTF-16 with one, as PowerShell's `>` writes it. Offsets in a
      compressed file, in a file of an archive and in UTF-16 count in the text as UTF-8, since that is what can be read
      again. Half a pair of UTF-16 makes its record a broken one, not a lost one. Logs of UTF-16 and files in archives are
      not followed while they grow.

      ## Wrappers

      What collectors, shippers and exports put around records is opened from the outside in, up to \(Envelope.depth)
      wrappers deep. The record that comes out is the same as the bare one, and where both are read it counts once.

      Lists, whose items are read one by one, so that their size does not matter:

      | list | what it is | member |
      |---|---|---|
      \(table("list"))

      Objects around a record:

      | object | what it is | told apart by |
      |---|---|---|
      \(table("object"))

      Text in front of a record on its line:

      | text | what it is | told apart by |
      |---|---|---|
      \(table("text"))

      Tables (comma, tab or semicolon separated) are read by their head: a column that holds records, as of CloudWatch
      Insights, Splunk, Azure and old Kibana, or one column for each member. A row of the latter is shown as the object
      that it spells under the head of its table. Times without a zone, which are those of the clock of whoever made the
      export (Kibana's `Oct 5, 2026 @ 09:00:00.000`, Azure's `10/5/2026, 9:12:44.100 AM` in columns that are not marked
      `[UTC]`), are read in the zone of `--tz`, which is UTC where it is not given; with another `--tz` such a log is read
      again.

      Lines of containers that came in parts are joined again, stream by stream, also inside of other wrappers; so are the
      lines of a server-sent event. A record whose end is not written yet is
      shown as far as it goes, and read anew once the log has grown. Of a record that some limit cut off
      (CloudWatch 256 KiB, AKS and container runtimes 16 KiB, syslog 1 KiB) what came before the cut becomes an act
      that is marked as truncated and has no bodies.

      The outcome of a write is `unknown` unless the record tells what it was answered with: by `responseStatus.code`, or
      where that is missing by its status and reason, or by an answer that is there. So it is where a limit cut the record
      before that, where a legacy line has `<deferred>`, and in an export that leaves the column out, which then tells who
      asked for what and not what came of it. Only a connection that began, a dry run and a read need no code.

      ## What is written

      By `whodiff export --format` and `-o`:

      | format | what it is |
      |---|---|
      \(exports)

      """
  }

  /// A bar ends a cell.
  private static func cell(_ text: String) -> String { "`" + text.replacing("|", with: "\\|") + "`" }
}

/// A row of one of the tables of `LogDecoding`.
private struct Readable {
  var name: String
  var kind: String
  var summary: String
  var mark: String

  static let all: [Readable] =
    LogFormat.all.map { Readable(name: $0.name, kind: "format", summary: $0.summary, mark: $0.mark) }
    + ListMember.all.map { Readable(name: $0.name, kind: "list", summary: $0.summary, mark: $0.pathText) }
    + Envelope.all.map { Readable(name: $0.name, kind: "object", summary: $0.summary, mark: $0.mark) }
    + LinePrefix.all.map { Readable(name: $0.name, kind: "text", summary: $0.summary, mark: $0.mark) }
}
