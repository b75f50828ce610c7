"""What came of an act is one answer: `log` and `changes` give the same for each, whatever the clocks did.

Folders named in WHODIFF_SAMPLES, separated by colons, are compared too.
"""
import collections, json, os, pathlib, shutil, subprocess, sys, tempfile, unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Support"))
from terminal import SAMPLES, WHODIFF, private_environment

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

    def test_log_and_changes_agree(self):
        for folder in FOLDERS:
            with self.subTest(folder=folder):
                acts = collections.defaultdict(set)
                for row in self.rows("log", "--level", "3", folder):
                    acts[row["auditID"]].add((row["outcome"], row["level"]))
                compared = 0
                for row in self.rows("changes", "--all", folder):
                    if row["schema"] != "whodiff.revision/1" or row["auditID"] is None:
                        continue
                    compared += 1
                    outcomes = {outcome for outcome, _ in acts[row["auditID"]]}
                    # Where no answer was logged, only the rebuilt versions tell that a write altered nothing; that
                    # takes the object's history, which the list of acts does not have.
                    if row["outcome"] == "noop" and {level for _, level in acts[row["auditID"]]} == {"Request"}:
                        outcomes.add("noop")
                    self.assertIn(row["outcome"], outcomes, row)
                self.assertGreater(compared, 100)


if __name__ == "__main__":
    unittest.main()
