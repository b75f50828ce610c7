"""The command line: rows to the letter, exit codes, what counts as a file, files that are made."""
import csv, gzip, io, json, os, pathlib, pty, re, select, shutil, signal, stat, subprocess, sys, tempfile, time, unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Support"))
from terminal import SAMPLES, WHODIFF, private_environment

HOSTILE = "\x1b]52;c;ZXZpbA==\x07\x1b[2J\x9b31m\u202egnp.exe\u2066\x00\x08\x7f\u200b\ufeff"
# What must never reach a terminal: C0 but for line breaks, DEL, C1, bidirectional and zero-width characters.
FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f\x80-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
UID = "00000000-0000-4000-8000-000000000001"
POLICY = "netpol/shop/allow-web"


def policy(version, **spec):
    return {
        "kind": "NetworkPolicy", "apiVersion": "networking.k8s.io/v1",
        "metadata": {"name": "allow-web", "namespace": "shop", "uid": UID, "resourceVersion": str(version), "generation": version},
        "spec": {"podSelector": {"matchLabels": {"app": "web"}}, "policyTypes": ["Ingress"]} | spec,
    }


def event(number, verb, code, response=None, request=None, **more):
    return {
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "RequestResponse", "stage": "ResponseComplete",
        "auditID": f"11111111-0000-4000-8000-0000000000{number:02}", "verb": verb,
        "requestURI": "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/allow-web",
        "user": {"username": "alice@example.com", "groups": ["netsec", "system:authenticated"]},
        "sourceIPs": ["10.4.2.17"], "userAgent": "kubectl/v1.34.1",
        "objectRef": {"resource": "networkpolicies", "namespace": "shop", "name": "allow-web",
                      "apiGroup": "networking.k8s.io", "apiVersion": "v1"},
        "responseStatus": {"metadata": {}, "code": code}, "requestObject": request or response, "responseObject": response,
        "requestReceivedTimestamp": f"2026-11-20T16:11:{number:02}.204113Z",
        "stageTimestamp": f"2026-11-20T16:11:{number:02}.242113Z",
        "annotations": {"authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": "RBAC: allowed"},
    } | more


