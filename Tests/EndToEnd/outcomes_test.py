"""What came of an act is one answer: `log`, `changes`, `count` and the Policies screen give the same, whatever the levels
leave out and the clocks did.

Folders named in WHODIFF_SAMPLES, separated by colons, are compared too.
"""
import collections, json, os, pathlib, re, shutil, subprocess, sys, tempfile, time, unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Support"))
from terminal import SAMPLES, Tmux, WHODIFF, private_environment

FOLDERS = [str(SAMPLES)] + [path for path in os.environ.get("WHODIFF_SAMPLES", "").split(":") if path]


class Outcomes(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="whodiff-outcomes-")

    def tearDown(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def rows(self, *words):
        ran = subprocess.run([WHODIFF, *words, "-q", "-o", "jsonl"], env=private_environment(self.folder),
                             capture_output=True, timeout=120)
        self.assertIn(ran.returncode, (0, 3), ran.stderr.decode())
        return [json.loads(line) for line in ran.stdout.splitlines()]

    def test_log_changes_and_count_agree(self):
        for folder in FOLDERS:
            with self.subTest(folder=folder):
                acts = collections.defaultdict(set)
                log = self.rows("log", "--level", "3", folder)
                for row in log:
                    acts[row["auditID"]].add(tuple(row[name] for name in ("outcome", "time", "verb", "by", "as", "code")))
                compared = 0
                for row in self.rows("changes", "--all", folder):
                    if row["schema"] != "whodiff.revision/1" or row["auditID"] is None:
                        continue
                    compared += 1
                    told = tuple(row[name] for name in ("outcome", "time", "verb", "by", "as", "code"))
                    self.assertIn(told, acts[row["auditID"]], row)
                self.assertGreater(compared, 100)
                counts = {row["by"]["outcome"]: row["count"]
                          for row in self.rows("count", "--by", "outcome", "--level", "3", folder)}
                self.assertEqual(counts, collections.Counter(row["outcome"] for row in log))

    def test_requests_without_answers_are_told_apart(self):
        # Of the sample log only what was asked for is left.
        path = os.path.join(self.folder, "requests.log")
        with open(path, "w", encoding="utf-8") as file:
            for line in (SAMPLES / "audit.log").read_bytes().split(b"\n"):
                if not line:
                    continue
                event = json.loads(line.decode("utf-8", "replace"))
                if event["level"] == "RequestResponse":
                    event["level"] = "Request"
                    event.pop("responseObject", None)
                file.write(json.dumps(event) + "\n")
        acts = {row["auditID"]: row["outcome"] for row in self.rows("log", "--level", "3", path)}
        told = {row["auditID"]: row["outcome"] for row in self.rows("changes", "--all", path)
                if row["schema"] == "whodiff.revision/1" and row["auditID"]}
        self.assertIn("noop", told.values())
        self.assertEqual(told, {name: outcome for name, outcome in acts.items() if name in told})

    def test_policies_count_the_versions_that_change_logs_number(self):
        for folder in FOLDERS:
            with self.subTest(folder=folder):
                versions = collections.defaultdict(collections.Counter)
                for row in self.rows("changes", "--all", folder):
                    # A pod has time to end in good order, which only bodies tell.
                    if row["schema"] == "whodiff.revision/1" and row["object"]["resource"] != "pods":
                        key = row["object"]
                        path = "/".join(part for part in (key["namespace"], key["name"]) if part)
                        versions[path][key["group"] + "/" + key["resource"]] += row["revision"] is not None
                with Tmux(WHODIFF, folder, size=(240, 400)) as screen:
                    screen.wait(r"^ Enter open", 60)
                    screen.keys("2")
                    # Until all is read the list has less.
                    end = time.time() + 60
                    while True:
                        text = screen.wait(r"[\d,]+ of [\d,]+ objects", 60)
                        shown = re.findall(r"^[ >]*(?:x|-|[\d.,]+) +[a-z]+ +(\S+) .*?([\d,]+) +\d{4}-\d\d-\d\d \d\d:", text, re.M)
                        wrong = [(path, count) for path, count in shown
                                 if path in versions and int(count.replace(",", "")) not in versions[path].values()]
                        if len(shown) > 10 and not wrong or time.time() > end:
                            break
                        time.sleep(0.5)
                self.assertGreater(len(shown), 10)
                self.assertEqual(wrong, [])


if __name__ == "__main__":
    unittest.main()
