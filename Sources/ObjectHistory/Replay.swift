import AuditModel

/// Walks through the acts on one object in order and keeps what is known of it.
struct Replay {
  let key: ObjectKey
  private(set) var revisions: [Revision] = []
  private(set) var kind: String
  /// For each step the index of the row that it left; nil for one that left none.
  private(set) var rows: [Int?] = []

  private var lifetime = 0
  private var number = 0
  /// Of the present lifetime; nil as long as no act told.
  var uid: String?
  /// The object as the last act left it; nil when it is not known.
  var manifest: JSONValue?
  /// Who owns which of its fields; nil where the manifest's own managedFields tell.
  var owners: FieldOwners?
  var isAlive = false
  /// Whether a deletion began, as far as acts that do not show the object tell.
  var hasBegunToEnd = false
  /// The row of a deletion whose time is not known, as long as no answer shows the object after it.
  private var guessedDeletion: Int?
  /// When the last write ended whose version is not known.
  private var lastUnversioned: Timestamp?

  init(_ key: ObjectKey) {
    self.key = key
    kind = key.kind.kind
  }

  mutating func run(_ steps: [Step]) {
    let next = Replay.nextWrites(steps)
    for (index, step) in steps.enumerated() {
      let later = steps[(index + 1)...]
      let rowCount = revisions.count
      defer { rows.append(revisions.count > rowCount ? rowCount : nil) }
      settleDeletion(by: step)
      switch step.effect {
      case .none where step.isSighting: see(step)
      case .none: addNoVersion(step)
      case .write(.update, let body) where step.movesOnlyOwners: moveOwners(step, body)
      case .write(.terminating, .absent(let fidelity)): terminate(step, fidelity)
      case .write(let operation, let body): write(step, operation, body)
      case .part(let body): if !finalize(step, body, before: later) { writePart(step, body) }
      case .end(let fidelity): end(step, fidelity, before: later)
      case .collection(let selector, let fidelity):
        inferEnd(step, selector, fidelity, before: next[index].map { steps[$0] })
      }
    }
  }

  /// For each step the index of the next one that did something to this very object; nil where there is none.
  private static func nextWrites(_ steps: [Step]) -> [Int?] {
    var next: Int?
    return steps.indices.reversed().map { index -> Int? in
      defer { if steps[index].isEffective, !steps[index].isCollection { next = index } }
      return next
    }.reversed()
  }

  /// Puts a row for what was before the log in front, where the acts tell of it.
  mutating func addInitial(_ steps: [Step]) {
    guard let state = InitialState(before: steps, of: key) else { return }
    revisions.insert(
      Revision(
        object: key, kind: kind, uid: state.uid, lifetime: 1, time: state.time, operation: .initial,
        fidelity: state.fidelity, manifest: state.manifest, generation: state.generation,
        resourceVersion: state.resourceVersion, sources: state.sources),
      at: 0)
    rows = rows.map { $0.map { $0 + 1 } }
  }

  /// What the first manifest says of the kind holds for the rows before it too.
  mutating func spreadKind() {
    for index in revisions.indices where revisions[index].kind != kind { revisions[index].kind = kind }
  }

  /// Starts the next lifetime where the act shows that the object is another one.
  mutating func enterLife(_ step: Step, isCreation: Bool = false) {
    let isOther = uid != nil && step.uid != nil && uid != step.uid
    let isAgain = isCreation && lifetime > 0 && hasLived && (step.uid == nil || step.uid != uid)
    if lifetime == 0 || isOther || isAgain {
      lifetime += 1
      uid = nil
      manifest = nil
      owners = nil
      isAlive = false
      hasBegunToEnd = false
      hasLived = false
      guessedDeletion = nil
    }
    uid = step.uid ?? uid
    hasLived = true
  }

  /// Whether an accepted act of the present lifetime has been seen.
  private var hasLived = false

  /// A no-op may be the first that shows the version which it found.
  private mutating func addNoVersion(_ step: Step) {
    if step.uid != nil { enterLife(step) }
    if step.act.outcome == .noop, let answer = step.answer, !answer.isPartial, step.version != nil,
      answer.resourceVersion != manifest?["metadata", "resourceVersion"]?.string
    {
      isAlive = true
      manifest = answer.object
      owners = nil
      return append(step, operation: nil, fidelity: .full, manifest: manifest, isVersion: false)
    }
    append(step, operation: nil, fidelity: nil, manifest: nil, isVersion: false)
  }

  /// A read that shows the object tells what it was. One that ran beside a write may have been answered before it.
  private mutating func see(_ step: Step) {
    guard let answer = step.answer, !answer.isPartial else { return }
    enterLife(step)
    isAlive = true
    if manifest == nil || lastUnversioned.map({ $0 < step.act.time }) ?? true {
      manifest = answer.object
      owners = nil
    }
  }

