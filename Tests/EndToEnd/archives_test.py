"""Archives of logs: what is in them is read as the files of a folder are, and nothing in them is trusted."""
import io, json, os, pathlib, subprocess, tarfile, tempfile, unittest, zipfile, gzip

WHODIFF = os.environ.get("WHODIFF", ".build/release/whodiff")
LOGS = pathlib.Path(__file__).resolve().parents[2] / "sample-logs"


def sample_files():
    """Names and bytes of the sample logs, and of a file that is no log."""
    return {str(file.relative_to(LOGS)): file.read_bytes() for file in sorted(LOGS.rglob("*")) if file.is_file()}


def tar(files, mode="w:"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


class Archives(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name)

    def write(self, name, data):
        (self.path / name).write_bytes(data)
        return str(self.path / name)

    def run_whodiff(self, *arguments, **options):
        home = str(self.path / "home")
        environment = {"PATH": os.environ["PATH"], "HOME": home, "XDG_CACHE_HOME": home, "TERM": "dumb"}
        options.setdefault("text", True)
        return subprocess.run([WHODIFF, *arguments], capture_output=True, env=environment, timeout=120, **options)

    def rows(self, *arguments, **options):
        found = self.run_whodiff("log", *arguments, "--level", "3", "-o", "jsonl", **options)
        return {row["id"]: row for row in map(json.loads, found.stdout.splitlines())}, found

    def test_each_kind_of_archive_is_the_same_timeline_as_the_folder(self):
        files = sample_files()
        expected, _ = self.rows(str(LOGS))
        self.assertGreater(len(expected), 400)
        kinds = {
            "plain": tar(files), "gzip": tar(files, "w:gz"), "xz": tar(files, "w:xz"), "bzip2": tar(files, "w:bz2"),
            "zip": zipped(files), "tar-in-zip": zipped({"in/a.tar": tar(files)}), "zip-in-tar": tar({"a.zip": zipped(files)}, "w:gz"),
            "gzip-in-tar": tar({name: gzip.compress(data) for name, data in files.items()}),
        }
        inner = {"tar-in-zip": "in/a.tar!", "zip-in-tar": "a.zip!"}
        for kind, data in kinds.items():
            with self.subTest(kind):
                path = self.write(kind + ".log", data)
                rows, found = self.rows(path)
                self.assertEqual(found.returncode, 0, found.stderr)
                self.assertEqual(found.stderr, "")
                self.assertEqual(rows.keys(), expected.keys())
                for key, row in rows.items():
                    name = expected[key]["source"]["file"].removeprefix(str(LOGS) + "/")
                    self.assertEqual(row["source"], {**expected[key]["source"], "file": f"{path}!{inner.get(kind, '')}{name}"})
                again, _ = self.rows(path)
                self.assertEqual(again, rows)

    def test_an_unchanged_archive_is_not_unpacked_again(self):
        path = self.write("bundle", tar(sample_files(), "w:gz"))
        rows, _ = self.rows(path)
        # Nothing but its looks tells that it is another: whoever unpacked it would fail.
        self.assertEqual(self.rows_after_damage(path), rows)
        # Once it looks different it is read, and told.
        os.utime(path)
        _, found = self.rows(path)
        self.assertEqual(found.returncode, 3)
        self.assertIn("damaged", found.stderr)

    def test_an_archive_with_files_of_equal_text_is_not_unpacked_again(self):
        audit = sample_files()["audit.log"]
        path = self.write("bundle", tar({"a/audit.log": audit, "b/audit.log": audit, "c/audit.log.gz": gzip.compress(audit)}, "w:gz"))
        rows, _ = self.rows(path)
        self.assertEqual({row["source"]["file"] for row in rows.values()}, {path + "!a/audit.log"})
        self.assertEqual(self.rows_after_damage(path), rows)

    def rows_after_damage(self, path):
        """The rows of an archive whose bytes are no more what they were, though it looks the same."""
        status = os.stat(path)
        with open(path, "wb") as file:
            file.write(b"\x1f\x8b" + bytes(status.st_size - 2))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        again, found = self.rows(path)
        self.assertEqual((found.returncode, found.stderr), (0, ""))
        return again

    def test_a_changed_archive_is_read_again(self):
        files = sample_files()
        path = self.write("bundle", tar(files, "w:gz"))
        before, _ = self.rows(path)
        self.write("bundle", tar({"audit.log": files["audit.log"]}, "w:gz"))
        after, found = self.rows(path)
        self.assertEqual(found.stderr, "")
        self.assertEqual(after.keys(), {key for key, row in before.items() if row["source"]["file"].endswith("!audit.log")})

    def test_each_row_shows_its_record_also_those_that_the_index_leaves_out(self):
        path = self.write("bundle", tar(sample_files(), "w:gz"))
        rows, _ = self.rows(path)
        for key in list(rows)[::60]:
            found = self.run_whodiff("show", key, path, "-o", "json")
            self.assertEqual(found.returncode, 0, found.stderr)
            self.assertEqual(json.loads(found.stdout)["id"], key)

    def test_one_file_of_an_archive_can_be_named(self):
        path = self.write("bundle", zipped(sample_files()))
        rows, found = self.rows(path + "!audit.log")
        self.assertEqual(found.stderr, "")
        self.assertEqual({row["source"]["file"] for row in rows.values()}, {path + "!audit.log"})
        found = self.run_whodiff("log", path + "!nothing.log")
        self.assertEqual(found.returncode, 3)
        self.assertIn(f"{path}!nothing.log: cannot be opened: the archive has nothing of this name; it has "
                      "README.md, all-stages/, audit-2026-11-23T04-26-14.000.log.gz, ...", found.stderr)

    def test_a_folder_of_an_archive_and_an_archive_in_it_can_be_named(self):
        files = sample_files()
        logs = {"kube/node-1/audit.log": files["audit.log"], "kube/flows.log": files["flows.log"], "kube/notes.txt": b"hello\n"}
        path = self.write("bundle", tar({**logs, "kubelet.log": files["dns.log"], "in.zip": zipped(logs)}, "w:gz"))
        for name, files in {
            "kube": ["kube/flows.log", "kube/node-1/audit.log"], "kube/": ["kube/flows.log", "kube/node-1/audit.log"],
            "kube/node-1": ["kube/node-1/audit.log"], "in.zip": ["in.zip!kube/flows.log", "in.zip!kube/node-1/audit.log"],
            "in.zip!kube/node-1": ["in.zip!kube/node-1/audit.log"],
        }.items():
            with self.subTest(name):
                for _ in range(2):
                    rows, found = self.rows(f"{path}!{name}")
                    self.assertEqual((found.returncode, found.stderr), (0, ""))
                    self.assertEqual({row["source"]["file"] for row in rows.values()}, {f"{path}!{file}" for file in files})
        found = self.run_whodiff("log", path + "!kubel")
        self.assertIn("the archive has nothing of this name; it has ", found.stderr)

    def test_an_import_needs_the_archive_no_longer(self):
        path = self.write("bundle", tar(sample_files(), "w:gz"))
        rows, _ = self.rows(path)
        store = str(self.path / "kept.store")
        self.assertEqual(self.run_whodiff("import", path, "--store", store).returncode, 0)
        os.remove(path)
        kept, _ = self.rows("--store", store)
        self.assertEqual(kept, rows)
        key = next(iter(rows))
        self.assertEqual(json.loads(self.run_whodiff("show", key, "--store", store, "-o", "json").stdout)["id"], key)

    def test_archives_come_through_pipes(self):
        expected, _ = self.rows(str(LOGS))
        for data in (tar(sample_files()), tar(sample_files(), "w:gz"), zipped(sample_files())):
            rows, found = self.rows("-", input=data, text=False)
            self.assertEqual(found.returncode, 0, found.stderr)
            self.assertEqual(rows.keys(), expected.keys())
            self.assertTrue(all(row["source"]["file"].startswith("-!") for row in rows.values()))

    def test_an_archive_without_logs_is_told_with_what_it_holds(self):
        path = self.write("bundle", tar({"a.txt": b"hello\n", "b.yaml": b"kind: List\n"}))
        _, found = self.rows(path)
        self.assertEqual(found.returncode, 3)
        self.assertIn(f"{path}: no audit logs in this archive", found.stderr)
        self.assertIn(f"{path}!a.txt: no record of any known format", found.stderr)
        self.assertIn("it begins: kind: List", found.stderr)
        self.assertEqual(found.stderr.count("kubernetes-audit:"), 1)

    def test_an_empty_tar_and_an_empty_zip_are_told_alike(self):
        kinds = {"tar": tar({}), "tar.gz": tar({}, "w:gz"), "zip": zipped({})}
        for kind, data in kinds.items():
            with self.subTest(kind):
                path = self.write("empty." + kind, data)
                for arguments in ([path], [path]):
                    _, found = self.rows(*arguments)
                    self.assertEqual(found.returncode, 3)
                    self.assertEqual(found.stderr, f"whodiff: {path}: this archive is empty\n")
                _, found = self.rows("-", input=data, text=False)
                self.assertEqual((found.returncode, found.stderr), (3, b"whodiff: -: this archive is empty\n"))

    def test_an_empty_archive_in_an_archive_is_none_of_its_logs(self):
        path = self.write("bundle", tar({"empty.tar": tar({}), "empty.zip": zipped({})}))
        _, found = self.rows(path)
        self.assertEqual((found.returncode, found.stderr), (3, f"whodiff: {path}: no audit logs in this archive\n"))
        path = self.write("bundle", tar({"empty.tar": tar({}), "audit.log": sample_files()["audit.log"]}))
        _, found = self.rows(path)
        self.assertEqual((found.returncode, found.stderr), (0, ""))

    def test_zeros_that_are_no_archive_are_no_record(self):
        path = self.write("cut.log", bytes(1024) + sample_files()["audit.log"])
        rows, _ = self.rows(path)
        self.assertGreater(len(rows), 100)

    def test_names_are_never_written_to_the_disk_nor_to_the_terminal(self):
        audit = sample_files()["audit.log"]
        for number, name in enumerate(["../../escape.log", "/tmp/whodiff-escape.log", "a\x1b[31mb.log", "c\nd.log"]):
            path = self.write(f"bundle{number}", tar({name: audit}))
            before = sorted(self.path.rglob("*"))
            rows, found = self.rows(path)
            self.assertEqual({row["source"]["file"] for row in rows.values()}, {f"{path}!{name}"})
            for arguments in (["check", path], ["show", next(iter(rows)), path], ["log", path]):
                shown = self.run_whodiff(*arguments)
                self.assertNotIn("\x1b", shown.stdout + shown.stderr)
            added = [file for file in sorted(self.path.rglob("*")) if file not in before and "home" not in str(file)]
            self.assertEqual(added, [])
        self.assertFalse(os.path.exists("/tmp/whodiff-escape.log"))

    def test_what_can_be_read_of_a_damaged_archive_is_read(self):
        files = {"a.log": sample_files()["audit.log"], "b.log": sample_files()["flows.log"]}
        whole = tar(files)
        path = self.write("cut", whole[: len(whole) - 30000])
        rows, found = self.rows(path)
        self.assertGreater(len(rows), 100)
        self.assertEqual(found.returncode, 3)
        self.assertRegex(found.stderr, rf"whodiff: {path}!b.log: damaged after \d+ bytes of text: Truncated \w+")

    def test_of_a_zip_whose_file_is_damaged_one_line_tells(self):
        packed = bytearray(zipped({"a.log": sample_files()["audit.log"]}))
        packed[len(packed) // 2] ^= 0xFF
        path = self.write("bundle", packed)
        _, found = self.rows(path)
        self.assertRegex(found.stderr.splitlines()[0], rf"^whodiff: {path}!a.log: damaged after \d+ bytes of text: ZIP .*\S$")
        self.assertNotIn("\n\n", found.stderr)

    def test_damage_loses_little_and_is_counted_once(self):
        audit = sample_files()["audit.log"] * 8
        packed = gzip.compress(audit, 1)
        path = self.write("cut.gz", packed[: len(packed) * 9 // 10])
        first, again = (self.run_whodiff("sources", path, "-o", "jsonl").stdout for _ in range(2))
        self.assertEqual(first, again)
        self.assertGreater(json.loads(first)["read"], len(audit) * 8 // 10)

    def test_zeros_without_end_are_told_and_what_came_before_is_kept(self):
        audit = sample_files()["audit.log"]
        packed = gzip.compress(audit) + gzip.compress(bytes(80 << 20))
        path = self.write("bomb.gz", packed)
        rows, found = self.rows(path)
        self.assertGreater(len(rows), 100)
        self.assertEqual(found.returncode, 3)
        self.assertIn(f"{path}: reading stopped after", found.stderr)
        self.assertIn("--unpack-ratio", found.stderr)


if __name__ == "__main__":
    unittest.main()
