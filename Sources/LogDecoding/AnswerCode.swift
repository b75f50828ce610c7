import AuditModel

/// The HTTP status that a request was answered with; nil where the record does not tell.
///
/// Where `responseStatus` has no code, which only reduced records and those of other writers lack, its `status` and
/// `reason` say as much, and so does an answer that is there: a failure is answered with a `Status`, all else with
/// the object.
func answerCode(_ fields: borrowing JSONMembersFound<EventKey>, verb: String) -> Int? {
  if let status = fields[.responseStatus].object, let code = statedCode(status, verb: verb) { return code }
  guard let body = fields[.responseObject].object, let kind = body.bytes("kind") else { return nil }
  if kind == "Status" { return statedCode(body, verb: verb) }
  guard body["metadata"].object != nil else { return nil }
  return acceptedCode(verb)
}

/// What a `Status` of the API server says, in the order in which its members can be relied on.
private func statedCode(_ status: borrowing JSONObject, verb: String) -> Int? {
  let code = status["code"]
  // Exports write numbers as text. 0 is the number of what was never set.
  if let code = code.integer ?? code.string.flatMap({ Int64($0) }), let known = Int(exactly: code), known > 0 {
    return known
  }
  if let reason = status["reason"].string, let code = codesOfReasons[reason] { return code }
  guard let word = status.bytes("status"), word == "Success" else { return nil }
  return acceptedCode(verb)
}

/// What kube-apiserver answers with where nothing else is known of a success.
private func acceptedCode(_ verb: String) -> Int { verb == "create" ? 201 : 200 }

/// The code that goes with each `StatusReason` of apimachinery's `meta/v1/types.go`.
private let codesOfReasons: [String: Int] = [
  "BadRequest": 400, "Unauthorized": 401, "Forbidden": 403, "NotFound": 404, "MethodNotAllowed": 405,
  "NotAcceptable": 406, "AlreadyExists": 409, "Conflict": 409, "Expired": 410, "Gone": 410,
  "RequestEntityTooLarge": 413, "UnsupportedMediaType": 415, "Invalid": 422, "TooManyRequests": 429,
  "InternalError": 500, "ServerTimeout": 500, "StorageReadError": 500, "ServiceUnavailable": 503, "Timeout": 504,
]
