extension Act {
  /// Whether it is of one of the controllers in kube-controller-manager, whose name is meant: `namespace-controller`.
  ///
  /// With `--use-service-account-credentials` each has an account of its own; else they share one, and tell which they are
  /// at the end of their user agent.
  public func isOf(controller name: String) -> Bool {
    guard asUser == nil else { return false }
    return by == "system:serviceaccount:kube-system:" + name
      || (by == "system:kube-controller-manager" && agent.map { $0.hasSuffix("/" + name) } ?? true)
  }
}
