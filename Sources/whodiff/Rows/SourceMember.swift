import AuditModel
import EventQueries
import TrailCheck

/// A member of `whodiff.source/1`, what it says, and its value. A row here is all it takes to add one: the rows of
/// `whodiff sources` and Docs/Sources.md follow.
struct SourceMember: Sendable {
  /// A source, and what the check of all sources says of it.
  struct Subject: Sendable {
    var row: SourceRow
    var report: TrailReport
    /// What most of its records are; nil without any.
    var format: String?
  }
  var name: String
  var summary: String
  var value: @Sendable (Subject) -> JSONValue

  static let schema = "whodiff.source/1"

  /// In the order of the row.
  static let all: [SourceMember] = [
    SourceMember(name: "file", summary: "As it was named, or found in a folder; `-` for standard input.") {
      .string($0.row.path)
    },
    SourceMember(name: "cluster", summary: "Of its records; null where they name none, or several.") {
      .optional($0.row.clusters.count == 1 ? $0.row.clusters[0] : nil)
    },
    SourceMember(name: "clusters", summary: "All clusters that its records name.") { .strings($0.row.clusters) },
    SourceMember(name: "compression", summary: "`gzip`, `zstd`, `xz`, `bzip2`, or `none`.") {
      .optional($0.row.compression.nonEmpty)
    },
    SourceMember(name: "read", summary: "Bytes of text that were read.") { .integer($0.row.bytesRead) },
    SourceMember(name: "size", summary: "Bytes of text in all; null where it takes reading to know.") {
      .integer($0.row.bytesTotal)
    },
    SourceMember(name: "complete", summary: "Whether all that was there has been read.") { .bool($0.row.isComplete) },
    SourceMember(name: "first", summary: "Time of the earliest record; null without any.") {
      .optional($0.row.timeSpan?.lowerBound.rfc3339)
    },
    SourceMember(name: "last", summary: "Time of the latest record.") {
      .optional($0.row.timeSpan?.upperBound.rfc3339)
    },
    SourceMember(name: "acts", summary: "Acts, flows and lookups that it shows.") { .integer($0.row.actCount) },
    SourceMember(name: "data", summary: "The same by kind of log.") { subject in
      counts(DataKind.allCases.map { ($0.name, subject.row.data[$0]) })
    },
    SourceMember(
      name: "format", summary: "What most of its records are, as `whodiff formats` calls it; null without any."
    ) { subject in
      .optional(subject.format)
    },
    SourceMember(name: "levels", summary: "Audit acts by level.") { subject in
      counts(Level.allCases.map { ($0.name, subject.row.levels[$0]) })
    },
    SourceMember(name: "stages", summary: "Audit records by stage.") { subject in
      counts(Stage.allCases.map { ($0.name, subject.row.stages[$0]) })
    },
    SourceMember(name: "truncated", summary: "Acts whose bodies were cut away.") { .integer($0.row.truncatedCount) },
    SourceMember(
      name: "duplicates",
      summary: "Records that were known before, from here or from elsewhere: of files that are read together the one "
        + "that begins first keeps what several hold."
    ) {
      .integer($0.row.duplicateCount)
    },
    SourceMember(name: "malformed", summary: "Pieces of input that are broken.") { .integer($0.row.malformedCount) },
    SourceMember(name: "foreign", summary: "Pieces of input that are whole, and of no log that is read.") {
      .integer($0.row.foreignCount)
    },
    SourceMember(name: "problemLine", summary: "Line of the first of both; null without any.") {
      .integer($0.row.firstProblemLine)
    },
    SourceMember(name: "holes", summary: "Holes in it, as `whodiff check` finds them.") {
      .integer($0.report.holes(in: $0.row.path, span: $0.row.timeSpan).count)
    },
    SourceMember(
      name: "skew", summary: "Seconds that its clock is ahead of another source's; null where none is known."
    ) {
      .seconds($0.report.skew(of: $0.row.path)?.seconds)
    },
    SourceMember(
      name: "state",
      summary: "What has become of the file since: `same`, `grown`, `changed`, `gone`; `empty` where nothing is in it, "
        + "or not any more; `pipe` for standard input."
    ) { .optional($0.row.stateName) },
    SourceMember(name: "failure", summary: "Why it was not read, or not to its end; null where it was.") {
      .optional($0.row.failure)
    },
    SourceMember(name: "head", summary: "SHA-256 of the first 64 KiB of text, by which it is known again.") { subject in
      .optional(subject.row.fingerprint.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined().nonEmpty)
    },
  ]

  static func json(_ subject: Subject) -> JSONValue {
    let members = all.map { JSONMembers.Member(key: $0.name, value: $0.value(subject)) }
    return .object(JSONMembers([JSONMembers.Member(key: "schema", value: .string(schema))] + members))
  }

  /// Docs/Sources.md.
  static var markdown: String {
    var text = """
      # Sources

      `whodiff sources FILE... -o jsonl` writes a row for each file or stream, as `\(schema)`: first what could not be read
      at all and what has nothing in it, then the others in the order in which they were first read. The screen Sources
      (`0`) shows the same. What is not known is null.

      A file in an archive is called `bundle.tar.gz!node-1/audit.log`. Such a name may be given like any file's; so may that
      of a folder in an archive, `bundle.tar.gz!node-1`, and of an archive in one, `bundle.zip!inner.tar`.

      | member | what it says |
      |---|---|

      """
    for member in all { text += "| `\(member.name)` | \(member.summary) |\n" }
    return text
  }

  private static func counts(_ pairs: [(String, Int?)]) -> JSONValue {
    .object(
      JSONMembers(
        pairs.compactMap { name, count in count.map { JSONMembers.Member(key: name, value: .integer($0)) } }))
  }
}
