import AuditModel

/// The manual of the filter language, printed from the tables that the parser reads.
public enum FilterLanguage {
  /// Markdown; ends with a newline.
  public static var markdown: String {
    ([introduction, grammar, meanings, traffic, fields, macros, examples, stages, paths, regexes] as [String])
      .joined(separator: "\n\n") + "\n"
  }

  private static let introduction = """
    # Filter language

    One language for the bar on screen (`f`), `whodiff log`, `changes` and `export`. Terms next to each other must all
    hold: `@policy verb:delete -actor:sa:gitops/*` lists deletions of policies by anyone but the service accounts of
    `gitops`. An empty filter takes everything. A `#` where a term may begin starts a comment.
    """

  private static let grammar = """
    ## Grammar

    ```
    filter   = [ expr ] [ "|" stage ]            the stage for `log` and `count` only
    expr     = and { OR and }
    and      = unary { [ AND ] unary }            white space is AND
    unary    = [ NOT | "-" ] primary              "-" only where a term can begin
    primary  = "(" expr ")" | "@" name | compare | text
    compare  = field op value | field IN set | field NOTIN set
    field    = name | "." path | quoted name
    op       = ":" | "=" | "!=" | "~" | "!~" | "<" | "<=" | ">" | ">="      also ":>" and the like
    value    = word | quoted | regex | range | set | "*"
    set      = item { "," item } | "{" item { "," item } "}" | "(" item { "," item } ")"
    range    = [ a ] ".." [ b ] | "[" a TO b "]"  for numbers, times, addresses and paths
    text     = word | quoted | regex              searched in all that the row and its record show
    regex    = "/" ... "/" [ "i" ]
    stage    = "count" [ "by" field { "," field } ] [ "every" duration ] | "top" number field
    ```

    `AND`, `OR`, `NOT`, `IN`, `NOTIN` and `TO` may be written in any case; `OR` binds weaker than `AND`. Names of fields
    may be too. A value runs to the next white space, comma or parenthesis, so `actor:system:serviceaccount:ci:deployer`
    needs no quotes. In quotes nothing is wild; `\\"`, `\\\\`, `\\n`, `\\r`, `\\t` and `\\u{1b}` are escapes. Words with a colon
    that are no field have to be quoted to be searched for.

    - `field IN {"a*", "b"}` any of them; here quotes leave `*` and `?` wild, as in Calico's GlobalAlerts.
    - `field:a,b` any of them; `field:*` the field is there; `-field:*` it is not.
    - `field=value` to the letter; `field!=value`, `field!~regex` and `-field:value` also take rows without the field.
    - `field~regex` a part fits the regular expression; `:` takes one as well: `name:/^allow-/i`.
    - `OR` between fields, a set between values: `verb:create,delete or code:403`.
    """

  private static let meanings = """
    ## What a colon means

    | type | `:` takes |
    |---|---|
    | name | the whole value, in any case; `*` any run of characters, `?` one |
    | user | as name; `sa:ns/name` stands for `system:serviceaccount:ns:name` |
    | text | a part of the value, in any case; `*` and `?` wild |
    | file | as name, over the whole path or what follows its last `/` |
    | path | a path in the object and all below it, `spec.egress` also `spec.egress[0].to`; indices of lists may be left out, `*` and `?` are wild within a step |
    | address | an address, a network (`10.0.0.0/8`, `2001:db8::/32`), a range, `pub` or `pvt` |
    | time | a day (all of it), a moment, a range, words: see below |
    | number | a whole number, `k M G` or `Ki Mi Gi` behind it; `4xx`; a range |
    | duration | `50ms`, `2s`, `1m30s`, `1h`; a bare number counts seconds |
    | choice | one of the names listed, in any case; `*` and `?` wild |
    | flag | `true` or `false` |
    | verb | as name; `post`, `put`, `replace`, `delete-collection` mean the API's verb |
    | kind | any name that kubectl takes, `kind.group`, `resource/subresource`; `cnp` is no NetworkPolicy of Kubernetes |
    | api | group, `group/version`; `core` and `v1` are the core group |
    | object | `namespace/name` or a name; `/name` for what is in no namespace; `*` and `?` wild |
    | word | as name, after `=` too in any case |
    | endpoint | `namespace/name`, a name, `/name` for what is in no namespace, or an address or a network; `*` and `?` wild |
    | policy | `tier/namespace/name`, `tier/name`, or a name with or without its tier before it; staged ones have `staged:` before theirs; `*` and `?` wild |
    | answer | a name, `*` and `?` wild; an address, a network, a range, `pub` or `pvt` |
    | search | as bare text |

    Times: `2026-11-20` (the whole day), `2026-11-20 16:12` (in quotes), `2026-11-20T16:12Z`, `16:12` (the last time that
    the clock showed it), `20 nov`, `monday`, `today`, `yesterday`, `"yesterday 9am"`, `24h` and `-24h` (before now),
    seconds, milliseconds, microseconds or nanoseconds since 1970. A time without a zone is one of the zone on screen.
    Units are `us ms s m h d w`.

    `changed`, `added`, `removed`, `fidelity` and `outside` ask the history of the object that the act is about. A
    `deletecollection` is about every object that its answer lists, and one of them is enough; where no answer was logged,
    or none of its objects is known, these fields have no value. `dryrun:true` takes every write that was only tried,
    whatever came of it: a refused one is `outcome:denied` too. `noop:true` takes what was accepted and altered nothing.
    """

