"""Every machine-readable row of the sample logs, held against its shape: members, types, nulls, times, order.

Folders named in WHODIFF_SAMPLES, separated by colons, are read too.
"""
import collections, datetime, functools, json, os, pathlib, re, shutil, subprocess, sys, tempfile, unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Support"))
from terminal import SAMPLES, WHODIFF, private_environment

FOLDERS = [str(SAMPLES)] + [path for path in os.environ.get("WHODIFF_SAMPLES", "").split(":") if path]

# Shapes. A shape is a function that says what is wrong with a value, or nothing.


def kind(*types):
    def check(value):
        # A bool is an int to Python, not to JSON.
        if not isinstance(value, types) or isinstance(value, bool) and bool not in types:
            return f"is {json.dumps(value)[:80]}, not {' or '.join(one.__name__ for one in types)}"
    return check


def word(value):
    """What is not known is null, never an empty text."""
    if not isinstance(value, str) or not value:
        return f"is {json.dumps(value)[:80]}, not a text"


def text(pattern):
    def check(value):
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            return f"is {json.dumps(value)[:80]}, not {pattern}"
    return check


def time(value):
    wrong = text(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")(value)
    if wrong:
        return wrong
    try:
        datetime.datetime.fromisoformat(value)
    except ValueError as error:
        return f"is {value}: {error}"


def one_of(*values):
    return lambda value: None if value in values else f"is {json.dumps(value)[:80]}, none of {values}"


def optional(shape):
    return lambda value: None if value is None else shape(value)


def each(shape):
    def check(value):
        if not isinstance(value, list):
            return f"is {json.dumps(value)[:80]}, not a list"
        return next((f"[{index}] {wrong}" for index, item in enumerate(value) if (wrong := shape(item))), None)
    return check


def counts(keys):
    def check(value):
        if not isinstance(value, dict):
            return "is not an object"
        return next((f".{key}: {number}" for key, number in value.items()
                     if keys(key) or kind(int)(number) or number < 1), None)
    return check


def members(required, more=None, is_open=False):
    """These members in this order, then perhaps some of `more`, or any others where the shape is open."""
    def check(value):
        if not isinstance(value, dict):
            return f"is {json.dumps(value)[:80]}, not an object"
        names = list(value)
        if names[:len(required)] != list(required):
            return f"has {names}, not {list(required)}"
        stray = [name for name in names[len(required):] if name not in (more or {})]
        if stray and not is_open:
            return f"has {stray} that nobody told of"
        for name, shape in (required | (more or {})).items():
            if name in value and (wrong := shape(value[name])):
                return f".{name} {wrong}"
    return check


anything = lambda value: None
number = kind(int, float)
count = lambda value: kind(int)(value) or (f"is {value}, below 0" if value < 0 else None)
place = lambda value: kind(int)(value) or (f"is {value}, below 1" if value < 1 else None)

LEVELS = ("None", "Metadata", "Request", "RequestResponse")
STAGES = ("RequestReceived", "ResponseStarted", "ResponseComplete", "Panic")
OUTCOMES = ("changed", "noop", "dryrun", "conflict", "denied", "failed", "unknown", "subresource", "connect", "read")

ACT_MEMBERS = {
    "schema": one_of("whodiff.act/1"), "id": text("[0-9a-f]{32}"), "time": time, "data": word,
    "verb": optional(word), "code": optional(lambda value: kind(int)(value) or one_of(*range(100, 600))(value)),
    "outcome": optional(one_of(*OUTCOMES)), "level": optional(one_of(*LEVELS)), "stages": each(one_of(*STAGES)),
    "by": optional(word), "as": optional(word), "groups": each(word), "ips": each(word), "agent": optional(word),
    "api": optional(word), "kind": optional(word), "resource": optional(word), "namespace": optional(word),
    "name": optional(word), "subresource": optional(word), "uid": optional(word), "auditID": optional(word),
    "took": optional(number), "decision": optional(one_of("allow", "forbid")), "reason": optional(word),
    "truncated": kind(bool), "summary": word, "cluster": optional(word),
    "source": members({"file": word, "line": place, "offset": count, "length": place}),
}
AUDIT, OTHER = members(ACT_MEMBERS), members(ACT_MEMBERS, is_open=True)
# Flows and lookups have further members, by the names of their filter fields.
ACT = lambda row: (AUDIT if row.get("data") == "audit" else OTHER)(row)
OBJECT = members({"group": kind(str), "kind": word, "resource": word, "namespace": optional(word), "name": optional(word)})
REVISION = members({
    "schema": one_of("whodiff.revision/1"), "object": OBJECT, "uid": optional(word), "lifetime": optional(place),
    "revision": optional(place), "time": time,
    "operation": optional(one_of("create", "update", "terminating", "delete", "initial")), "verb": optional(word),
    "by": optional(word), "as": optional(word), "code": optional(kind(int)), "auditID": optional(word),
    "outcome": optional(one_of(*OUTCOMES)), "fidelity": optional(one_of("F", "R", "T", "M")), "changed": optional(each(word)),
    "effect": optional(one_of("opens", "tightens", "mixed", "none")), "generation": optional(count),
    "resourceVersion": optional(word),
}, {"cluster": optional(word), "source": each(word), "inferred": one_of(True), "manifest": optional(kind(dict))})
FINDING = members({
    "schema": one_of("whodiff.finding/1"), "finding": one_of("outside", "bypass", "reused"), "object": OBJECT,
    "after": optional(place), "before": optional(place), "paths": each(word), "evidence": each(word),
    "since": optional(time), "until": optional(time),
}, {"cluster": optional(word)})
FIELD = members({"path": word, "op": one_of("add", "remove", "replace", "move"), "old": anything, "new": anything},
                {"from": word})
LINE = members({"left": optional(place), "right": optional(place), "op": one_of("same", "add", "remove", "change"),
                "old": optional(kind(str)), "new": optional(kind(str))})
DIFF = members({
    "schema": one_of("whodiff.diff/1"), "left": optional(REVISION), "right": optional(REVISION),
    "effect": optional(one_of("opens", "tightens", "mixed", "none")), "meaning": optional(each(word)),
    "fields": each(FIELD), "lines": each(LINE),
})
COUNT = members({"schema": one_of("whodiff.count/1"), "by": kind(dict), "since": optional(time),
                 "count": place})
SOURCE = members({
    "file": word, "format": word, "bytes": count, "acts": count,
    "rejects": each(members({"line": place, "offset": count, "reason": word})), "first": optional(time),
    "last": optional(time), "levels": counts(one_of(*LEVELS)), "stages": counts(one_of(*STAGES)), "truncated": count,
}, {"duplicates": count, "reach": kind(dict), "clusters": each(word)})
CHECK = members({
    "schema": one_of("whodiff.check/1"), "sources": each(SOURCE), "holes": each(kind(dict)), "skew": each(kind(dict)),
    "outside": each(FINDING),
    "coverage": each(members({"resource": word, "level": one_of(*LEVELS), "verbs": each(word)}, {"acts": place})),
    "advice": each(word),
}, {"findings": each(kind(dict))})


def in_each_folder(test):
    @functools.wraps(test)
    def run(self):
        for folder in FOLDERS:
            with self.subTest(folder=folder):
                test(self, folder)
    return run


class Rows(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # One for all, so that each log is read once.
        cls.folder = tempfile.mkdtemp(prefix="whodiff-rows-")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder, ignore_errors=True)

    def run_it(self, *words, code=0):
        """What it prints; nothing may stand on standard error when all went well."""
        ran = subprocess.run([WHODIFF, *words], env=private_environment(self.folder), capture_output=True,
                             timeout=300, stdin=subprocess.DEVNULL, cwd=self.folder)
        self.assertEqual(ran.returncode, code, f"{words}: {ran.stderr.decode()}")
        if code == 0:
            notes = [line for line in ran.stderr.decode().splitlines() if "are counted twice" not in line]
            self.assertEqual(notes, [], words)
        return ran.stdout

    def rows(self, *words, shape=None, code=0):
        out = self.run_it(*words, *([] if words[0] == "export" else ["-o", "jsonl"]), code=code)
        self.assertTrue(out == b"" or out.endswith(b"\n"))
        # JSON has no line breaks of its own, whatever the log held; and the bytes are UTF-8.
        rows = [json.loads(line) for line in out.decode("utf-8").split("\n")[:-1]]
        for row in rows:
            self.hold(shape, row)
        return rows

    def hold(self, shape, row):
        if shape and (wrong := shape(row)):
            self.fail(f"{wrong}\n{json.dumps(row)[:2000]}")

    # log

    @in_each_folder
    def test_acts(self, folder):
        rows = self.rows("log", "--level", "3", folder, shape=ACT)
        self.assertGreater(len(rows), 100)
        self.assertEqual(len({row["id"] for row in rows}), len(rows))
        times = [row["time"] for row in rows]
        self.assertEqual(times, sorted(times), "not oldest first")
        back = self.rows("log", "--level", "3", "--reverse", folder)
        self.assertEqual(sorted(row["time"] for row in back), times)
        self.assertEqual([row["time"] for row in back], times[::-1])
        for row in rows:
            self.outcome_follows(row)
            if row["resource"] == "namespaces" and row["api"] == "v1":
                self.assertIsNone(row["namespace"], row)
            if row["took"] is not None:
                self.assertRegex(repr(row["took"]), r"^-?\d+\.\d{1,6}$|e-0[56]$", row)

    def outcome_follows(self, row):
        """The first rule that holds, of those that the row itself tells."""
        if row["data"] != "audit":
            return self.assertIsNone(row["outcome"], row)
        code, outcome = row["code"], row["outcome"]
        if code in (401, 403):
            expected = "denied"
        elif code == 409:
            expected = "conflict"
        elif code is not None and code >= 400:
            expected = "failed"
        elif row["verb"] in ("get", "list", "watch") and outcome != "connect" or (row["resource"] or "").endswith("reviews"):
            expected = "read"
        elif not {"ResponseComplete", "ResponseStarted"} & set(row["stages"]) or "Panic" in row["stages"]:
            expected = "unknown"
        else:
            return self.assertIn(outcome, ("changed", "noop", "dryrun", "connect", "subresource", "unknown"), row)
        self.assertEqual(outcome, expected, row)

    @in_each_folder
    def test_levels_leave_out_what_they_say(self, folder):
        writes = {"changed", "connect", "unknown"}
        levels = {level: self.rows("log", "--level", level, folder) for level in "123"}
        ids = {level: {row["id"] for row in rows} for level, rows in levels.items()}
        self.assertTrue(ids["1"] <= ids["2"] <= ids["3"])
        self.assertEqual(ids["1"], {row["id"] for row in self.rows("log", folder)})
        acts = [row for row in levels["3"] if row["data"] == "audit"]
        for row in acts:
            if row["id"] in ids["1"]:
                self.assertIn(row["outcome"], writes | {"denied", "failed"}, row)
            if row["outcome"] in writes:
                self.assertIn(row["id"], ids["1"], row)
            if row["outcome"] in ("noop", "dryrun", "conflict", "subresource"):
                self.assertIn(row["id"], ids["2"] - ids["1"], row)
            if row["outcome"] == "read":
                self.assertNotIn(row["id"], ids["2"], row)

    # changes

    @in_each_folder
    def test_revisions(self, folder):
        rows = self.rows("changes", "--all", "--manifests", folder,
                         shape=lambda row: (FINDING if row.get("schema") == "whodiff.finding/1" else REVISION)(row))
        self.assertGreater(len(rows), 100)
        objects = collections.defaultdict(list)
        for row in rows:
            objects[tuple(row["object"][name] or "" for name in ("group", "resource", "namespace", "name"))].append(row)
            if row["schema"] == "whodiff.revision/1":
                self.revision_holds(row)
        named = [key for key in objects if key[3]]
        self.assertEqual(named, sorted(named), "objects do not follow one another in order")
        for key in named:
            self.versions_follow(objects[key])
        few = self.rows("changes", folder)
        self.assertTrue(all(row["schema"] == "whodiff.finding/1" or row["operation"] == "initial"
                            or row["outcome"] == "changed" for row in few))
        self.assertTrue(all("manifest" not in row for row in few))
        strip = lambda row: {name: value for name, value in row.items() if name != "manifest"}
        self.assertEqual(few, [strip(row) for row in rows if row["schema"] == "whodiff.finding/1"
                               or row["operation"] == "initial" or row["outcome"] == "changed" and row["object"]["name"]])

    def revision_holds(self, row):
        self.assertIn("manifest", row)
        if row["operation"] == "initial":
            self.assertIsNone(row["outcome"], row)
            self.assertIsNone(row["auditID"], row)
        else:
            self.assertIsNotNone(row["outcome"], row)
            self.assertNotEqual(row["outcome"], "read", row)
        if row["fidelity"] in ("T", "M") or row["operation"] == "delete" or row["outcome"] == "dryrun":
            self.assertIsNone(row["manifest"], row)
        if row["outcome"] in ("dryrun", "noop", "denied", "failed", "conflict"):
            self.assertIsNone(row["revision"], row)
        if row["manifest"] is not None:
            self.assertIn(row["fidelity"], ("F", "R"), row)
            self.assertEqual(row["manifest"].get("metadata", {}).get("name"), row["object"]["name"], row)
            self.assertIn("kind", row["manifest"])
        elif row["revision"] is not None and row["operation"] != "delete":
            self.assertIn(row["fidelity"], ("T", "M"), row)
        if row["object"]["resource"] == "namespaces" and row["object"]["group"] == "":
            self.assertIsNone(row["object"]["namespace"], row)

    def versions_follow(self, rows):
        revisions = [row for row in rows if row["schema"] == "whodiff.revision/1"]
        lifetimes = [row["lifetime"] for row in revisions]
        self.assertEqual(lifetimes, sorted(lifetimes), rows[0]["object"])
        numbers = [row["revision"] for row in revisions if row["revision"] is not None]
        self.assertEqual(numbers, list(range(1, len(numbers) + 1)), rows[0]["object"])
        for index, row in enumerate(rows):
            if row["schema"] != "whodiff.finding/1":
                continue
            numbers = lambda some: [one["revision"] for one in some if one.get("revision") is not None]
            if row["after"] is not None:
                self.assertIn(row["after"], numbers(rows[:index]), row)
            if row["before"] is not None:
                self.assertIn(row["before"], numbers(rows[index:]), row)
            self.assertTrue(row["evidence"], row)

    # diff

    @in_each_folder
    def test_comparisons(self, folder):
        versions = collections.Counter()
        for row in self.rows("changes", folder):
            if row.get("revision") and row["operation"] != "delete" and row["fidelity"] in ("F", "R"):
                versions[object_argument(row["object"])] += 1
        several = [name for name, count in versions.most_common(6) if count > 1]
        if not several:
            return
        differing = 0
        for name in several:
            ran = subprocess.run([WHODIFF, "diff", name, folder, "-o", "json"],
                                 env=private_environment(self.folder), capture_output=True, timeout=300)
            self.assertIn(ran.returncode, (0, 1), (name, ran.stderr.decode()))
            row = json.loads(ran.stdout)
            self.hold(DIFF, row)
            self.assertEqual(ran.returncode == 1, bool(row["fields"]), name)
            differing += ran.returncode
            self.lines_hold(row)
        self.assertGreater(differing, 0)

    def lines_hold(self, row):
        last = {"left": 0, "right": 0}
        for line in row["lines"]:
            old, new = line["old"] is not None, line["new"] is not None
            self.assertEqual((old, new), {"same": (True, True), "change": (True, True), "add": (False, True),
                                          "remove": (True, False)}[line["op"]], line)
            self.assertEqual((line["left"] is not None, line["right"] is not None), (old, new), line)
            self.assertEqual(line["op"] == "same", line["old"] == line["new"], line)
            for side in last:
                if line[side] is not None:
                    self.assertEqual(line[side], last[side] + 1, line)
                    last[side] = line[side]
        for field in row["fields"]:
            self.assertEqual(field["op"] == "move", "from" in field, field)
            if field["op"] == "add":
                self.assertIsNone(field["old"], field)
            if field["op"] == "remove":
                self.assertIsNone(field["new"], field)

    # count

    @in_each_folder
    def test_counts(self, folder):
        acts = self.rows("log", "--level", "3", folder)
        for fields in ("outcome", "actor,verb", "kind"):
            rows = self.rows("count", "--by", fields, "--level", "3", folder, shape=COUNT)
            self.assertEqual(sum(row["count"] for row in rows), len(acts))
            self.assertTrue(all(list(row["by"]) == fields.split(",") for row in rows))
            self.assertTrue(all(row["since"] is None for row in rows))
            self.assertEqual([row["count"] for row in rows], sorted((row["count"] for row in rows), reverse=True))
            for row in rows:
                for value in row["by"].values():
                    self.hold(optional(word), value)
        outcomes = collections.Counter(row["outcome"] for row in acts)
        self.assertEqual({row["by"]["outcome"]: row["count"] for row in self.rows(
            "count", "--by", "outcome", "--level", "3", folder)}, outcomes)
        rows = self.rows("count", "--every", "1h", "--by", "outcome", "--level", "3", folder, shape=COUNT)
        self.assertEqual(sum(row["count"] for row in rows), len(acts))
        since = [row["since"] for row in rows]
        self.assertEqual(since, sorted(since))
        self.assertTrue(all(moment.endswith(":00:00.000000Z") for moment in since))

    # check

    @in_each_folder
    def test_checks(self, folder):
        ran = subprocess.run([WHODIFF, "check", folder, "-o", "json"], env=private_environment(self.folder),
                             capture_output=True, timeout=300)
        row = json.loads(ran.stdout)
        self.hold(CHECK, row)
        self.assertEqual(ran.returncode, 1 if row["findings"] else 0, ran.stderr.decode())
        self.assertEqual(ran.stderr.decode(), "")
        self.assertEqual(sum(source["acts"] for source in row["sources"]),
                         len(self.rows("log", "--level", "3", folder)))
        for source in row["sources"]:
            self.assertLessEqual(source["first"], source["last"])
        findings = [row for row in self.rows("changes", "--all", folder) if row["schema"] == "whodiff.finding/1"]
        text = lambda row: json.dumps(row, sort_keys=True)
        self.assertEqual(sorted(map(text, row["outside"])), sorted(map(text, findings)))

    # Exit codes

    def test_exit_codes(self):
        log = str(SAMPLES)
        none = "actor:nobody-has-this-name"
        for words, code in [
            (("log", none, log), 0), (("log", none, log, "--exit-code"), 1), (("log", "-f", none, log, "--exit-code"), 1),
            (("changes", log, "-f", none), 0), (("changes", log, "-f", none, "--exit-code"), 1),
            (("export", none, log), 0), (("export", none, log, "--exit-code"), 1),
            (("count", "--by", "verb", none, log), 0), (("count", "--by", "verb", none, log, "--exit-code"), 1),
            (("log", "colour:red", log), 2), (("log", "code:", log), 2), (("log", "(", log), 2), (("log", "a", "b", log), 2),
            (("log", "-o", "xml", log), 2), (("log", "--level", "4", log), 2), (("log", "--limit", "-1", log), 2),
            (("count", "--by", "colour", log), 2), (("count", log), 2), (("diff", log), 2), (("nonsense",), 2),
            (("changes", "netpol/shop/nothing-of-that-name", log), 0),
            (("log", "--", os.path.join(self.folder, "missing.log")), 3),
        ]:
            with self.subTest(words=words):
                ran = subprocess.run([WHODIFF, *words], env=private_environment(self.folder), capture_output=True,
                                     timeout=300, stdin=subprocess.DEVNULL, cwd=self.folder)
                self.assertEqual(ran.returncode, code, ran.stderr.decode())
                if code > 1:
                    self.assertEqual(ran.stdout, b"")
                    self.assertNotEqual(ran.stderr, b"")

    def test_what_cannot_be_read_is_told_and_the_rest_written(self):
        path = os.path.join(self.folder, "audit.log")
        whole = (SAMPLES / "audit.log").read_bytes()
        with open(path, "wb") as file:
            file.write(whole + b'{"kind":"Event","apiVersion":"audit.k8s.io/v1","broken\nno record at all\n')
        sound = len(self.rows("log", "--level", "3", str(SAMPLES / "audit.log")))
        for words in (("log", "--level", "3"), ("export", "--level", "3"), ("changes", "--all"), ("count", "--by", "verb")):
            rows = self.rows(*words, path, code=3)
            self.assertTrue(rows)
            if words[0] in ("log", "export"):
                self.assertEqual(len(rows), sound)


def object_argument(key):
    kind = key["resource"] + ("." + key["group"] if key["group"] else "")
    return "/".join(part for part in (kind, key["namespace"], key["name"]) if part)


if __name__ == "__main__":
    unittest.main()
