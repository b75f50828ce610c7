import AuditModel
import Glibc
import Testing

@testable import LogDecoding

/// Ten thousand broken logs: each sample flipped, cut, doubled and spliced with others. Whatever the bytes are, reading
/// ends, every position lies in the text, each line is accounted for, and each record can be read again.
struct MutationTests {
  @Test(arguments: 0..<100)
  func `no broken log stops the decoder or is passed over`(seed: Int) {
    var random = SeededRandom(seed: seed)
    for round in 0..<100 {
      guard let sample = Sample.all.randomElement(using: &random), !sample.bytes.isEmpty else { continue }
      let text = mutated(sample.bytes, &random)
      let problem = problem(of: text, round: round, &random)
      if problem != nil { keep(text, "\(seed)-\(round)") }
      #expect(problem == nil, "\(sample.name), round \(round)")
    }
  }

  /// Files that stopped the decoder once, or were read wrongly.
  @Test(arguments: Corpus.all)
  func `what was found by fuzzing stays mended`(file: Sample) {
    var random = SeededRandom(seed: 1)
    #expect(problem(of: file.bytes, round: 0, &random) == nil)
  }

  /// Where `KEEP_MUTANTS` names a folder, what failed is written there: a candidate for the corpus.
  private func keep(_ text: [UInt8], _ name: String) {
    guard let folder = getenv("KEEP_MUTANTS") else { return }
    let descriptor = open(String(cString: folder) + "/" + name, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    _ = text.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
  }

  private func mutated(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    // Most samples are short; of a long one a part will do.
    var text = bytes
    if text.count > 8000, Int.random(in: 0..<4, using: &random) > 0 {
      let start = Int.random(in: 0..<(text.count - 4000), using: &random)
      text = Array(text[start..<(start + 4000)])
    }
    for _ in 0..<Int.random(in: 1...6, using: &random) where !text.isEmpty {
      let place = Int.random(in: 0..<text.count, using: &random)
      let length = min(text.count - place, Int.random(in: 1...200, using: &random))
      switch Int.random(in: 0..<8, using: &random) {
      case 0: text[place] = UInt8.random(in: 0...255, using: &random)
      case 1: text[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 2: text.removeSubrange(place..<(place + length))
      case 3: text.insert(contentsOf: Array(text[place..<(place + length)]), at: place)
      case 4: text.insert(Array("{}[]\",:\\\n\0 <>|\t".utf8).randomElement(using: &random) ?? 0, at: place)
      case 5: text.removeSubrange(place...)
      case 6:
        let words = ["\"", "{\"log\":\"", "data: ", "{\"items\":[", "2026-10-05T09:12:44Z stdout P ", "{\\\"", "[[{"]
        text.insert(contentsOf: Array((words.randomElement(using: &random) ?? "").utf8), at: place)
      default:
        if let other = Sample.all.randomElement(using: &random) {
          let from = Int.random(in: 0...other.bytes.count, using: &random)
          text.insert(contentsOf: other.bytes[from..<min(other.bytes.count, from + length * 4)], at: place)
        }
      }
    }
    return text
  }
}

/// What is wrong with how a text is read; nil when nothing is.
func problem(of text: [UInt8], round: Int, _ random: inout SeededRandom) -> String? {
  let framing = text.prefix(65_536).withUnsafeBytes { RecordDecoder.framing(of: $0) }
  let decoder = RecordDecoder(framing: framing)
  var passed: [Range<Int>] = []
  decoder.passes = { passed.append($0) }
  let (batch, consumed) = text.withUnsafeBytes { decoder.decode($0, offset: 0, isLast: true) }
  if consumed != text.count { return "\(consumed) of \(text.count) bytes were used" }
  if batch.lineCount != text.count(where: { $0 == 10 }) { return "the lines are miscounted" }
  var covered = passed
  for (offset, length, line) in batch.records.map({ ($0.position.offset, $0.position.length, $0.position.line) })
    + batch.rejects.map({ ($0.offset, $0.length, $0.line) })
  {
    let start = Int(offset)
    guard start >= 0, length >= 0, start + length <= text.count else { return "a position outside of the text" }
    if line != 1 + text[..<start].count(where: { $0 == 10 }) { return "a record on the wrong line" }
    covered.append(start..<(start + length))
  }
  if batch.rejects.contains(where: { $0.reason.isEmpty }) { return "a reject without a reason" }
  // In lists there is text between records; on lines all is a record, a reject, or known to hold nothing.
  if framing != .stream, let line = uncovered(text, covered) {
    return "line \(line) was passed over in silence"
  }
  for record in batch.records.prefix(4) {
    let start = Int(record.position.offset)
    let outer = Array(text[start..<(start + record.position.length)])
    guard let own = payload(of: outer, contentID: record.contentID) else {
      return "the record on line \(record.position.line) cannot be read again"
    }
    // A row of a table is nothing without its head.
    if framing != .table, record.event != nil, decodeContent(own) == nil {
      return "no content on line \(record.position.line)"
    }
  }
  guard round % 8 == 0 else { return nil }
  let whole = decode(text, framing: framing)
  let most = max(64, text.count / 40)
  var sizes = random
  let split = decode(text, framing: framing, stretch: { _ in Int.random(in: 1...most, using: &sizes) })
  return split == whole ? nil : "read otherwise in stretches of up to \(most) bytes"
}

/// The first line of which nothing is covered though it is not blank.
private func uncovered(_ text: [UInt8], _ covered: [Range<Int>]) -> Int? {
  let spans = covered.sorted { $0.lowerBound < $1.lowerBound }
  var reach = 0
  var next = 0
  var line = 0
  var at = 0
  while at < text.count {
    line += 1
    let end = text[at...].firstIndex(of: 10) ?? text.count
    let range = text.withUnsafeBytes { $0.trimmed(at..<end) }
    // Brackets and commas between records.
    let isPunctuation = text[range].allSatisfy { "[], ".utf8.contains($0) }
    if !isPunctuation {
      while next < spans.count, spans[next].lowerBound < range.upperBound {
        reach = max(reach, spans[next].upperBound)
        next += 1
      }
      if reach <= range.lowerBound { return line }
    }
    at = end + 1
  }
  return nil
}

/// The files of `Tests/Fuzz/Corpus`.
enum Corpus {
  static let all: [Sample] = {
    let folder = Sample.folder.replacing("/LogDecoding/Samples", with: "/Fuzz/Corpus")
    return fileNames(in: folder).map { Sample(name: $0, bytes: readFile(folder + "/" + $0) ?? [], expected: nil) }
  }()
}
