"""Logs of every format and wrapper, opened together: each record is listed, or told as one that could not be read."""
import json, os, pathlib, re, subprocess, tempfile, unittest

WHODIFF = os.environ.get("WHODIFF", ".build/release/whodiff")
SAMPLES = pathlib.Path(__file__).resolve().parents[1] / "LogDecoding" / "Samples"


def run(*arguments):
    with tempfile.TemporaryDirectory() as cache:
        environment = {"PATH": os.environ["PATH"], "HOME": cache, "XDG_CACHE_HOME": cache, "TERM": "dumb"}
        return subprocess.run([WHODIFF, *arguments], capture_output=True, text=True, env=environment, timeout=120)


class Formats(unittest.TestCase):
    def expected(self):
        """Lines of records and of rejects that stand beside the samples."""
        lines = [line for file in SAMPLES.glob("*.expected") for line in file.read_text().splitlines()]
        rejects = [line for line in lines if re.match(r"\d+ ! ", line)]
        return len(lines) - len(rejects), len(rejects)

    def test_a_folder_with_a_sample_of_each_format_is_one_timeline(self):
        records, rejects = self.expected()
        # A folder is searched for logs; what holds none is named.
        odd = [str(file) for file in SAMPLES.glob("lookalikes*") if file.suffix != ".expected"]
        found = run("log", *odd, str(SAMPLES), "--level", "3", "-o", "jsonl")
        rows = [json.loads(line) for line in found.stdout.splitlines()]
        self.assertEqual(len(rows), records, found.stderr)
        self.assertEqual(len({row["id"] for row in rows}), records)
        self.assertIn(f"; {rejects} records skipped", found.stderr)
        self.assertEqual(found.returncode, 3)

    def test_each_row_shows_its_record(self):
        with tempfile.TemporaryDirectory() as folder:
            store = str(pathlib.Path(folder) / "all.store")
            run("import", str(SAMPLES), "--store", store)
            rows = [json.loads(line) for line in run("log", "--store", store, "--level", "3", "-o", "jsonl").stdout.splitlines()]
            self.assertGreater(len(rows), 100)
            # One row of each way of wrapping will do; reading all again takes long.
            for row in rows[::9]:
                found = run("show", row["id"], "--store", store, "-o", "json")
                self.assertEqual(found.returncode, 0, found.stderr)
                self.assertEqual(json.loads(found.stdout)["id"], row["id"])

    def test_formats_lists_every_row_with_its_mark(self):
        rows = [json.loads(line) for line in run("formats", "-o", "jsonl").stdout.splitlines()]
        self.assertEqual({row["kind"] for row in rows}, {"format", "list", "object", "text"})
        for row in rows:
            for key in ("name", "summary", "mark"):
                self.assertTrue(row[key], row)


if __name__ == "__main__":
    unittest.main()
