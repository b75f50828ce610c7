import AuditModel

// What writes to subresources leave of an object whose content is known.

extension Replay {
  /// The object after a write to a part of it that did not answer with the object; nil where that is not known.
  mutating func withPart(_ step: Step, _ body: Step.Body) -> JSONValue? {
    guard let manifest else { return nil }
    switch step.act.object?.subresource {
    case "scale":
      // Where a custom resource keeps the number, only its definition says.
      guard key.group == "apps" || key.group.isEmpty, let replicas = step.replicas else { return nil }
      return withoutVersion(manifest.setting(["spec", "replicas"], to: replicas))
    case "binding":
      guard let node = step.detail.request?["target", "name"] else { return nil }
      return withoutVersion(manifest.setting(["spec", "nodeName"], to: node))
    case "ephemeralcontainers", "resize": return state(after: body, step, .update).manifest
    default: return nil
    }
  }
}

extension Step {
  /// How many replicas a write to the subresource `scale` left. Both of its bodies are about a `Scale` with the object's
  /// name.
  fileprivate var replicas: JSONValue? {
    let answered = detail.response?["kind"]?.string == "Scale" ? detail.response?["spec", "replicas"] : nil
    let asked = detail.request?["spec", "replicas"]
    let patched = detail.request?.array?.last { operation in
      operation["path"]?.string == "/spec/replicas" && operation["op"]?.string != "test"
    }
    let number = answered ?? asked ?? patched?["value"]
    return number?.integer == nil ? nil : number
  }
}
