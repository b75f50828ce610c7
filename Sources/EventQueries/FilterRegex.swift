/// A regular expression whose cost grows only with the lengths of pattern and text.
///
/// Log text is written by strangers, so nothing here goes back and tries again: all ways through the pattern are
/// followed side by side. That is why there are neither backreferences nor lookaround. Letter case counts unless
/// the expression says otherwise; `^` and `$` are the ends of the whole text; `.` is any character but a newline.
struct FilterRegex: Hashable, Sendable {
  var pattern: String
  var ignoresCase: Bool
  private let program: RegexProgram

  struct Problem: Error, Hashable {
    var message: String
    /// In scalars, from 0.
    var offset: Int
  }

  /// Longest pattern, in scalars.
  static let longestPattern = 500

  init(_ pattern: String, ignoresCase: Bool = false) throws(Problem) {
    self.pattern = Self.withoutEscapedSlashes(pattern)
    self.ignoresCase = ignoresCase
    var parser = RegexParser(pattern, ignoresCase: ignoresCase)
    let tree = try parser.whole()
    var compiler = RegexCompiler()
    try compiler.emit(tree)
    program = RegexProgram(steps: compiler.steps + [.match])
  }

  /// A slash means the same with and without a backslash; one spelling is kept.
  private static func withoutEscapedSlashes(_ pattern: String) -> String {
    var out = String.UnicodeScalarView()
    var isEscaped = false
    for scalar in pattern.unicodeScalars {
      if isEscaped, scalar == "/" { out.removeLast() }
      isEscaped = scalar == "\\" && !isEscaped
      out.append(scalar)
    }
    return String(out)
  }

  static func == (left: FilterRegex, right: FilterRegex) -> Bool {
    left.pattern == right.pattern && left.ignoresCase == right.ignoresCase
  }
  func hash(into hasher: inout Hasher) {
    hasher.combine(pattern)
    hasher.combine(ignoresCase)
  }

  /// Whether a part of the text fits.
  func matches(_ text: String) -> Bool {
    var copy = text
    return copy.withUTF8 { program.matches($0) }
  }

  /// The same over UTF-8; bytes that are none count as U+FFFD.
  func matches(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool { program.matches(bytes) }

  /// `/pattern/`, with `i` where case does not count.
  var printed: String {
    var out = "/"
    var isEscaped = false
    for scalar in pattern.unicodeScalars {
      if scalar == "/", !isEscaped { out += "\\" }
      isEscaped = scalar == "\\" && !isEscaped
      out.unicodeScalars.append(scalar)
    }
    return out + "/" + (ignoresCase ? "i" : "")
  }
}
