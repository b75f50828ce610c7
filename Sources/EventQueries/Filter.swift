public import AuditModel

/// A parsed filter. Printing it and parsing the print gives an equal filter.
public struct Filter: Hashable, Sendable, CustomStringConvertible {
  public static let everything = Filter()
  public init() {}
  public init(parsing text: String, context: FilterContext = FilterContext()) throws(FilterError) {}
  /// The filter in its own language.
  public var description: String { "" }
  public var isEverything: Bool { true }
  /// Plain words for the line below the bar.
  public func echo(zone: Zone) -> String { "" }
  /// The parts that must all hold.
  public var terms: [Filter] { [] }
  public func removing(term: Int) -> Filter { self }
  /// This filter and one more: `field:value`, or its negation.
  public func adding(field: String, value: String, excluded: Bool = false) -> Filter { self }
  public func and(_ other: Filter) -> Filter { self }
  public var plan: FilterPlan { .constant(true) }
}

/// What a filter's words are relative to.
public struct FilterContext: Sendable {
  /// For `-2h`, `yesterday`, `since:24h`.
  public var now: Timestamp
  public var zone: Zone
  /// Names without the `@`, and the filters they stand for; the shipped ones unless overridden.
  public var macros: [String: String]
  public init(now: Timestamp = Timestamp(microseconds: 0), zone: Zone = .utc, macros: [String: String] = [:]) {
    self.now = now
    self.zone = zone
    self.macros = macros
  }
}

/// Why a text is no filter, and where.
public struct FilterError: Error, Hashable, Sendable {
  /// One sentence without a full stop: `no field "usr"`.
  public var message: String
  /// From 1, in characters.
  public var column: Int
  /// At most three words that would do instead.
  public var suggestions: [String]
  public init(message: String, column: Int, suggestions: [String] = []) {
    self.message = message
    self.column = column
    self.suggestions = suggestions
  }
}