  private mutating func write(_ step: Step, _ operation: Operation, _ body: Step.Body) {
    enterLife(step, isCreation: operation == .create)
    if step.version == nil { lastUnversioned = max(lastUnversioned ?? step.end, step.end) }
    let before = manifest
    if operation == .update, !step.isConverted, case .stored(let object) = body, let before,
      step.movedOnlyOwners(from: before, to: object)
    {
      return moveOwners(step, body)
    }
    let known = state(after: body, step, operation)
    manifest = known.manifest
    if operation == .update, isAlive, known.fidelity == .rebuilt, step.version == nil || step.isConverted, let before,
      let manifest, isSame(before, manifest)
    {
      // Accepted, and all that was asked for was there.
      var step = step
      step.detail.act.outcome = .noop
      return append(step, operation: nil, fidelity: nil, manifest: nil, isVersion: false)
    }
    if operation == .terminating { hasBegunToEnd = true }
    isAlive = true
    var operation = operation
    if operation == .update, known.fidelity == .rebuilt, let manifest, manifest.isDeleted, !manifest.isHeld,
      before?.hasFinalizers ?? true
    {
      operation = .delete
      isAlive = false
    }
    if operation == .delete {
      manifest = nil
      append(step, operation: .delete, fidelity: known.fidelity, manifest: nil, isVersion: false)
    } else {
      append(step, operation: operation, fidelity: known.fidelity, manifest: manifest, isVersion: true)
    }
  }

  /// The server keeps a version of its own, which says what the one before says.
  private mutating func moveOwners(_ step: Step, _ body: Step.Body) {
    enterLife(step)
    isAlive = true
    var step = step
    step.detail.act.outcome = .noop
    guard case .stored(let object) = body else {
      if let patch = step.detail.request, manifest != nil {
        var known = currentOwners
        known.rewrite(by: patch)
        owners = known
      }
      return append(step, operation: nil, fidelity: nil, manifest: nil, isVersion: false)
    }
    manifest = object
    owners = nil
    append(
      step, operation: nil, fidelity: step.isConverted ? .rebuilt : .full, manifest: object, isVersion: false)
  }

  private mutating func writePart(_ step: Step, _ body: Step.Body) {
    enterLife(step)
    switch body {
    case .stored(let object):
      manifest = object
      append(step, operation: .update, fidelity: .full, manifest: object, isVersion: false)
    case .storedMetadata, .absent, .patch, .requested:
      if let known = withPart(step, body) {
        manifest = known
        return append(step, operation: .update, fidelity: .rebuilt, manifest: known, isVersion: false)
      }
      // What a status holds is no part of what people write; of other parts it is unknown what they altered.
      if let part = step.act.object?.subresource, !Replay.harmlessParts.contains(part) { manifest = nil }
      var fidelity = Fidelity.metadata
      if case .absent(let why) = body { fidelity = why }
      append(step, operation: .update, fidelity: fidelity, manifest: nil, isVersion: false)
    }
  }

  private static let harmlessParts: Set<String> = ["status", "token", "eviction", "approval", "log"]

  /// What the object is after a write, and how well that is known.
  mutating func state(
    after body: Step.Body, _ step: Step, _ operation: Operation
  ) -> (fidelity: Fidelity, manifest: JSONValue?) {
    switch body {
    case .stored(let object):
      owners = nil
      return (step.isConverted ? .rebuilt : .full, object)
    case .storedMetadata(let partial):
      guard let manifest, let metadata = partial["metadata"] else { return (.metadata, nil) }
      return (.rebuilt, manifest.setting(["metadata"], to: metadata))
    case .requested(let object):
      guard object.members != nil else { return (.metadata, nil) }
      return (.rebuilt, updated(completed(object, step), step))
    case .patch(let patch):
      guard let rebuilt = patched(patch, step, operation) else { return (.metadata, nil) }
      return (.rebuilt, rebuilt)
    case .absent(let fidelity): return (fidelity, nil)
    }
  }

  private mutating func patched(_ patch: JSONValue, _ step: Step, _ operation: Operation) -> JSONValue? {
    guard let kind = step.patch else { return nil }
    if kind == .apply {
      // An apply that creates holds all that there is.
      guard let base = operation == .create ? completed(patch, step) : manifest else { return nil }
      var known = operation == .create ? FieldOwners(key) : currentOwners
      let result = known.apply(patch, by: step.fieldManager ?? "", to: base)
      owners = known
      guard let result else { return nil }
      return withoutVersion(Defaulting.apply(to: result, of: key))
    }
    guard let base = manifest else { return nil }
    let result: JSONValue? =
      switch kind {
      case .json: try? JSONPatch.apply(Replay.withoutMachineFields(patch), to: base, trustsTests: true)
      case .merge: MergePatch.apply(patch, to: base)
      case .strategic: StrategicMergePatch.apply(patch, to: base, of: key)
      // The garbage collector takes finalizers away with merge patches, and owners with strategic ones.
      case .mergeOrStrategic where step.act.isOf(controller: "generic-garbage-collector"):
        patch["metadata", "finalizers"] != nil
          ? MergePatch.apply(patch, to: base) : StrategicMergePatch.apply(patch, to: base, of: key)
      case .mergeOrStrategic where step.isStrategicOfKubectl: StrategicMergePatch.apply(patch, to: base, of: key)
      case .mergeOrStrategic:
        Replay.agreed(MergePatch.apply(patch, to: base), StrategicMergePatch.apply(patch, to: base, of: key))
      case .apply: nil
      }
    guard let result else { return nil }
    let object = updated(result, step)
    if kind == .json { owners?.rewrite(by: patch) }
    return object
  }

