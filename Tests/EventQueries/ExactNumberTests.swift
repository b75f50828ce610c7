import AuditModel
import Testing

@testable import EventQueries

@Suite struct ExactNumberTests {
  /// Each greater than the one before.
  private static let ascending = [
    "-1e400", "-18446744073709551617", "-18446744073709551616", "-9007199254740993", "-9007199254740992", "-1.5", "-1",
    "-0.001", "0", "1e-400", "0.1", "0.1000000000000000000001", "1", "1.5", "2", "10", "9007199254740992",
    "9007199254740993", "9223372036854775807", "9223372036854775808", "18446744073709551616", "18446744073709551617",
    "1e20", "1.00000000000000000001e20", "1e400", "1e99999999999999999999",
  ]

  @Test func `numbers of any length have an order`() throws {
    let numbers = try Self.ascending.map { try #require(ExactNumber($0), "\($0)") }
    for (index, number) in numbers.enumerated() {
      for (other, value) in numbers.enumerated() {
        #expect((number < value) == (index < other), "\(Self.ascending[index]) and \(Self.ascending[other])")
      }
    }
  }

  @Test(arguments: [
    ["0", "-0", "0.00", "0e9", "000"], ["100", "1e2", "1E+2", "0100", "100.0", "10000e-2", "+100", "100."],
    ["-2.5", "-25e-1", "-02.50"], [".5", "0.5"],
  ])
  func `one number has several texts`(_ texts: [String]) throws {
    #expect(Set(try texts.map { try #require(ExactNumber($0), "\($0)") }).count == 1)
  }

  @Test(arguments: ["", "-", ".", "e5", "1e", "1e+", "1x", "0x10", "1.2.3", "--1", "inf", "nan", "1 ", "१"])
  func `what is no number`(_ text: String) { #expect(ExactNumber(text) == nil) }

  @Test func `units multiply without rounding`() throws {
    #expect(Quantity.number("9007199254740993k") == ExactNumber("9007199254740993000"))
    #expect(Quantity.number("1.5Ki") == ExactNumber("1536"))
    #expect(Quantity.number("8388609Ti") == ExactNumber("9223373136366403584"))
    #expect(Quantity.number("-0.5M") == ExactNumber("-500000"))
    #expect(Quantity.number("5q") == nil)
    #expect(Quantity.integer("9007199254740.993k") == 9_007_199_254_740_993)
    #expect(Quantity.integer("9223372036854775807") == .max)
    #expect(Quantity.integer("-9223372036854775808") == .min)
    #expect(Quantity.integer("9223372036854775808") == nil)
    #expect(Quantity.integer("0.5") == nil)
    #expect(Quantity.integer("0.0") == 0)
    #expect(ExactNumber(microseconds: -1_500_000) == ExactNumber("-1.5"))
  }

  @Test(
    arguments: [
      (".objectRef.resourceVersion>9007199254740992", true), (".objectRef.resourceVersion>9007199254740993", false),
      (".objectRef.resourceVersion>=9007199254740993", true), (".objectRef.resourceVersion<9007199254740994", true),
      (".objectRef.resourceVersion:9007199254740993..9007199254740993", true),
      (".objectRef.resourceVersion:..9007199254740992", false),
      (".big>18446744073709551616", true), (".big<18446744073709551617", false), (".big:18446744073709551617", true),
      (".big:18446744073709551616", false), (".big=18446744073709551617.0", true), (".big<=18446744073709551617", true),
    ] as [(String, Bool)])
  func `a path compares numbers to the last digit`(_ filter: String, _ isTaken: Bool) throws {
    let record = #"{"objectRef":{"resourceVersion":"9007199254740993"},"big":18446744073709551617}"#
    #expect(try takes(filter, act(), record: record) == isTaken)
  }

  @Test func `a column compares numbers to the last digit`() throws {
    let large = act { $0.code = 9_007_199_254_740_993 }
    #expect(try takes("code>9007199254740992", large))
    #expect(try !takes("code>9007199254740993", large))
    #expect(try takes("code:9007199254740.993k", large))
  }
}
