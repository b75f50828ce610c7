"""Histories of the sample logs when their lines come in other files, in another order, from two servers, or not at all."""
import gzip, json, os, pathlib, random, shutil, subprocess, sys, tempfile, unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Support"))
from terminal import SAMPLES, WHODIFF, private_environment
from two_servers import log_lines, split

FIRST, SECOND = "audit-2026-11-23T04-26-14.000.log.gz", "audit.log"
# Changed twice by somebody who is not in the log, then by six clients at once.
EGRESS = "netpol.networking.k8s.io/monitoring/restrict-checkout-egress"
# Other logs whose histories are held against those of two servers, each in a folder.
FOLDERS = [path for path in os.environ.get("WHODIFF_SAMPLES", "").split(":") if path]


def sample_lines():
    with gzip.open(os.path.join(SAMPLES, FIRST)) as first, open(os.path.join(SAMPLES, SECOND), "rb") as second:
        return [line for line in (first.read() + second.read()).split(b"\n") if line]


def field(line, *path):
    value = json.loads(line.decode("utf-8", "replace"))
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


class Histories(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lines = sample_lines()

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="whodiff-history-")
        self.env = private_environment(self.folder)

    def tearDown(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def write(self, name, lines):
        path = os.path.join(self.folder, name)
        pathlib.Path(path).write_bytes(b"\n".join(lines) + b"\n")
        return path

    def rows(self, *words):
        ran = subprocess.run([WHODIFF, "changes", "-o", "jsonl", *words], env=self.env, capture_output=True, timeout=120,
                             stdin=subprocess.DEVNULL)
        self.assertEqual(ran.returncode, 0, ran.stderr.decode())
        return [json.loads(line) for line in ran.stdout.splitlines()]

    def plain(self):
        return self.rows(os.path.join(SAMPLES, FIRST), os.path.join(SAMPLES, SECOND))

    @staticmethod
    def versions(rows):
        """What was written, in order. Of two writes that found the same, only the clock tells which came first."""
        return [(row["object"], row["uid"], row["lifetime"], row["revision"], row["operation"], row["resourceVersion"], row["changed"])
                for row in rows if row.get("revision") and row["resourceVersion"]]

    @staticmethod
    def findings(rows, kind="outside"):
        """What is missing, and where. How much else shows it depends on what the order of lines leaves open."""
        return [(row["object"], row["after"], row["before"]) for row in rows if row.get("finding") == kind]

    @staticmethod
    def accused(rows):
        """The objects of findings, with the lives and versions around."""
        return {(json.dumps(row["object"]), row["finding"]) for row in rows if "finding" in row}

    @staticmethod
    def names(findings):
        return {finding[0]["name"] for finding in findings}

    def test_the_order_of_files_and_of_lines_does_not_count(self):
        expected = self.plain()
        lines = self.lines[:]
        random.Random(7).shuffle(lines)
        for files in (["second", "first"], ["shuffled"], ["overlap a", "overlap b"], ["copy", "first", "second"]):
            with self.subTest(files=files):
                parts = {"first": self.lines[:60], "second": self.lines[60:], "shuffled": lines, "copy": self.lines[30:90],
                         "overlap a": self.lines[:100], "overlap b": self.lines[40:]}
                rows = self.rows(*[self.write(name + ".log", parts[name]) for name in files])
                self.assertEqual(self.versions(rows), self.versions(expected))
                self.assertEqual(self.findings(rows), self.findings(expected))

    @staticmethod
    def unnumbered(versions):
        """The same without numbers: acts that no version was logged of count too, and only clocks place them."""
        return [version[:2] + version[4:] for version in versions]

    def assert_one_history(self, lines, seed, seconds, overlap=0.0, again=0, numbered=True):
        """What two servers wrote tells what one would have: the same versions, no act twice, no finding made up."""
        expected = self.rows(self.write("whole.log", lines))
        one, two = split(lines, seed, seconds, overlap)
        rows = self.rows(self.write(f"one-{seed}-{seconds}.log", one + one[::again] if again else one),
                         self.write(f"two-{seed}-{seconds}.log", two))
        # Where nothing was logged but who and when, clocks are all there is.
        if any(field(line, "level") == "RequestResponse" for line in lines):
            form = list if numbered else self.unnumbered
            self.assertEqual(form(self.versions(rows)), form(self.versions(expected)))
        # Where only the time tells which of two lives came first, a finding may be missing; none is made up.
        self.assertLessEqual(self.accused(rows), self.accused(expected))
        acts = [row["auditID"] for row in rows if row.get("auditID") and row["verb"] != "deletecollection"]
        self.assertEqual(len(acts), len(set(acts)))

    def test_two_servers_with_clocks_apart_give_one_history(self):
        for seed, seconds, overlap, again in ((1, 7, 0, 5), (2, -40, 0, 0), (3, 400, 0, 0), (4, 90, 0.3, 0), (5, -1.8, 0, 7),
                                              (6, 1.8, 0.1, 0)):
            with self.subTest(seed=seed, seconds=seconds):
                self.assert_one_history(self.lines, seed, seconds, overlap, again)

    def test_two_servers_of_other_logs(self):
        for folder in FOLDERS:
            lines = log_lines(folder)
            for seed, seconds, overlap in ((1, 90, 0), (2, -40, 0.2), (3, 1.8, 0), (4, -1.8, 0)):
                with self.subTest(folder=folder, seed=seed, seconds=seconds):
                    self.assert_one_history(lines, seed, seconds, overlap, numbered=False)

    def test_what_is_taken_out_of_the_log_is_found_and_nothing_else(self):
        expected = self.findings(self.plain())
        # Writes of one object; what others wrote over or repeated at once cannot be told, and is not.
        for version in ("585", "683", "691"):
            index = next(index for index, line in enumerate(self.lines)
                         if field(line, "responseObject", "metadata", "resourceVersion") == version
                         and field(line, "objectRef", "name") == "restrict-checkout-egress")
            with self.subTest(version=version):
                findings = self.findings(self.rows(self.write("cut.log", self.lines[:index] + self.lines[index + 1:])))
                self.assertEqual(self.names(findings), self.names(expected))
                self.assertEqual([one[0]["name"] for one in findings].count("restrict-checkout-egress"), 3)
                self.assertEqual(len(findings), len(expected) + 1)

    def test_every_third_line_missing_accuses_only_objects_that_lost_one(self):
        for start in range(3):
            with self.subTest(start=start):
                lost = {field(line, "objectRef", "name") or (field(line, "responseObject", "metadata", "name"))
                        for line in self.lines[start::3]}
                unlogged = self.names(self.findings(self.plain()))
                rows = self.rows(self.write("cut.log", [line for index, line in enumerate(self.lines) if index % 3 != start]))
                self.assertLessEqual(self.names(self.findings(rows)), lost | unlogged)

    def test_without_managed_fields_nothing_is_made_up(self):
        def bare(line):
            try:
                event = json.loads(line)
            except UnicodeDecodeError:
                return line
            for body in ("requestObject", "responseObject"):
                if isinstance(event.get(body), dict):
                    (event[body].get("metadata") or {}).pop("managedFields", None)
            return json.dumps(event).encode()
        rows = self.rows(self.write("bare.log", [bare(line) for line in self.lines]))
        self.assertLessEqual(self.names(self.findings(rows)), self.names(self.findings(self.plain())))
        self.assertIn("restrict-checkout-egress", self.names(self.findings(rows)))


if __name__ == "__main__":
    unittest.main()
