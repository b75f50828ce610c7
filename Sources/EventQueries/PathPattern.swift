/// A path of fields as a filter names it: `spec.egress`, `spec.ingress[0].from`, `metadata.annotations["a.b/c"]`.
///
/// Names are compared without regard to case, and `*` and `?` are wild within a step where it is a pattern. A dot
/// inside a name parts it like any other, so `metadata.annotations.a.b/c` names the same field without quotes.
struct PathPattern: Hashable, Sendable {
  private enum Step: Hashable, Sendable {
    case key(Glob)
    case index(Int)
  }
  private var steps: [Step] = []

  init(_ text: String, isPattern: Bool) {
    steps = pathSteps(text).map { step in
      switch step {
      case .key(let key): .key(isPattern ? Glob(pattern: key) : Glob(literal: key))
      case .index(let index): .index(index)
      }
    }
  }

  /// Whether the path, as change logs write it, is this one or below it. Indices that it has and this one leaves out
  /// may have any value.
  func covers(_ path: String) -> Bool {
    var rest = pathSteps(path)[...]
    for step in steps {
      switch step {
      case .index(let wanted): guard case .index(wanted)? = rest.popFirst() else { return false }
      case .key(let wanted):
        while case .index? = rest.first { rest.removeFirst() }
        guard case .key(let key)? = rest.popFirst(), wanted.matches(key) else { return false }
      }
    }
    return true
  }
}

private enum PathStep {
  case key(String)
  case index(Int)
}

/// The steps of a path; whatever is no path has some too. `[]` stands for any index, like none at all.
private func pathSteps(_ text: String) -> [PathStep] {
  var steps: [PathStep] = []
  var key = ""
  func close() {
    if !key.isEmpty { steps.append(.key(key)) }
    key = ""
  }
  var rest = Substring(text)
  while let next = rest.popFirst() {
    switch next {
    case ".": close()
    case "[":
      guard let end = rest.firstIndex(of: "]") else {
        key.append(next)
        continue
      }
      let inside = rest[..<end]
      if inside.isEmpty || Int(inside) != nil {
        close()
        if let index = Int(inside) { steps.append(.index(index)) }
        rest = rest[rest.index(after: end)...]
      } else if inside.first == "\"" {
        close()
        rest.removeFirst()
        while let inner = rest.popFirst(), inner != "\"" {
          if inner == "." {
            close()
          } else {
            key.append(inner == "\\" ? rest.popFirst() ?? inner : inner)
          }
        }
        close()
        if rest.first == "]" { rest.removeFirst() }
      } else {
        key.append(next)
      }
    default: key.append(next)
    }
  }
  close()
  return steps
}
