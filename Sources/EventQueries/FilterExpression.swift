/// A filter as a tree. `and` and `or` hold at least two parts, none of their own sort: `(a b) c` is `a b c`.
indirect enum FilterExpression: Hashable, Sendable {
  case and([FilterExpression])
  case or([FilterExpression])
  case not(FilterExpression)
  /// A name without the `@` and what it stood for when the text was parsed; nil takes everything.
  case macro(String, FilterExpression?)
  case comparison(FilterComparison)
  case text(FilterText)

  /// The parts joined by AND, nested ones spliced in; nil for none.
  static func joined(_ parts: [FilterExpression]) -> FilterExpression? {
    let flat = parts.flatMap { part in if case .and(let inner) = part { inner } else { [part] } }
    return flat.count > 1 ? .and(flat) : flat.first
  }

  /// The parts joined by OR, nested ones spliced in; nil for none.
  static func alternatives(_ parts: [FilterExpression]) -> FilterExpression? {
    let flat = parts.flatMap { part in if case .or(let inner) = part { inner } else { [part] } }
    return flat.count > 1 ? .or(flat) : flat.first
  }
}

extension FilterExpression {
  /// Plain names of kinds; macros are the program's own, or the configuration's.
  var kindNames: [String] {
    switch self {
    case .and(let parts), .or(let parts): parts.flatMap(\.kindNames)
    case .comparison(let comparison)
    where comparison.subject == .field("kind") && [.has, .equal].contains(comparison.comparator):
      comparison.items.compactMap { item in if case .literal(let name) = item { name } else { nil } }
    default: []
    }
  }
}

/// `field op value`.
struct FilterComparison: Hashable, Sendable {
  enum Subject: Hashable, Sendable {
    /// The `name` of a row of `FilterField.all`.
    case field(String)
    case path(FilterPath)
  }
  var subject: Subject
  var comparator: FilterComparator
  /// Any of them; at least one.
  var items: [FilterItem]
  /// What it comes to, negation of `!=` and `!~` included.
  var test: FilterTest
}

/// What stands between a field and its value.
enum FilterComparator: String, CaseIterable, Hashable, Sendable {
  case has = ":"
  case equal = "="
  case unequal = "!="
  case like = "~"
  case unlike = "!~"
  case less = "<"
  case atMost = "<="
  case greater = ">"
  case atLeast = ">="

  var isNegated: Bool { self == .unequal || self == .unlike }
  var isOrder: Bool { self == .less || self == .atMost || self == .greater || self == .atLeast }
}

/// One of the values that a comparison names.
enum FilterItem: Hashable, Sendable {
  /// To be taken as it is; what was quoted, and what has no wild characters.
  case literal(String)
  /// With `*` or `?`.
  case pattern(String)
  case regex(FilterRegex)
  /// `lower..upper`; one of them may be open.
  case range(String?, String?)
}

/// What is searched for in all that a row and its record show.
enum FilterText: Hashable, Sendable {
  case phrase(String)
  /// With `*` or `?`; the expression is what it means inside a record.
  case pattern(String, withinString: FilterRegex)
  case regex(FilterRegex)
}