  /// The object as it is stored after a write that was no apply.
  private mutating func updated(_ object: JSONValue, _ step: Step) -> JSONValue {
    let stored = withoutVersion(Defaulting.apply(to: object, of: key))
    if owners == nil { owners = currentOwners }
    owners?.update(by: step.fieldManager ?? "", from: manifest, to: stored)
    return stored
  }

  var currentOwners: FieldOwners {
    owners ?? FieldOwners(of: manifest, key)
  }

  /// Where a body may be one or the other, the result is known only if both give the same.
  private static func agreed(_ left: JSONValue, _ right: JSONValue?) -> JSONValue? { left == right ? left : nil }

  /// A JSON patch without the operations on fields that a rebuilt object lacks.
  private static func withoutMachineFields(_ patch: JSONValue) -> JSONValue {
    guard let operations = patch.array else { return patch }
    let fields = (ServerFields.ofWrites + ["uid"]).map { "/metadata/" + $0 }
    return .array(
      operations.filter { operation in
        let path = operation["path"]?.string ?? ""
        return !fields.contains { path == $0 || path.hasPrefix($0 + "/") }
      })
  }

  /// Whether two manifests differ in nothing but what the server keeps for itself.
  private func isSame(_ old: JSONValue, _ new: JSONValue) -> Bool {
    FieldDifferences(from: old, to: new, ignoring: ServerFields.extent).paths.isEmpty
  }

  /// A body as requested, with what the URL said and without the version that the client believed in.
  private func completed(_ body: JSONValue, _ step: Step) -> JSONValue {
    var object = body
    if object["metadata"]?.members == nil { object = object.setting(["metadata"], to: .object(JSONMembers())) }
    if object["metadata", "name"]?.string == nil {
      object = object.setting(["metadata", "name"], to: .string(key.name))
    }
    if let namespace = key.namespace, object["metadata", "namespace"]?.string == nil {
      object = object.setting(["metadata", "namespace"], to: .string(namespace))
    }
    return withoutVersion(object)
  }

  /// The object without the fields to which every write gives new values, which are not known here.
  func withoutVersion(_ object: JSONValue) -> JSONValue {
    object.withoutMetadata(ServerFields.ofWrites)
  }

  /// Notes that the next row is of a deletion whose time is a guess.
  mutating func noteGuessedDeletion() { guessedDeletion = revisions.count }

  /// The first answer after a deletion tells its time, for the rows since.
  private mutating func settleDeletion(by step: Step) {
    guard let row = guessedDeletion, let answer = step.answer, !answer.isPartial, answer.isDeleted,
      uid == nil || step.uid == uid
    else { return }
    guessedDeletion = nil
    // That of a pod is another one after each deletion.
    if key.isPod, step.act.verb.hasPrefix("delete") || step.act.object?.subresource == "eviction" { return }
    for index in row..<revisions.count where revisions[index].manifest?.isDeleted == true {
      for name in ["deletionTimestamp", "deletionGracePeriodSeconds"] {
        let path = ["metadata", name]
        revisions[index].manifest = revisions[index].manifest?.setting(path, to: answer.object[path])
      }
    }
  }

  mutating func append(
    _ step: Step, operation: Operation?, fidelity: Fidelity?, manifest: JSONValue?, isVersion: Bool,
    isInferred: Bool = false
  ) {
    if let name = manifest?["kind"]?.string, key.kind.kind == key.kind.resource { kind = name }
    if isVersion { number += 1 }
    revisions.append(
      Revision(
        object: key, kind: kind, uid: step.isEffective || step.uid != nil ? uid : nil, lifetime: max(lifetime, 1),
        number: isVersion ? number : nil, time: step.act.time, operation: operation, fidelity: fidelity,
        manifest: manifest,
        generation: manifest?["metadata", "generation"]?.integer, resourceVersion: step.resourceVersion,
        isInferred: isInferred, act: step.act))
  }
}

extension Step {
  var isCollection: Bool { if case .collection = effect { true } else { false } }
}
