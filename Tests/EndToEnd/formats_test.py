"""Logs of every format and wrapper, opened together: each record is listed, or told as one that could not be read."""
import csv, gzip, io, json, os, pathlib, re, subprocess, tempfile, unittest

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
        # Of two long requests on GKE there are two records each.
        self.assertEqual(len(rows), records - 2, found.stderr)
        self.assertEqual(len({row["id"] for row in rows}), records - 2)
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

    def table(self):
        """Two acts as Azure exports them, one of them about a Secret."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow("TimeGenerated [UTC],AuditId,Level,Stage,Verb,RequestUri,User,ObjectRef,ResponseStatus,RequestObject,RequestReceivedTime".split(","))
        for number, (resource, body) in enumerate([
            ("configmaps", {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "a"}, "data": {"shown": "as it is, \"quoted\""}}),
            ("secrets", {"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "a"}, "data": {"key": "aHVudGVyMg=="}}),
        ]):
            reference = {"resource": resource, "namespace": "shop", "name": "a", "apiVersion": "v1"}
            writer.writerow([
                "2026-10-05T09:12:44.1Z", f"5a3c0000-0000-4000-8000-00000000001{number}", "Request", "ResponseComplete", "create",
                f"/api/v1/namespaces/shop/{resource}", json.dumps({"username": "dana"}), json.dumps(reference),
                json.dumps({"code": 201}), json.dumps(body), "2026-10-05T09:12:44.1Z"])
        return out.getvalue().encode()

    def test_rows_of_tables_show_their_bodies_redacted(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, pack in (("plain.csv", bytes), ("packed.csv", gzip.compress)):
                path = pathlib.Path(folder) / name
                path.write_bytes(pack(self.table()))
                store = str(path) + ".store"
                run("import", str(path), "--store", store)
                for source in ([str(path)], ["--store", store]):
                    shown = run("show", "5a3c0000-0000-4000-8000-000000000010", *source)
                    self.assertIn('shown: as it is, "quoted"', shown.stdout, shown.stderr)
                    for form in ("text", "json"):
                        secret = run("show", "5a3c0000-0000-4000-8000-000000000011", *source, "-o", form)
                        self.assertIn("<redacted 12 bytes #", secret.stdout)
                        self.assertNotIn("aHVudGVyMg==", secret.stdout)

    def test_check_names_what_wrote_the_flows(self):
        for sample, name in (("whisker.json", "whisker-flow"), ("goldmane.jsonl", "goldmane-flow"), ("flows.jsonl", "calico-flow")):
            report = json.loads(run("check", str(SAMPLES / sample), "-o", "json").stdout)
            self.assertEqual([source["format"] for source in report["sources"]], [name])

    def test_formats_lists_every_row_with_its_mark(self):
        rows = [json.loads(line) for line in run("formats", "-o", "jsonl").stdout.splitlines()]
        self.assertEqual({row["kind"] for row in rows}, {"format", "list", "object", "text"})
        for row in rows:
            for key in ("name", "summary", "mark"):
                self.assertTrue(row[key], row)


if __name__ == "__main__":
    unittest.main()
