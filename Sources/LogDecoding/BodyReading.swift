import AuditModel

private enum BodyKey: Int, MemberKey {
  case kind, apiVersion, metadata, spec, details
}

private enum MetadataKey: Int, MemberKey {
  case name, namespace, uid, resourceVersion, generation, deletionTimestamp, deletionGracePeriodSeconds, finalizers
}

private let bodyKeys = KeyTable<BodyKey>()
private let metadataKeys = KeyTable<MetadataKey>()

/// What a body says of its object; nil where there is none, or where it is no object (a JSON patch is an array), unless
/// it is an array that asks for nothing.
/// - Parameter detailsNameObject: whether a `Status` names in its `details` the object that was deleted.
func bodyFacts(_ body: JSONElement, detailsNameObject: Bool) -> BodyFacts? {
  guard let object = body.object else {
    return body.isArray && !body.hasItems ? BodyFacts(isEmpty: true) : nil
  }
  if object.isEmpty { return BodyFacts(isEmpty: true) }
  let members = object.members(bodyKeys)
  var facts = BodyFacts(kind: members[.kind].nonEmpty, apiVersion: members[.apiVersion].nonEmpty)
  if let metadata = members[.metadata].object?.members(metadataKeys) {
    facts.name = metadata[.name].nonEmpty
    facts.namespace = metadata[.namespace].nonEmpty
    facts.uid = metadata[.uid].nonEmpty
    facts.resourceVersion = resourceVersion(metadata[.resourceVersion])
    facts.generation = metadata[.generation].integer
    facts.hasDeletionTimestamp = metadata[.deletionTimestamp].isPresent
    facts.isHeld = metadata[.finalizers].hasItems || (metadata[.deletionGracePeriodSeconds].integer ?? 0) > 0
  }
  if let spec = members[.spec].object {
    facts.tier = spec["tier"].nonEmpty
    if facts.hasDeletionTimestamp, spec["finalizers"].hasItems { facts.isHeld = true }
  }
  if detailsNameObject, facts.kind == "Status", let details = members[.details].object {
    facts.name = details["name"].nonEmpty
    facts.uid = details["uid"].nonEmpty
  }
  return facts
}

/// The items of a list, as far as they have names.
func listedObjects(_ list: JSONElement) -> [MetObject] {
  var found: [MetObject] = []
  list.object?["items"].forEachItem { item in
    guard let metadata = item.object?["metadata"].object?.members(metadataKeys), let name = metadata[.name].nonEmpty
    else { return }
    found.append(MetObject(namespace: metadata[.namespace].nonEmpty, name: name))
  }
  return found
}

/// Whether a patch asks for nothing but another `metadata.managedFields`, as kubectl does before it applies on the
/// server's side for the first time. The history of the object reads such patches in the same way.
func movesOnlyOwners(_ patch: JSONElement) -> Bool {
  func isOfOwners(_ pointer: UnsafeRawBufferPointer?) -> Bool {
    pointer.map { $0 == "/metadata/managedFields" || $0.starts(with: "/metadata/managedFields/") } ?? false
  }
  if let body = patch.object {
    guard let metadata = body["metadata"].object, metadata.has("managedFields") else { return false }
    return body.pairs.allSatisfy { $0.key == "metadata" }
      && metadata.pairs.allSatisfy { $0.key == "managedFields" || $0.key == "resourceVersion" }
  }
  guard patch.isArray else { return false }
  var (isAny, isAll) = (false, true)
  patch.forEachItem { item in
    guard isAll, let operation = item.object else { return isAll = false }
    let path = operation.bytes("path")
    isAny = isAny || isOfOwners(path)
    isAll =
      (isOfOwners(path) || path.map { $0 == "/metadata/resourceVersion" } ?? false)
      && (!operation.has("from") || isOfOwners(operation.bytes("from")))
  }
  return isAny && isAll
}

/// Whether `metadata.managedFields` of a body has entries of several managers, those of subresources left out, and
/// whether one of them has no time.
func readOwners(_ body: JSONElement, into facts: inout BodyFacts?) {
  guard let metadata = body.object?["metadata"].object else { return }
  var (count, isUntimed) = (0, false)
  metadata["managedFields"].forEachItem { entry in
    guard let entry = entry.object, entry["subresource"].nonEmpty == nil else { return }
    count += 1
    if entry["time"].nonEmpty == nil { isUntimed = true }
  }
  facts?.isShared = count > 1
  facts?.hasUntimedOwner = isUntimed
}

/// The latest time in `metadata.managedFields` of a body; nil where there is none.
func managedTime(_ body: JSONElement, _ times: inout TimestampReader) -> Timestamp? {
  guard let metadata = body.object?["metadata"].object else { return nil }
  var latest: Timestamp?
  metadata["managedFields"].forEachItem { entry in
    guard let entry = entry.object, let time = times.read(entry["time"]) else { return }
    latest = max(latest ?? time, time)
  }
  return latest
}

/// Old versions of the Calico API server put a `/` behind the number.
func resourceVersion(_ element: JSONElement) -> String? {
  guard let bytes = element.bytes, !bytes.isEmpty else { return nil }
  let count = bytes[bytes.count - 1] == UInt8(ascii: "/") ? bytes.count - 1 : bytes.count
  return count > 0 ? String(decoding: bytes.part(0..<count), as: UTF8.self) : nil
}

/// Whether the request asked to change nothing: `dryRun=All`.
///
/// A deletion takes its options from its body and reads the URI only when there is none (the API server's handler of
/// DELETE), so a body without `dryRun` makes a real deletion of one whose URI says otherwise. An eviction takes either,
/// its body's from `deleteOptions`.
func isDryRun(verb: String, uri: UnsafeRawBufferPointer?, body: JSONElement) -> Bool {
  if verb == "delete" || verb == "deletecollection", let options = body.object, let kind = options.bytes("kind"),
    kind == "DeleteOptions"
  {
    return options["dryRun"].containsString("All")
  }
  if verb == "create", let eviction = body.object, let kind = eviction.bytes("kind"), kind == "Eviction",
    let options = eviction["deleteOptions"].object, options["dryRun"].containsString("All")
  {
    return true
  }
  guard let uri, let question = uri.first(UInt8(ascii: "?"), from: 0) else { return false }
  let query = uri.part((question + 1)..<uri.count)
  // An escape may stand for any letter.
  guard query.contains("dryRun") || query.contains("%") else { return false }
  return queryItems(query).contains { $0.name == "dryRun" && $0.value == "All" }
}

/// The parameters of a query, unescaped, in order, as Go's `url.ParseQuery` takes them: one with a `;` is dropped.
func queryItems(_ query: UnsafeRawBufferPointer) -> [(name: String, value: String)] {
  query.split(separator: UInt8(ascii: "&")).compactMap { item in
    guard !item.contains(UInt8(ascii: ";")) else { return nil }
    let halves = item.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
    guard let name = halves.first.flatMap(unescaped) else { return nil }
    guard halves.count > 1 else { return (name, "") }
    guard let value = unescaped(halves[1]) else { return nil }
    return (name, value)
  }
}

private func unescaped(_ bytes: Slice<UnsafeRawBufferPointer>) -> String? {
  var out: [UInt8] = []
  out.reserveCapacity(bytes.count)
  var rest = bytes
  while let byte = rest.popFirst() {
    switch byte {
    case UInt8(ascii: "+"): out.append(0x20)
    case UInt8(ascii: "%"):
      guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
        return nil
      }
      out.append(high << 4 | low)
    default: out.append(byte)
    }
  }
  return String(decoding: out, as: UTF8.self)
}

private func hexDigit(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
  default: nil
  }
}
