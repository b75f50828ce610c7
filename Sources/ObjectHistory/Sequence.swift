import AuditModel

/// The acts on one object in the order in which they happened.
func inOrder(_ steps: [Step]) -> [Step] {
  let places = steps.map { step in
    LifePlace(
      end: step.end, time: step.act.time, id: step.act.id, uid: step.uid, version: step.version, floor: step.floor,
      isEffective: step.isEffective, isEnd: step.isEnd && step.isSureEnd)
  }
  return lifeOrder(places).map { steps[$0] }
}

extension Step {
  var isEnd: Bool { if case .end = effect { true } else { false } }
}
