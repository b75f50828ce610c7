import AuditModel
import TerminalScreen

extension Act {
  /// What was done, by whom and to what, in so many columns.
  ///
  /// A mail address loses its domain first, then the kind takes its short name, then the longer of the object's name and
  /// the actor's gives way: the name in its middle, the actor at its end. What was done always stays.
  func sentence(width: Int, asciiOnly: Bool) -> String {
    func fits(_ text: String) -> Bool { TextWidth.of(text, asciiOnly: asciiOnly) <= width }
    if fits(summary) { return summary }
    guard let key, verb != "deletecollection" else { return withoutName(width, fits) }
    let kind = self.kind ?? key.kind.kind
    for kind in [kind, key.kind.label] {
      let thing = kind + " " + key.path
      let rest = width - TextWidth.of(summary(of: thing, by: ""), asciiOnly: asciiOnly)
      let short = summary(of: thing, by: PaneWords.actor(self, width: max(1, rest)))
      if fits(short) { return short }
    }
    let actor = PaneWords.actor(self, width: 1)
    // The name of a kind that is not in the table may be long.
    let label = Screen.cut(key.kind.label, width: max(8, width / 2), .end, asciiOnly: asciiOnly)
    let room = max(2, width - TextWidth.of(summary(of: label + " ", by: ""), asciiOnly: asciiOnly))
    let (path, doer) = (TextWidth.of(key.path, asciiOnly: asciiOnly), TextWidth.of(actor, asciiOnly: asciiOnly))
    let pathRoom = path <= room / 2 ? path : max(room - doer, room - room / 2)
    let name = TimelineColumns.fitted(key.path, namespace: key.namespace, width: pathRoom, asciiOnly: asciiOnly)
    return summary(
      of: label + " " + Screen.cut(name, width: pathRoom, .middle, asciiOnly: asciiOnly),
      by: Screen.cut(actor, width: room - min(path, pathRoom), .end, asciiOnly: asciiOnly))
  }

  /// Where there is no name to cut, the actor gives way.
  private func withoutName(_ width: Int, _ fits: (String) -> Bool) -> String {
    let thing = subjectText
    let short = summary(of: thing, by: PaneWords.actor(self, width: 1))
    if fits(short) { return short }
    let room = max(2, width - summary(of: thing, by: "").count)
    return summary(of: thing, by: Screen.cut(actorText, width: room, .end, asciiOnly: true))
  }
}
