import AuditModel

/// Looks for patches that found a version which somebody else made, unseen.
///
/// A no-op answers with the version that it found. Where no other act shows that one, the no-op passes for its maker;
/// but whoever alters a field owns it in managedFields from then on, and where the version before is known, what a patch
/// asks for may have been there already.
struct FinderSearch {
  private let storage: CalicoStorage

  /// Corrects the effects of steps, which are in any order.
  static func decide(_ steps: inout [Step], about storage: CalicoStorage) {
    let search = FinderSearch(storage: storage)
    let suspects = steps.indices.filter { search.isSuspect(steps[$0]) }
    guard !suspects.isEmpty else { return }
    let seen = VersionsSeen(steps, of: Set(suspects.compactMap { steps[$0].uid }))
    for index in suspects {
      let step = steps[index]
      guard let uid = step.uid, let version = step.version, let after = step.answer?.object else { continue }
      let before = seen.object(before: version, of: uid)
      if search.foundAll(step, before, after), let found = step.reading(as: .noop, about: storage) {
        steps[index] = found
      }
    }
  }

  /// Whether the step is an accepted patch whose answer says when fields got their owners, none while it ran: the acts
  /// that are `AuditEvent.mayHaveFound` on their own.
  private func isSuspect(_ step: Step) -> Bool {
    guard case .write(.update, .stored) = step.effect, step.act.verb == "patch", step.act.outcome == .changed,
      step.version != nil, !step.isConverted, !step.wasMutated, let answer = step.answer
    else { return false }
    let entries = answer.object["metadata", "managedFields"]?.array ?? []
    return entries.contains { $0["time"]?.string != nil } && !entries.contains(where: step.isMark)
  }

  /// Whether all that the patch asks for was there before it.
  private func foundAll(_ step: Step, _ before: JSONValue?, _ after: JSONValue) -> Bool {
    if step.isApply { return foundAll(byApply: step, before, after) }
    // An empty list that a type does not keep leaves no trace, and yet counts as a change.
    guard let asked = AskedFields(step), asked.given.allSatisfy({ after[$0] != nil }) else {
      return false
    }
    // Who puts items of a list in another order owns no more than before.
    let own = step.fieldManager == nil ? nil : step.ownFields(in: after, of: storage.key)
    let mayBeOwn = asked.given.filter { path in
      after[path]?.array != nil || before?[path]?.array != nil || own?.mayHold(path) ?? true
    }
    guard let before else { return asked.taken.isEmpty && asked.replaced.isEmpty && mayBeOwn.isEmpty }
    let isAllThere =
      mayBeOwn.allSatisfy { before[$0] == after[$0] } && asked.replaced.allSatisfy { before[$0] == after[$0] }
      && asked.taken.allSatisfy { before[$0] == nil }
    guard isAllThere else { return false }
    if mayBeOwn.isEmpty, asked.taken.isEmpty, asked.replaced.isEmpty { return true }
    // It may have put back what somebody else had altered, unless there is more that it did not touch.
    return !FieldDifferences(from: before, to: after, ignoring: FinderSearch.machine.union(asked.extent)).paths.isEmpty
  }

  /// An apply's own entry is brought up to date whenever it alters anything. Since clocks of two servers may not agree on
  /// when that was, there has to be something else that was altered, and nothing that it asks for.
  private func foundAll(byApply step: Step, _ before: JSONValue?, _ after: JSONValue) -> Bool {
    guard step.ownEntries(in: after).contains(where: { $0["time"]?.string != nil }) else {
      return false
    }
    guard let before else { return true }
    guard let asked = AskedFields(step) else { return false }
    return asked.given.allSatisfy { before[$0] == after[$0] }
      && !FieldDifferences(from: before, to: after, ignoring: FindingSearch.upkeep(of: storage.key)).paths.isEmpty
  }

  private static let machine = FieldExtent(ServerFields.ofKind + ServerFields.paths(ServerFields.ofWrites))
}