RULES = [{"from": [{"podSelector": {"matchLabels": {"app": "api"}}}]}]
FIRST = policy(1)
SECOND = policy(2, ingress=RULES)
EVENTS = [
    event(1, "create", 201, FIRST),
    # The request names the version that the client knew; the next one sends what is there already.
    event(2, "update", 200, SECOND, policy(1, ingress=RULES)),
    event(3, "update", 200, SECOND),
    event(4, "delete", 403, None),
    event(5, "get", 200, SECOND),
    event(6, "create", 201, {"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "shop", "uid": "u2", "resourceVersion": "9"}},
          objectRef={"resource": "namespaces", "namespace": "shop", "name": "shop", "apiVersion": "v1"},
          user={"username": "=cmd|calc"}, impersonatedUser={"username": "carol"}, userAgent="@SUM(1)"),
]


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="whodiff-cli-")
        self.env = private_environment(self.folder)
        self.log = self.write("audit.log", EVENTS)

    def tearDown(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def write(self, name, events, tail=""):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(one) + "\n" for one in events)
            file.write(tail)
        return path

    def run_it(self, *words, code=0, input=None, cwd=None, **more):
        ran = subprocess.run([WHODIFF, *words], env=self.env | more, capture_output=True, timeout=60, cwd=cwd or self.folder,
                             **({"stdin": subprocess.DEVNULL} if input is None else {"input": input}))
        self.assertEqual(ran.returncode, code, f"{words}: {ran.stderr.decode()}")
        self.stderr = ran.stderr.decode()
        return ran.stdout.decode()

    def rows(self, *words, code=0, **more):
        return [json.loads(line) for line in self.run_it(*words, "-o", "jsonl", code=code, **more).split("\n") if line]

    def on_terminal(self, *words, timeout=60, **more):
        """Exit code and all that the program writes to a terminal that is its input, output and errors."""
        pid, fd = pty.fork()
        if pid == 0:
            os.chdir(self.folder)
            os.execve(WHODIFF, [WHODIFF, *words], self.env | {"TERM": "xterm", "PAGER": "cat"} | more)
        out = bytearray()
        end = time.time() + timeout
        while time.time() < end:
            if select.select([fd], [], [], 0.1)[0]:
                try:
                    data = os.read(fd, 65536)
                except OSError:
                    break
                if not data:
                    break
                out += data
        else:
            os.kill(pid, signal.SIGKILL)
        os.close(fd)
        status = os.waitpid(pid, 0)[1]
        return os.waitstatus_to_exitcode(status), bytes(out).replace(b"\r\n", b"\n").replace(b"\r\x1b[K", b"")

    # Rows

    def test_an_act_has_the_fields_of_the_contract_in_their_order(self):
        row = self.rows("log", self.log)[0]
        identifier = row.pop("id")
        self.assertRegex(identifier, "^[0-9a-f]{32}$")
        with open(self.log, "rb") as file:
            length = len(file.readline().rstrip(b"\n"))
        expected = {
            "schema": "whodiff.act/1", "time": "2026-11-20T16:11:01.204113Z", "data": "audit", "verb": "create", "code": 201,
            "outcome": "changed", "level": "RequestResponse", "stages": ["ResponseComplete"], "by": "alice@example.com",
            "as": None, "groups": ["netsec", "system:authenticated"], "ips": ["10.4.2.17"], "agent": "kubectl/v1.34.1",
            "api": "networking.k8s.io/v1", "kind": "NetworkPolicy", "resource": "networkpolicies", "namespace": "shop",
            "name": "allow-web", "subresource": None, "uid": UID, "auditID": "11111111-0000-4000-8000-000000000001",
            "took": 0.038, "decision": "allow", "reason": "RBAC: allowed", "truncated": False,
            "summary": "NetworkPolicy shop/allow-web created by alice@example.com", "cluster": None,
            "source": {"file": self.log, "line": 1, "offset": 0, "length": length},
        }
        self.assertEqual(row, expected)
        self.assertEqual(list(row), list(expected))

    def test_the_core_group_and_a_namespace(self):
        row = self.rows("log", "kind:ns", self.log)[0]
        self.assertEqual((row["api"], row["namespace"], row["name"], row["as"]), ("v1", None, "shop", "carol"))
        change = self.rows("changes", "ns/shop", self.log)[0]
        self.assertEqual(change["object"],
                         {"group": "", "kind": "Namespace", "resource": "namespaces", "namespace": None, "name": "shop"})

    def test_every_member_of_a_row_is_documented(self):
        page = self.run_it("documentation", "rows")
        tables = {heading: set(re.findall(r"^\| `([^`]+)` \|", table, re.M))
                  for heading, table in re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", page, re.M | re.S)}
        logs = str(SAMPLES)
        rows = self.rows("log", "--level", "3", logs) + self.rows("changes", "--all", "--manifests", logs)
        rows += self.rows("count", "--by", "verb", logs) + [json.loads(self.run_it("check", "--json", logs, code=1))]
        seen = set()
        for row in rows:
            log = {"flow": "flows", "dns": "other rows" if "message" in row else "lookups"}
            known = tables[row["schema"]] | tables[log.get(row.get("data"), row["schema"])]
            self.assertEqual(set(row) - known, set())
            seen.add(row["schema"])
        self.assertEqual(seen, {f"whodiff.{name}/1" for name in ("act", "revision", "finding", "count", "check")})

    def test_levels_fold_what_altered_nothing(self):
        def numbers(level):
            return [int(row["auditID"][-2:]) for row in self.rows("log", "--level", level, self.log)]
        self.assertEqual(numbers("1"), [1, 2, 4, 6])
        self.assertEqual(numbers("2"), [1, 2, 3, 4, 6])
        self.assertEqual(numbers("3"), [1, 2, 3, 4, 5, 6])
        self.assertEqual([int(row["auditID"][-2:]) for row in self.rows("log", "--reverse", "--limit", "2", self.log)], [6, 4])

    def test_a_revision_has_the_fields_of_the_contract_in_their_order(self):
        first, second = self.rows("changes", POLICY, self.log, "--manifests")
        expected = {
            "schema": "whodiff.revision/1",
            "object": {"group": "networking.k8s.io", "kind": "NetworkPolicy", "resource": "networkpolicies",
                       "namespace": "shop", "name": "allow-web"},
            "uid": UID, "lifetime": 1, "revision": 2, "time": "2026-11-20T16:11:02.204113Z", "operation": "update",
            "verb": "update", "by": "alice@example.com", "as": None, "code": 200,
            "auditID": "11111111-0000-4000-8000-000000000002", "outcome": "changed", "fidelity": "F",
            "changed": ["spec.ingress"], "effect": None, "generation": 2, "resourceVersion": "2", "manifest": SECOND,
        }
        self.assertEqual(second, expected)
        self.assertEqual(list(second), list(expected))
        self.assertEqual((first["operation"], first["revision"], first["manifest"]), ("create", 1, FIRST))

    def test_changes_without_all_are_changes_only(self):
        outcomes = [row["outcome"] for row in self.rows("changes", POLICY, self.log)]
        self.assertEqual(outcomes, ["changed", "changed"])
        outcomes = sorted(row["outcome"] for row in self.rows("changes", "--all", POLICY, self.log))
        self.assertEqual(outcomes, ["changed", "changed", "denied", "noop"])
        self.assertNotIn("manifest", self.rows("changes", POLICY, self.log)[0])

    def test_writes_that_name_no_object_are_in_all_changes(self):
        nameless = {"resource": "networkpolicies", "namespace": "shop", "apiGroup": "networking.k8s.io", "apiVersion": "v1"}
        log = self.write("nameless.log", EVENTS + [
            event(7, "create", 403, None, objectRef=nameless),
            event(8, "deletecollection", 200, None, objectRef=nameless | {"namespace": "legacy"}),
            event(9, "list", 200, None, objectRef=nameless),
        ])
        rows = [row for row in self.rows("changes", "--all", log) if row["object"]["name"] is None]
        self.assertEqual([(row["auditID"][-2:], row["outcome"]) for row in rows], [("07", "denied"), ("08", "changed")])
        expected = {"group": "networking.k8s.io", "kind": "NetworkPolicy", "resource": "networkpolicies", "namespace": "shop",
                    "name": None}
        self.assertEqual(rows[0]["object"], expected)
        self.assertEqual(list(rows[0]), list(self.rows("changes", log)[0]))
        for key in ("uid", "lifetime", "revision", "operation", "fidelity", "changed"):
            self.assertIsNone(rows[0][key])
        self.assertEqual([row["auditID"][-2:] for row in self.rows("changes", "--all", "-n", "legacy", log)], ["08"])
        self.assertEqual([row for row in self.rows("changes", log) if row["object"]["name"] is None], [])
        self.assertIn("Writes that name no object", self.run_it("changes", "--all", log))

    def test_a_request_without_an_end_took_nobody_knows_how_long(self):
        log = self.write("unfinished.log", [event(1, "update", None, None, stage="RequestReceived", responseStatus=None)])
        self.assertIsNone(self.rows("log", log)[0]["took"])

    def test_filters_restrict_changes(self):
        self.assertEqual([row["verb"] for row in self.rows("changes", "-f", "verb:update", self.log)], ["update"])
        self.assertEqual(len(self.rows("changes", "--since", "2026-11-20T16:11:02Z", POLICY, self.log)), 1)
        self.assertEqual(self.rows("changes", "-n", "other", self.log), [])

    def test_what_acts_did_can_be_asked_for_everywhere(self):
        times = lambda *words: [row["time"][17:19] for row in self.rows("log", *words, self.log)]
        self.assertEqual(times("changed:spec.ingress"), ["02"])
        self.assertEqual(times("changed:spec.ingress[0].from.podSelector added:api"), ["02"])
        self.assertEqual(times("changed:spec"), ["01", "02"])
        self.assertEqual(times("added:shop"), ["01", "06"])
        self.assertEqual(times("fidelity:F kind:netpol"), ["01", "02"])
        self.assertEqual(times("outside:true"), [])
        self.assertEqual([row["revision"] for row in self.rows("changes", "-f", "changed:spec.ingress", self.log)], [2])
        self.assertEqual(self.rows("count", "--by", "fidelity", self.log)[0]["by"], {"fidelity": "F"})
        self.run_it("export", "changed:spec.ingress", self.log, "--to", os.path.join(self.folder, "out.jsonl"))
        self.assertEqual(pathlib.Path(self.folder, "out.jsonl").read_text().count("\n"), 1)

    def test_a_deleted_collection_is_found_by_what_its_answer_lists(self):
        other = {"metadata": {"name": "deny-all", "namespace": "shop", "uid": "u9", "resourceVersion": "5"},
                 "spec": {"podSelector": {}, "ingress": [{"from": [{"ipBlock": {"cidr": "192.0.2.0/24"}}]}]}}
        listed = {"kind": "NetworkPolicyList", "apiVersion": "networking.k8s.io/v1", "metadata": {},
                  "items": [{key: SECOND[key] for key in ("metadata", "spec")}, other]}
        collection = {"resource": "networkpolicies", "namespace": "shop", "apiGroup": "networking.k8s.io", "apiVersion": "v1"}
        path = self.write("collection.log", EVENTS + [
            event(8, "deletecollection", 200, listed, {"kind": "DeleteOptions"}, objectRef=collection),
            # Without an answer nobody knows what it met.
            event(9, "deletecollection", 200, None, objectRef=collection)])
        # Of one object an earlier act is in the log; the other is known from the answer alone.
        for word in ("removed:api", "removed:192.0.2.0/24", "changed:spec.ingress", "fidelity:F"):
            with self.subTest(word=word):
                self.assertEqual([row["auditID"][-2:] for row in self.rows("log", f"verb:deletecollection {word}", path)], ["08"])
        self.assertEqual([row["auditID"][-2:] for row in self.rows("log", "verb:deletecollection -removed:*", path)], ["09"])
        rows = self.rows("count", "--by", "fidelity", "-f", "verb:deletecollection", path)
        self.assertEqual({row["by"]["fidelity"]: row["count"] for row in rows}, {"F": 1, None: 1})

    def test_a_finding_is_shown_with_the_act_that_it_stands_before(self):
        later = policy(5, ingress=RULES, egress=[{}])
        log = self.write("outside.log", EVENTS[:2] + [event(30, "update", 200, later, policy(4, ingress=RULES, egress=[{}]))])
        self.assertEqual([row["time"][17:19] for row in self.rows("log", "@outside", log)], ["30"])
        rows = self.rows("changes", "-f", "outside:true", log)
        self.assertEqual([row["schema"] for row in rows], ["whodiff.finding/1", "whodiff.revision/1"])
        self.assertEqual([row["schema"] for row in self.rows("changes", "-f", "verb:create", log)], ["whodiff.revision/1"])

    def test_a_diff_has_the_fields_of_the_contract(self):
        row = json.loads(self.run_it("diff", POLICY, self.log, "-o", "json", code=1))
        self.assertEqual(list(row), ["schema", "left", "right", "effect", "meaning", "fields", "lines"])
        self.assertEqual((row["left"]["revision"], row["right"]["revision"]), (1, 2))
        self.assertEqual(row["left"]["manifest"], FIRST)
        self.assertEqual(row["fields"], [{"path": "spec.ingress", "op": "add", "old": None, "new": SECOND["spec"]["ingress"]}])
        self.assertEqual({line["op"] for line in row["lines"]}, {"same", "add"})
        for line in row["lines"]:
            self.assertEqual(list(line), ["left", "right", "op", "old", "new"])

    def test_counts(self):
        rows = self.rows("count", "--by", "actor", self.log)
        self.assertEqual(rows[0], {"schema": "whodiff.count/1", "by": {"actor": "alice@example.com"}, "since": None, "count": 3})
        rows = self.rows("count", "--by", "verb,actor", "--every", "1h", self.log)
        self.assertEqual({row["since"] for row in rows}, {"2026-11-20T16:00:00.000000Z"})
        self.assertEqual(list(rows[0]["by"]), ["verb", "actor"])

    def test_json_is_one_document(self):
        self.assertEqual(len(json.loads(self.run_it("log", self.log, "-o", "json"))), 4)
        self.assertEqual(json.loads(self.run_it("log", "verb:nothing", self.log, "-o", "json")), [])
        self.assertEqual(self.rows("log", self.log), [json.loads(line) for line in self.run_it("log", self.log, "--json").splitlines()])

    def test_csv_holds_no_formula(self):
        rows = list(csv.DictReader(io.StringIO(self.run_it("export", "--format", "csv", self.log))))
        self.assertEqual(len(rows), 4)
        self.assertEqual((rows[3]["by"], rows[3]["agent"]), ("'=cmd|calc", "'@SUM(1)"))
        for row in rows:
            for value in row.values():
                self.assertFalse(value.startswith(("=", "+", "@", "-")), value)

    def test_show_gives_the_event_in_full(self):
        row = json.loads(self.run_it("show", "11111111-0000-4000-8000-000000000002", self.log, "-o", "json"))
        self.assertEqual((row["schema"], row["responseObject"], row["verb"]), ("whodiff.event/1", SECOND, "update"))
        text = self.run_it("show", row["id"][:10], self.log)
        self.assertIn("NetworkPolicy shop/allow-web updated by alice@example.com", text)
        self.assertIn("spec.ingress", text)

    # Patches

    def test_patch_takes_the_patch(self):
        left, right = (os.path.join(self.folder, name) for name in ("left.yaml", "right.yaml"))
        row = json.loads(self.run_it("diff", POLICY, self.log, "-o", "json", code=1))
        for path, side in ((left, "old"), (right, "new")):
            with open(path, "w") as file:
                file.writelines(line[side] + "\n" for line in row["lines"] if line[side] is not None)
        patch = self.run_it("diff", POLICY, self.log, "-o", "patch", code=1)
        ran = subprocess.run(["patch", left], input=patch.encode(), capture_output=True)
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        self.assertEqual(pathlib.Path(left).read_text(), pathlib.Path(right).read_text())
        operations = json.loads(self.run_it("diff", POLICY, self.log, "-o", "jsonpatch", code=1))
        self.assertEqual(operations, [{"op": "add", "path": "/spec/ingress", "value": SECOND["spec"]["ingress"]}])

    def test_versions_are_picked(self):
        for right in ("@2", "@2026-11-20T16:11:02.300Z", "@after:11111111-0000-4000-8000-000000000002"):
            for left in ("@1", "@before:11111111-0000-4000-8000-000000000002"):
                with self.subTest(left=left, right=right):
                    row = self.rows("diff", POLICY + left, POLICY + right, self.log, code=1)[0]
                    self.assertEqual((row["left"]["revision"], row["right"]["revision"]), (1, 2))
        self.assertIsNone(self.rows("diff", POLICY + "@{before,after}:11111111-0000-4000-8000-000000000001", self.log, code=1)[0]["left"])
        self.run_it("diff", POLICY + "@2", POLICY + "@2", self.log)
        self.run_it("diff", POLICY + "@3", self.log, code=2)
        self.run_it("diff", POLICY + "@nonsense", self.log, code=2)

    def test_the_patches_of_one_apply_are_one_line_of_text(self):
        def patch(number, version, millisecond, manager="kubectl", **spec):
            body = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "allow-web"}, "spec": spec}
            time = f"2026-11-20T16:12:00.{millisecond:03}"
            return event(number, "patch", 200, policy(version, **spec), body, user={"username": "bob"},
                         requestURI=f"/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/allow-web?fieldManager={manager}&force=true",
                         requestReceivedTimestamp=time + "000Z", stageTimestamp=time + "900Z")
        path = self.write("apply.log", EVENTS + [
            patch(10, 3, 0, ingress=RULES), patch(11, 4, 17, "kubectl-last-applied"), patch(12, 5, 43, egress=RULES)])
        lines = [line for line in self.run_it("changes", POLICY, path).splitlines() if "apply" in line or "patch" in line]
        self.assertEqual(len(lines), 1)
        self.assertRegex(lines[0], r"^ +3-5 +2026-11-20 16:12:00\S* +apply \(3 patches\) +200 +bob +.*egress")
        for more in (["--all"], ["--manifests"], ["-f", "auditid:*12"]):
            text = self.run_it("changes", POLICY, *more, path)
            self.assertNotIn("apply (", text)
            self.assertIn("(patch)" if "-f" in more else "r4" if more != ["--all"] else "    4  ", text)
        # As a difference too, and where a filter leaves out a part of it, that is said.
        text = self.run_it("changes", POLICY, "-p", path)
        self.assertRegex(text, r"(?m)^r3-5 2026-11-20 16:12:00\S* apply \(3 patches\) by bob \(full\)$")
        self.assertEqual(re.findall(r"(?m)^  (?:---|\+\+\+) (\S+)", text), ["/dev/null", "r1", "r1", "r2", "r2", "r5"])
        for more in (["-f", "auditid:*12"], ["-p", "-f", "auditid:*12"], ["--limit", "3"]):
            text = self.run_it("changes", POLICY, *more, path)
            self.assertIn("... part of one apply, 3-5, of which 2 versions are not listed", text)
        self.assertNotIn("part of one", self.run_it("changes", POLICY, "--all", "-f", "auditid:*12", path))
        self.assertEqual([row["revision"] for row in self.rows("changes", POLICY, path)], [1, 2, 3, 4, 5])

    def test_spellings_of_an_object(self):
        for words in (["networkpolicy/shop/allow-web"], ["NetworkPolicy/shop/allow-web"], ["networkpolicies/allow-web", "-n", "shop"],
                      ["netpol.networking.k8s.io/shop/allow-web"], ["networkpolicies.v1.networking.k8s.io/shop/allow-web"]):
            with self.subTest(words=words):
                self.assertEqual(len(self.rows("changes", *words, self.log)), 2)
        for word in ("gnp/shop/allow-web", "networkpolicies.crd.projectcalico.org/shop/allow-web", "netpol/other/allow-web"):
            with self.subTest(word=word):
                self.assertEqual(self.rows("changes", word, self.log), [])

    # Exit codes

    def test_exit_codes(self):
        self.run_it("log", self.log)
        self.run_it("log", "verb:nothing", self.log)
        self.run_it("log", "verb:nothing", "--exit-code", self.log, code=1)
        self.run_it("changes", "netpol/shop/none", "--exit-code", self.log, code=1)
        self.run_it("diff", POLICY, self.log, code=1)
        self.run_it("log", "usr:alice", self.log, code=2)
        self.assertIn("usr", self.stderr)
        self.run_it("log", "--level", "4", self.log, code=2)
        self.run_it("log", "-o", "nothing", self.log, code=2)
        self.run_it("log", "--nothing", code=2)
        self.run_it("show", "nothing-has-this-id", self.log, code=2)
        self.run_it("log", "--", os.path.join(self.folder, "missing.log"), code=3)
        self.run_it("log", code=2)
        self.run_it("--help")
        self.run_it("--version")

    def test_a_kind_that_nothing_has_is_told(self):
        for words in (["log", "kind:netpl"], ["count", "--by", "verb", "-f", "kind:netpl"], ["log", "kind:netpl | count by verb"],
                      ["export", "kind:netpl", "--format", "jsonl"]):
            with self.subTest(words=words):
                self.run_it(*words, self.log)
                self.assertEqual(self.stderr, "whodiff: nothing in these logs has kind netpl (netpol?)\n")
        self.run_it("log", "kind:netpl", "-q", self.log)
        self.assertEqual(self.stderr, "")
        # A kind that there is, but not here; one that is excluded says nothing.
        self.run_it("log", "kind:gnp or kind:netpol", self.log)
        self.assertEqual(self.stderr, "whodiff: nothing in these logs has kind gnp\n")
        self.run_it("log", "kind:netpol -kind:gnp", self.log)
        self.assertEqual(self.stderr, "")

    def test_unreadable_input_is_told_and_the_rest_is_shown(self):
        broken = self.write("broken.log", EVENTS[:1], tail="no JSON\n" * 7 + json.dumps(EVENTS[3]) + "\n")
        self.assertEqual(len(self.rows("log", broken, code=3)), 2)
        lines = self.stderr.splitlines()
        self.assertRegex(lines[0], rf"^{broken}:2: .*; 7 records skipped$")
        self.assertEqual(len(lines), 6)
        self.assertIn("2 more", lines[5])
        # The index remembers what it could not read.
        self.assertEqual(len(self.rows("log", broken, code=3)), 2)

    def test_what_can_be_unpacked_of_a_file_that_is_cut_off_is_shown(self):
        packed = gzip.compress(pathlib.Path(self.log).read_bytes())
        path = os.path.join(self.folder, "cut.log.gz")
        pathlib.Path(path).write_bytes(packed[:-8])
        self.assertEqual(len(self.rows("log", "--level", "3", path, code=3)), len(EVENTS))
        self.assertIn("cut.log.gz", self.stderr)

    def test_a_terminal_is_needed_to_browse(self):
        self.run_it(self.log, code=4, TERM="dumb")
        self.assertTrue(self.stderr)

    def test_nothing_to_open(self):
        self.run_it(code=2)
        self.assertEqual(len(self.stderr.splitlines()), 3)

    def test_a_closed_pipe_ends_quietly(self):
        for words in (["log", "--level", "3", "-o", "jsonl"], ["changes", "--all", "--manifests", "-o", "jsonl"]):
            ran = subprocess.Popen([WHODIFF, *words, str(SAMPLES)], env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            ran.stdout.readline()
            ran.stdout.close()
            self.assertEqual(ran.wait(timeout=60), 0)
            self.assertEqual(ran.stderr.read(), b"")
            ran.stderr.close()

    # Arguments

    def test_what_exists_is_a_file(self):
        shutil.copy(self.log, os.path.join(self.folder, "verb:delete"))
        self.assertEqual(len(self.rows("log", "verb:delete")), 4)
        self.assertEqual(len(self.rows("log", "-f", "verb:delete", "verb:delete")), 1)
        self.run_it("log", "verb:get", "verb:list", self.log, code=2)
        self.run_it("log", "--", "verb:list", code=3)
        self.run_it("diff", POLICY, POLICY, POLICY, self.log, code=2)

    def test_a_filter_may_start_with_a_minus(self):
        for words in (("-f", "-as:*"), ("-f=-as:*",), ("--filter", "-as:*"), ("--filter=-as:*",)):
            rows = self.rows("log", *words, self.log)
            self.assertEqual([row["as"] for row in rows], [None] * len(rows))
            self.assertGreater(len(rows), 1)
            self.assertEqual(len(self.rows("changes", *words, self.log)), 2)
        self.run_it("log", "-as:*", self.log, code=2)
        self.assertIn("-f '-as:*'", self.stderr)

    def test_of_several_filters_all_have_to_hold(self):
        words = ["log", "--level", "3", self.log]
        first, second = (self.rows(*words, "-f", term) for term in ("code:200", "-verb:update"))
        both = self.rows(*words, "-f", "code:200", "-f", "-verb:update")
        self.assertEqual(both, [row for row in first if row in second])
        self.assertTrue(0 < len(both) < min(len(first), len(second)), (len(both), len(first), len(second)))

    def test_the_environment_stands_for_options(self):
        everything, some = (self.rows("log", "--level", level, self.log) for level in "31")
        self.assertEqual(self.rows("log", self.log, WHODIFF_LEVEL="3"), everything)
        self.assertEqual(self.rows("log", "--level", "1", self.log, WHODIFF_LEVEL="3"), some)
        self.assertNotEqual(everything, some)
        self.run_it("log", self.log, code=2, WHODIFF_LEVEL="7")
        self.assertIn('WHODIFF_LEVEL="7" is not known', self.stderr)

    def test_what_has_no_values_is_not_counted(self):
        for field in ["time", "since", "text"]:
            self.run_it("count", "--by", field, self.log, code=2)
            self.assertIn("are not counted", self.stderr)
        self.run_it("log", "--follow", "-o", "json", self.log, code=2)
        self.assertIn("one document", self.stderr)

    def test_a_mistyped_path_is_no_filter(self):
        for words in (("log", "/no/such/file.log"), ("./audti.log",), ("log", "audti.json"), ("log", "logs/2026", self.log),
                      ("changes", "./audti.log"), ("changes", "logs/audti.log.gz"), ("show", "../audti.log"),
                      ("diff", POLICY, "audti.log", self.log), ("count", "--by", "verb", "audti.log")):
            self.run_it(*words, code=2)
            self.assertIn("no such file", self.stderr)
        self.run_it("log", "/no/such/file.log", code=2)
        self.assertIn("-f '\"/no/such/file.log\"'", self.stderr)
        self.run_it("log", "-f", '"/no/such/file.log"', self.log)
        # Objects, filters and regular expressions have slashes too.
        self.run_it("changes", POLICY, self.log)
        self.run_it("changes", "netpol/shop/audit.log", self.log)
        self.run_it("log", "obj:shop/allow-web", self.log)
        self.assertEqual(self.rows("log", "/allow.*/i", self.log), self.rows("log", "-f", "/allow.*/i", self.log))

    def test_standard_input(self):
        with open(self.log, "rb") as file:
            data = file.read()
        rows = self.rows("log", "-", input=data)
        self.assertEqual(len(rows), 4)
        self.assertEqual(rows[0]["source"]["file"], "-")
        self.assertEqual(len(self.rows("changes", POLICY, "-", input=data)), 2)
        self.run_it("log", "-", "-", input=data, code=2)

    def test_folders_and_packed_files(self):
        rows = self.rows("log", "--level", "3", str(SAMPLES))
        self.assertGreater(len(rows), 300)
        times = [row["time"] for row in rows]
        self.assertEqual(times, sorted(times))

    # Files that are made

    def mode(self, path):
        return stat.S_IMODE(os.lstat(path).st_mode)

    def test_files_are_for_their_owner_alone(self):
        target = os.path.join(self.folder, "out.jsonl")
        self.run_it("export", "--to", target, self.log)
        self.assertEqual(self.mode(target), 0o600)
        self.assertEqual(len(pathlib.Path(target).read_text().splitlines()), 4)
        cache = os.path.join(self.env["XDG_CACHE_HOME"], "whodiff")
        self.assertEqual(self.mode(cache), 0o700)
        self.assertTrue(os.listdir(cache))
        self.run_it("import", self.log)
        data = os.path.join(self.env["XDG_DATA_HOME"], "whodiff")
        self.assertEqual(self.mode(data), 0o700)
        for place in (cache, data):
            for name in os.listdir(place):
                self.assertEqual(self.mode(os.path.join(place, name)), 0o600, name)

    def test_exports_follow_no_link(self):
        victim = os.path.join(self.folder, "victim")
        link = os.path.join(self.folder, "link")
        pathlib.Path(victim).write_text("mine")
        os.symlink(victim, link)
        self.run_it("export", "--to", link, self.log, code=2)
        self.assertEqual(pathlib.Path(victim).read_text(), "mine")
        self.assertTrue(os.path.islink(link))

    def test_a_store_needs_its_files_no_longer(self):
        before = self.rows("changes", "--all", "--manifests", self.log)
        self.run_it("import", self.log)
        os.remove(self.log)
        self.assertEqual(self.rows("changes", "--all", "--manifests"), before)
        own = os.path.join(self.folder, "own.sqlite")
        copy = self.write("copy.log", EVENTS)
        self.run_it("import", "--store", own, copy)
        self.assertEqual(len(self.rows("log", "--store", own)), 4)

    def test_without_a_place_for_the_index_it_goes_on(self):
        pathlib.Path(self.folder, "file").write_text("")
        place = os.path.join(self.folder, "file", "cache")
        self.assertEqual(len(self.rows("log", self.log, XDG_CACHE_HOME=place)), 4)
        self.assertEqual(len(self.stderr.splitlines()), 1)
        self.rows("log", "--no-index", self.log, XDG_CACHE_HOME=place)
        self.assertEqual(self.stderr, "")

    def test_a_damaged_index_is_made_anew(self):
        self.rows("log", self.log)
        cache = os.path.join(self.env["XDG_CACHE_HOME"], "whodiff")
        for name in os.listdir(cache):
            path = os.path.join(cache, name)
            pathlib.Path(path).write_bytes(b"no database" * 1000)
        self.assertEqual(len(self.rows("log", self.log)), 4)

    def test_another_build_reads_anew_and_indexes_that_nobody_opens_go(self):
        cache = os.path.join(self.env["XDG_CACHE_HOME"], "whodiff")
        indexes = lambda: {name for name in os.listdir(cache) if name.endswith(".sqlite")}
        self.rows("log", self.log)
        first = indexes()
        # What tells builds apart is the program's file.
        other = os.path.join(self.folder, "whodiff")
        shutil.copy(WHODIFF, other)
        done = subprocess.run([other, "log", "-o", "jsonl", self.log], env=self.env, capture_output=True)
        self.assertEqual(done.stdout.count(b"\n"), 4)
        self.assertEqual(len(indexes()), 2)
        self.assertLess(first, indexes())
        old = time.time() - 40 * 86400
        os.utime(os.path.join(cache, first.pop()), (old, old))
        self.rows("log", self.write("another.log", EVENTS[:1]))
        self.assertEqual(len(indexes()), 2)
        for name in indexes():
            self.assertLess(time.time() - os.path.getmtime(os.path.join(cache, name)), 86400)

    def test_a_file_that_is_gone_leaves_the_index(self):
        place = os.path.join(self.folder, "set")
        os.mkdir(place)
        self.write("set/one.log", EVENTS[:2])
        self.write("set/two.log", EVENTS[3:4])
        self.assertEqual(len(self.rows("log", place)), 3)
        os.remove(os.path.join(place, "one.log"))
        self.assertEqual(len(self.rows("log", place)), 1)

    def test_a_file_that_was_emptied_leaves_the_index(self):
        self.assertEqual(len(self.rows("log", self.log)), 4)
        os.truncate(self.log, 0)
        self.assertEqual(self.rows("log", self.log), [])
        self.write("audit.log", EVENTS[:1])
        self.assertEqual(len(self.rows("log", self.log)), 1)

    # Secrets

    def test_secrets_are_redacted_unless_that_is_turned_off(self):
        secret = {"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "db", "namespace": "shop", "uid": "u3", "resourceVersion": "5"},
                  "data": {"password": "aHVudGVyMg=="}}
        log = self.write("secret.log", [event(7, "create", 201, secret, objectRef={
            "resource": "secrets", "namespace": "shop", "name": "db", "apiVersion": "v1"})])
        for words in (["changes", "--manifests", "-o", "jsonl"], ["export", "--records"], ["show", "11111111-0000-4000-8000-000000000007"]):
            with self.subTest(words=words):
                self.assertNotIn("aHVudGVyMg==", self.run_it(*words, log))
                self.assertIn("aHVudGVyMg==", self.run_it(*words, "--redact", "off", log))
                self.assertEqual(self.stderr.count("--redact off"), 1)
        # What is kept for the next run holds no secret either.
        cache = os.path.join(self.env["XDG_CACHE_HOME"], "whodiff")
        for name in os.listdir(cache):
            self.assertNotIn(b"aHVudGVyMg==", pathlib.Path(cache, name).read_bytes())

    # Terminals

    def test_hostile_text_on_a_terminal(self):
        evil = policy(3, evil=HOSTILE)
        evil["metadata"]["annotations"] = {"a" + HOSTILE: HOSTILE}
        log = self.write("evil\x1b[2J\u202e.log", [
            event(1, "create", 201, FIRST, user={"username": "mallory" + HOSTILE}),
            event(2, "update", 200, evil, FIRST, userAgent=HOSTILE, requestURI="/" + HOSTILE,
                  responseStatus={"code": 200, "message": HOSTILE}, annotations={"x" + HOSTILE: HOSTILE}),
        ], tail="no record " + HOSTILE + "\n")
        for words in (
            ["log"], ["log", "-o", "wide"], ["log", "-o", "jsonl"], ["log", "-o", "json"], ["log", "-o", "yaml"], ["log", "-o", "csv"],
            ["show", "11111111-0000-4000-8000-000000000002"], ["show", "11111111-0000-4000-8000-000000000002", "-o", "json"],
            ["changes", "-p", "--manifests"], ["changes", "--manifests", "-o", "jsonl"], ["diff", POLICY], ["diff", POLICY, "-o", "json"],
            ["diff", POLICY, "-o", "patch"], ["diff", POLICY, "-o", "jsonpatch"], ["count", "--by", "actor,agent"],
            ["export", "--records", "--redact", "off"], ["log", "actor:" + HOSTILE.replace("\0", "")], ["log", "usr" + HOSTILE.replace("\0", "") + ":x"],
        ):
            with self.subTest(words=words):
                _, data = self.on_terminal(*words, "--color", "never", log) if words[0] != "export" else self.on_terminal(*words, log)
                text = data.decode("utf-8", "surrogateescape")
                self.assertGreater(len(text), 40)
                bad = FORBIDDEN.search(text)
                self.assertIsNone(bad, bad and text[max(0, bad.start() - 60):bad.end() + 20])
                if "-o" in words and words[-1] == "jsonl":
                    json.loads(next(line for line in text.splitlines() if line.startswith("{")))

    def test_long_text_goes_through_the_pager_and_rows_do_not(self):
        code, data = self.on_terminal("log", self.log, PAGER="tail -n 1")
        self.assertEqual(code, 0)
        self.assertNotIn(b"VERB", data)
        self.assertIn(b"VERB", self.on_terminal("log", "--no-pager", self.log, PAGER="tail -n 1")[1])
        self.assertIn(b"VERB", self.on_terminal("log", self.log, WHODIFF_PAGER="cat", PAGER="tail -n 1")[1])
        self.assertEqual(self.on_terminal("log", "-o", "jsonl", self.log, PAGER="tail -n 1")[1].count(b"whodiff.act/1"), 4)
        self.assertIn(b"itself", self.on_terminal("log", self.log, PAGER="/usr/bin/whodiff")[1])
        self.assertEqual(self.on_terminal("log", self.log, PAGER="false")[0], 0)

    def test_a_terminal_hears_what_the_level_leaves_out(self):
        self.assertRegex(self.on_terminal("log", self.log)[1].decode(), r"1 noop, 1 read")
        self.run_it("log", self.log)
        self.assertEqual(self.stderr, "")

    def test_colours_are_for_terminals(self):
        self.assertNotIn("\x1b[", self.run_it("diff", POLICY, self.log, code=1))
        self.assertIn("\x1b[32m", self.run_it("diff", POLICY, "--color", "always", self.log, code=1))
        self.assertIn(b"\x1b[32m", self.on_terminal("diff", POLICY, self.log)[1])
        self.assertNotIn(b"\x1b[32m", self.on_terminal("diff", POLICY, self.log, NO_COLOR="1")[1])

    # Tables of the program itself

    def test_tables_and_explanations(self):
        for words in (["fields"], ["macros"], ["formats"], ["explain", "verb:delete kind:netpol"], ["completion", "bash"],
                      ["completion", "zsh"], ["completion", "fish"]):
            with self.subTest(words=words):
                self.assertTrue(self.run_it(*words))
        self.assertIn("index", self.run_it("explain", "verb:delete"))
        self.assertIn("bodies", self.run_it("explain", ".responseObject.spec.order>=500"))
        self.run_it("explain", "usr:x", code=2)

    def test_times_in_text_follow_the_zone(self):
        self.assertIn("2026-11-20 16:11:01", self.run_it("log", self.log))
        self.assertIn("2026-11-20 17:11:01", self.run_it("log", "--tz", "Europe/Berlin", self.log))
        self.assertIn("2026-11-20 16:11:01", self.run_it("log", "--tz", "UTC", self.log, TZ="Asia/Tokyo"))
        self.assertEqual(self.rows("log", "--tz", "Europe/Berlin", self.log)[0]["time"], "2026-11-20T16:11:01.204113Z")
        self.run_it("log", "--tz", "Nowhere/Land", self.log, code=2)


if __name__ == "__main__":
    unittest.main()
