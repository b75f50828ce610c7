import ArgumentParser
import LogDecoding

/// How far packed files are trusted.
struct UnpackingOptions: ParsableArguments {
  @Option(
    name: .customLong("unpack-ratio"),
    help: ArgumentHelp(
      "Stop unpacking what grows to more than so many times its size; 0 for no limit.", valueName: "times"))
  var ratio: Int64 = UnpackingLimits().ratio

  func validate() throws {
    if ratio < 0 { throw ValidationError("--unpack-ratio takes a number from 0 on.") }
  }

  var limits: UnpackingLimits { UnpackingLimits(ratio: ratio) }
}
