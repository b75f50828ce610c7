/// Numbers in sentences.
public enum Phrases {
  /// `1 change`, `1,204 changes`.
  static func count(_ count: Int, _ one: String, _ many: String? = nil) -> String {
    grouped(count) + " " + (count == 1 ? one : many ?? one + "s")
  }

  static func grouped(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var text = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }

  /// `0.2 s`, `48 s`, `27 min`, `3 h 20 min`, `2 d 4 h`.
  public static func duration(_ seconds: Double) -> String {
    let seconds = abs(seconds)
    if seconds < 10 { return "\((seconds * 10).rounded() / 10) s" }
    if seconds < 120 { return "\(Int(seconds.rounded())) s" }
    let minutes = Int((seconds / 60).rounded())
    if minutes < 120 { return "\(minutes) min" }
    if minutes < 48 * 60 {
      return minutes % 60 == 0 ? "\(minutes / 60) h" : "\(minutes / 60) h \(minutes % 60) min"
    }
    let hours = minutes / 60
    return hours % 24 == 0 ? "\(hours / 24) d" : "\(hours / 24) d \(hours % 24) h"
  }

  /// The last part of a path.
  static func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}