  private static let traffic = """
    ## Flows and lookups

    Rows of flow and DNS logs stand beside audit acts; `data:` tells them apart. Their fields have the names that the logs
    use as other names, so a query of a GlobalAlert works as it is: `action = "deny" AND dest_namespace = "payments"`.
    Members of records that no field names can be asked for as they are: `dest_service_name = "db"`,
    `tcp_lost_packets > 0`; that reads the records.

    - A name with `*` at its end was aggregated when it was logged: `src:web-7c9d8-*` takes it and every pod of that
      beginning, `src:"web-7c9d8-*"` only the aggregated one.
    - `policy` and `policy.action` next to each other speak of one and the same policy; in brackets or negated each
      speaks for itself.
    - A policy that is logged with a tier's default action is but one of those that select the endpoint: it did not decide.
    - A flow between two pods is in the log twice, as `src` and as `dst` report it. For volumes take one: `reporter:src`.
      `src` that allows and `dst` that denies is a flow that was let out and stopped on its way in.
    - Rows are of an interval, mostly of 15 seconds to 5 minutes: `time:` is its beginning.
    """

  private static let stages = """
    ## Counting

    `whodiff log` and `whodiff count` take a stage behind a `|`:

    - `filter | count by field, field every 1h` how many rows have which values, in all or for each span of time;
    - `filter | top 20 field` the values that most rows have.
    """

  private static var fields: String {
    "## Fields\n\n"
      + FilterField.Group.allCases.map { group in
        "### \(group.title)\n\n| field | type | what | also | example |\n|---|---|---|---|---|\n"
          + FilterField.all.filter { $0.group == group }.map { field in
            "| `\(field.name)` | \(field.type.label) | \(cell(field.summary)) | "
              + field.aliases.map { "`\(cell($0))`" }.joined(separator: " ") + " | "
              + field.examples.map { "`\(cell($0))`" }.joined(separator: " ") + " |"
          }.joined(separator: "\n")
      }.joined(separator: "\n\n")
  }

  private static var macros: String {
    "## Macros\n\nNames for filters, overridable in the configuration.\n\n| macro | what | stands for |\n|---|---|---|\n"
      + FilterMacro.all.map { "| `@\($0.name)` | \(cell($0.summary)) | `\(cell($0.definition))` |" }
      .joined(separator: "\n")
  }

  /// Filters worth knowing and what they answer.
  public static let exampleFilters: [(filter: String, question: String)] = [
    ("@policy @human since:24h", "what did people do to policies since yesterday"),
    ("verb:delete kind:netpol ns:payments", "who deleted it"),
    ("actor:alice* -ip:10.0.0.0/8", "Alice, from elsewhere"),
    ("as:system:admin", "acting as admin, whoever it was"),
    ("changed:spec.egress added:0.0.0.0/0", "egress opened to everywhere"),
    ("@rbac added:\"*\" -actor:sa:gitops/*", "wildcard rights not set by the pipeline"),
    ("fidelity:T,M @policy", "changes whose content cannot be shown"),
    ("obj:default.restrict-egress outside:true", "changed off the record"),
    ("dryrun:true actor:sa:drift/*", "the controller that only looks"),
    (".responseObject.spec.order>=500 kind:gnp", "by what stands in the logged object"),
    ("@exec or (kind:secret verb:get,list ip:pub)", "reaching into pods, or for secrets from outside"),
    ("code:401,403 -by:system:*", "who is being refused"),
    ("at:\"2026-11-20 16:12\"+-30m @writes", "what happened around an incident"),
    ("\"0.0.0.0/0\" @policy", "policies with this network anywhere in the record"),
    ("data:flow action:deny dst:payments/* dst.port:5432", "who was kept from the database"),
    ("data:flow policy:*/staged:* policy.action:deny", "what the staged policies would have cut"),
    ("data:flow src:payments/* dst.ip:pub bytes>10M", "large transfers out"),
    ("data:dns answer:203.0.113.0/24", "who looked up that network"),
    ("data:dns latency>200ms -server:kube-system/*", "slow answers from strange servers"),
    ("count > 100 AND client_name=mypod", "a GlobalAlert's query, pasted"),
  ]

  private static var examples: String {
    "## Examples\n\n| filter | question |\n|---|---|\n"
      + exampleFilters.map { "| `\(cell($0.filter))` | \($0.question) |" }.joined(separator: "\n")
  }

  private static let paths = """
    ## Paths

    A term that begins with a dot looks into the logged document: `.responseObject.spec.order>=500`,
    `.requestObject.spec.egress[].action:Allow`, `.annotations."authorization.k8s.io/decision":forbid`. `[]` is any
    element of an array, `[0]` the first; an array at the end of a path is taken element by element. Names of the record
    itself need no dot: `requestObject.kind:DeleteOptions`. Numbers compare to the last digit, RFC 3339 texts as
    times. Rows whose level logged no bodies have nothing at such a path. Paths and searches read the records, so they
    are slower than fields; put a field next to them where you can.
    """

  private static let regexes = """
    ## Regular expressions

    `. [] [^] ( ) (?: ) | * + ? {m,n} ^ $ \\d \\w \\s \\b \\x41 \\u{1f600}` and a leading `(?i)`; letter case counts unless `i`
    follows the closing slash. There are neither backreferences nor lookaround: the time that a search takes grows only
    with the text. At most 500 characters.
    """

  private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }
}