/// The fields that a patch asks to be so or gone; lists count whole.
private struct AskedFields {
  /// Members that get a value.
  private(set) var given: [[String]] = []
  /// Objects that are set as a whole, with whatever else was in them gone.
  private(set) var replaced: [[String]] = []
  private(set) var taken: [[String]] = []

  var extent: FieldExtent { FieldExtent(given + replaced + taken) }

  /// Nil for a patch with directives, and for one of managedFields.
  init?(_ step: Step) {
    guard let patch = step.detail.request else { return nil }
    switch step.patch {
    case .json:
      for operation in patch.array ?? [] where operation["op"]?.string != "test" {
        guard let path = AskedFields.steps(operation["path"]) else { return nil }
        switch operation["op"]?.string {
        case "remove": taken.append(path)
        case "move", "copy":
          guard let from = AskedFields.steps(operation["from"]) else { return nil }
          replaced.append(path)
          if operation["op"]?.string == "move" { taken.append(from) }
        default: if operation["value"]?.members == nil { given.append(path) } else { replaced.append(path) }
        }
      }
    case .merge, .mergeOrStrategic, .apply: collect(patch, at: [])
    default: return nil
    }
    let all = given + replaced + taken
    if all.contains(where: { $0.starts(with: ["metadata", "managedFields"]) || $0 == ["metadata"] || $0.isEmpty }) {
      return nil
    }
    given.removeAll { AskedFields.isIdentity($0) }
  }

  private mutating func collect(_ value: JSONValue, at path: [String]) {
    switch value {
    case .null: taken.append(path)
    case .object(let members) where members.isEmpty:
      // No labels are as good as none.
      if path.first != "metadata", !path.isEmpty { given.append(path) }
    case .object(let members): for member in members.unique { collect(member.value, at: path + [member.key]) }
    default: given.append(path)
    }
  }

  /// A pointer up to the list that it goes into.
  private static func steps(_ pointer: JSONValue?) -> [String]? {
    pointer?.string.flatMap(JSONPatch.pointer).map(FieldExtent.cut)
  }

  private static func isIdentity(_ path: [String]) -> Bool {
    path.count == 2 && path[0] == "metadata" && ["name", "namespace", "resourceVersion", "uid"].contains(path[1])
  }
}

/// What managedFields of an answer say of the one who sent a write.
extension Step {
  /// The entries of its manager, for what it applies or else for its updates.
  func ownEntries(in object: JSONValue) -> [JSONValue] {
    let operation = isApply ? "Apply" : "Update"
    guard let name = fieldManager else { return [] }
    return object.owners.filter { $0["manager"]?.string == name && $0["operation"]?.string == operation }
  }

  /// Whether one of them was written while the request ran.
  func hasLeftMark(in object: JSONValue) -> Bool {
    ownEntries(in: object).contains(where: isMark)
  }

  /// Whether an entry was written while the request ran: in whole seconds, by the same clock.
  func isMark(_ entry: JSONValue) -> Bool {
    entry["time"]?.string.flatMap { Timestamp(rfc3339: $0) }?.isStamp(from: act.time, to: end) ?? false
  }

  /// The fields that are its manager's; nil where an entry does not tell.
  fileprivate func ownFields(in object: JSONValue, of key: ObjectKey) -> FieldCover? {
    var fields = FieldSet()
    for entry in ownEntries(in: object) {
      guard let owned = entry["fieldsV1"] else { return nil }
      fields.formUnion(FieldSet(fieldsV1: owned, as: FieldLayout(key)))
    }
    return fields.cover
  }

  /// The step that the act would be if that had come of it; nil for one that was not simply accepted.
  func reading(as outcome: Outcome, about storage: CalicoStorage) -> Step? {
    guard act.outcome == .changed || act.outcome == .noop else { return nil }
    var detail = detail
    detail.act.outcome = outcome
    guard var other = Step(detail, about: storage, isConverted: false) else { return nil }
    other.floor = floor
    return other
  }
}
