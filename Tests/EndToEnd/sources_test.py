"""What was read, file by file: the rows of `sources`, and the screen that leaves sources out and takes them in again."""
import collections, gzip, json, os, pathlib, re, shutil, subprocess, sys, tarfile, tempfile, unittest, zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Support"))
from terminal import SAMPLES, WHODIFF, Tmux, private_environment
from two_clusters import second_cluster

FOREIGN = "I1123 04:16:48.531000       1 controller.go:135] a line of another program\n"


class Sources(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="whodiff-sources-")
        self.env = private_environment(self.folder)

    def tearDown(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def rows(self, *words, code=0):
        done = subprocess.run([WHODIFF, "sources", *words, "-o", "jsonl"], capture_output=True, text=True, env=self.env)
        self.assertEqual(done.returncode, code, done.stderr)
        return [json.loads(line) for line in done.stdout.split("\n") if line]

    def broken(self, name="broken.log", start=0):
        """A log of five records, a line of another program, and one that is broken."""
        lines = (SAMPLES / "audit.log").read_text(encoding="utf-8", errors="surrogateescape").splitlines(keepends=True)
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.writelines(lines[start:start + 3] + [FOREIGN, '{"kind":"Event","level\n'] + lines[start + 3:start + 5])
        return path

    def test_rows_say_what_is_in_each_file(self):
        rows = {os.path.basename(row["file"]): row for row in self.rows(*(str(path) for path in SAMPLES.iterdir() if path.is_file() and path.suffix != ".md"))}
        audit = rows["audit.log"]
        records = [json.loads(line) for line in (SAMPLES / "audit.log").read_bytes().split(b"\n") if line]
        self.assertEqual(audit["acts"], len(records))
        self.assertEqual(audit["size"], (SAMPLES / "audit.log").stat().st_size)
        self.assertEqual(audit["read"], audit["size"])
        self.assertEqual(audit["levels"].get("RequestResponse"), sum(one["level"] == "RequestResponse" for one in records))
        self.assertEqual(audit["stages"], collections.Counter(one["stage"] for one in records))
        self.assertEqual((audit["state"], audit["complete"], audit["cluster"]), ("same", True, None))
        self.assertEqual(rows["flows.log"]["data"], {"flow": rows["flows.log"]["acts"]})
        self.assertEqual((audit["format"], rows["flows.log"]["format"]), ("kubernetes-audit", "calico-flow"))
        packed = next(row for name, row in rows.items() if name.endswith(".gz"))
        self.assertEqual(packed["compression"], "gzip")

    def test_files_of_a_folder_that_are_no_logs_are_counted(self):
        logs = os.path.join(self.folder, "logs")
        os.mkdir(logs)
        shutil.copy(SAMPLES / "audit.log", logs)
        for name in ["a.txt", "b.txt", "c.txt", "d.txt"]:
            with open(os.path.join(logs, name), "w") as file:
                file.write("nothing of interest\n")
        done = subprocess.run([WHODIFF, "sources", logs], capture_output=True, text=True, env=self.env)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("FORMAT", done.stdout)
        self.assertIn("4 files hold no log that is known: " + ", ".join(f"{logs}/{one}.txt" for one in "abc") + ", ...", done.stderr)

    def unreadable(self):
        """A folder of a log, one that cannot be read, an archive that is cut, and one with an encrypted file."""
        logs = os.path.join(self.folder, "logs")
        os.mkdir(logs)
        shutil.copy(SAMPLES / "audit.log", logs)
        # A plain file by its looks, of which nobody can read the first byte.
        os.symlink("/proc/self/mem", os.path.join(logs, "locked.log"))
        with tarfile.open(os.path.join(self.folder, "whole.tar"), "w") as tar:
            tar.add(SAMPLES / "flows.log", "flows.log")
            tar.add(SAMPLES / "dns.log", "dns.log")
        size = os.path.getsize(SAMPLES / "flows.log")
        with open(os.path.join(self.folder, "whole.tar"), "rb") as whole, open(os.path.join(logs, "cut.tar"), "wb") as cut:
            cut.write(whole.read(512 + size - 700))
        with zipfile.ZipFile(os.path.join(logs, "in.zip"), "w") as archive:
            archive.writestr("dns.log", (SAMPLES / "dns.log").read_bytes())
            archive.writestr("secret.log", b"x" * 100)
        data = bytearray(pathlib.Path(logs, "in.zip").read_bytes())
        for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
            data[data.rindex(mark) + place] |= 1
        pathlib.Path(logs, "in.zip").write_bytes(data)
        return logs

    def test_what_cannot_be_opened_has_a_row_that_says_so(self):
        logs = self.unreadable()
        for _ in range(2):
            rows = {os.path.relpath(row["file"], logs): row for row in self.rows(logs, code=3)}
            failures = {name: row["failure"] for name, row in rows.items()}
            size = os.path.getsize(SAMPLES / "flows.log")
            self.assertIn("cannot be opened: the archive is damaged behind its file number 1: Truncated ", failures.pop("cut.tar"))
            self.assertRegex(failures.pop("cut.tar!flows.log"), r"^damaged after \d+ bytes of text: Truncated tar archive$")
            self.assertEqual(
                failures, {"audit.log": None, "in.zip!dns.log": None, "locked.log": "cannot be opened: Input/output error",
                           "in.zip!secret.log": "cannot be opened: it is encrypted"})
            # But for the end of the line that is cut.
            self.assertGreater(rows["cut.tar!flows.log"]["read"], size - 4096)
            self.assertEqual((rows["locked.log"]["acts"], rows["locked.log"]["read"], rows["locked.log"]["complete"]), (0, 0, False))
        done = subprocess.run([WHODIFF, "sources", logs], capture_output=True, text=True, env=self.env)
        self.assertRegex(done.stdout, r"locked\.log +.* cannot be opened: Input/output error\n")
        self.assertIn("locked.log: cannot be opened: Input/output error", done.stderr)

    def path(self, name, text=b""):
        path = os.path.join(self.folder, name)
        pathlib.Path(path).write_bytes(text)
        return path

    def empty(self):
        """A file, a packed one and archives, in none of which there is anything."""
        names = {name: os.path.join(self.folder, name) for name in ("none.tar", "none.tgz", "none.zip")}
        tarfile.open(names["none.tar"], "w").close()
        tarfile.open(names["none.tgz"], "w:gz").close()
        zipfile.ZipFile(names["none.zip"], "w").close()
        return names | {"none.log": self.path("none.log"), "none.gz": self.path("none.gz", gzip.compress(b""))}

    def test_what_has_nothing_in_it_has_a_row(self):
        empty = self.empty()
        log = self.path("a.log", (SAMPLES / "audit.log").read_bytes())
        for words in [*empty.values(), log], [self.folder]:
            for _ in range(2):
                rows = {os.path.basename(row["file"]): row for row in self.rows(*words)}
                found = {name: (row["state"], row["size"], row["acts"], row["failure"]) for name, row in rows.items() if name != "a.log"}
                # A packed text without a byte is no log, but where it was named.
                names = [name for name in empty if name != "none.gz" or words != [self.folder]]
                self.assertEqual(found, {name: ("empty", 0, 0, None) for name in names})
        done = subprocess.run([WHODIFF, "sources", log, empty["none.log"]], capture_output=True, text=True, env=self.env)
        self.assertRegex(done.stdout, r"none\.log +0 B .* empty +-")
        self.assertNotIn("FAILURE", done.stdout)
        row, = self.rows(empty["none.log"])
        self.assertEqual((row["state"], row["failure"]), ("empty", None))

    def test_an_archive_that_was_named_and_holds_no_log_has_a_row_beside_others(self):
        archive = os.path.join(self.folder, "notes.zip")
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("readme.txt", "nothing of interest\n")
        for _ in range(2):
            rows = {row["file"]: row["failure"] for row in self.rows(str(SAMPLES / "audit.log"), archive)}
            self.assertEqual(rows, {str(SAMPLES / "audit.log"): None, archive: "no audit logs in this archive"})

    def test_a_file_that_was_emptied_says_so(self):
        log = self.path("a.log", (SAMPLES / "audit.log").read_bytes())
        store = os.path.join(self.folder, "store.sqlite")
        run = lambda *words: subprocess.run([WHODIFF, "import", *words, "--store", store], env=self.env, capture_output=True, text=True)
        self.assertNotIn("empty", run(log).stderr)
        self.path("a.log")
        done = run(log, self.path("b.log"))
        self.assertEqual(done.returncode, 0)
        self.assertIn(f"{log} is empty now; what was read of it before is kept\n", done.stderr)
        self.assertIn(f"{self.folder}/b.log is empty\n", done.stderr)
        row, = self.rows("--store", store)
        self.assertEqual((row["state"], row["acts"]), ("empty", 130))

    def test_screens_tell_that_a_file_was_emptied(self):
        log = self.path("a.log", (SAMPLES / "audit.log").read_bytes())
        env = {"XDG_CACHE_HOME": os.path.join(self.folder, "cache")}
        with Tmux(WHODIFF, log, **env) as screen:
            screen.wait(r"\d+ of 130\s*$")
            self.path("a.log")
            screen.keys("0")
            screen.wait(r"^ 1 source ")
            screen.keys("R")
            screen.wait(r"a\.log is empty now: what was read stays until it is opened anew")
            screen.wait(r"a\.log +.*is empty now")
        # Opened anew, only what is there counts.
        with Tmux(WHODIFF, log, **env) as screen:
            screen.wait(r"a\.log is empty\.")
            screen.keys("0")
            screen.wait(r"^> +\S*a\.log +empty")

    def test_screens_show_what_is_in_a_file_now(self):
        lines = (SAMPLES / "audit.log").read_bytes().splitlines(keepends=True)
        env = {"XDG_CACHE_HOME": os.path.join(self.folder, "cache")}
        logs = os.path.join(self.folder, "logs")
        os.mkdir(logs)
        def opened(wait, sources):
            with Tmux(WHODIFF, logs, **env) as screen:
                screen.wait(wait)
                screen.keys("0")
                screen.wait(sources)
        log = os.path.join(logs, "a.log")
        pathlib.Path(log).write_bytes(b"".join(lines[:80]))
        opened(r"of 80\s*$", r"^ 1 source ")
        # Rotated: what was read is there by another name.
        os.rename(log, log + ".1")
        pathlib.Path(log).write_bytes(b"".join(lines[80:100]))
        opened(r"of 100\s*$", r"^ 2 sources ")
        # Another text under the old name.
        os.remove(log)
        pathlib.Path(log).write_bytes(b"".join(lines[100:]))
        opened(r"of 110\s*$", r"^ 2 sources ")

    def test_what_came_through_standard_input_has_the_format_of_its_text(self):
        store = os.path.join(self.folder, "store.sqlite")
        gke = pathlib.Path(__file__).resolve().parents[1] / "LogDecoding/Samples/gke.json"
        broken = (SAMPLES / "dns.log").read_bytes() + b'{"broken\n'
        for text in (SAMPLES / "audit.log").read_bytes(), (SAMPLES / "flows.log").read_bytes(), broken, gke.read_bytes():
            subprocess.run([WHODIFF, "import", "-q", "-", "--store", store], input=text, env=self.env, capture_output=True)
        formats = ["kubernetes-audit", "calico-flow", "calico-dns", "gke-audit"]
        rows = self.rows("--store", store)
        self.assertEqual([(row["file"], row["format"], row["state"]) for row in rows], [("-", name, "pipe") for name in formats])
        done = subprocess.run([WHODIFF, "check", "--store", store, "-o", "json"], env=self.env, capture_output=True, text=True)
        sources = json.loads(done.stdout)["sources"]
        self.assertEqual([one["format"] for one in sources], formats)
        self.assertEqual([len(one["rejects"]) for one in sources], [row["malformed"] + row["foreign"] for row in rows])
        self.assertEqual([len(one["rejects"]) for one in sources[:3]], [0, 0, 1])

    def test_what_cannot_be_opened_is_on_the_screen(self):
        with Tmux(WHODIFF, self.unreadable()) as screen:
            screen.wait(r"\d+ of \d+\s*$")
            screen.keys("0")
            text = screen.wait(r"6 sources, 3 not read")
            self.assertRegex(text, r"locked\.log +cannot be opened")
            screen.keys("g", "j", "j")
            screen.wait(r"^>.*locked\.log")
            screen.wait(r"^ not read: cannot be opened: Input/output error")
            screen.keys("Space")
            screen.wait(r"nothing of it counts")
            screen.keys("Enter")
            screen.wait(r"nothing of it was read")

    def test_what_is_broken_and_what_is_another_programs_are_told_apart(self):
        row, = self.rows(self.broken())
        self.assertEqual((row["malformed"], row["foreign"], row["problemLine"], row["acts"]), (1, 1, 4, 5))

    def test_a_file_that_has_changed_since_says_so(self):
        path = self.broken()
        store = os.path.join(self.folder, "store.sqlite")
        subprocess.run([WHODIFF, "import", path, "--store", store, "-q"], env=self.env, capture_output=True)
        state = lambda: self.rows("--store", store)[0]["state"]
        self.assertEqual(state(), "same")
        with open(path, "a", encoding="utf-8") as file:
            file.write(FOREIGN)
        self.assertEqual(state(), "grown")
        os.remove(path)
        self.assertEqual(state(), "gone")

    def test_a_source_is_left_out_of_every_screen_and_comes_back(self):
        dev = os.path.join(self.folder, "dev-logs")
        second_cluster(dev)
        with Tmux(WHODIFF, "--cluster", f"dev={dev}/audit.log", "--cluster", "prod=sample-logs/audit.log") as screen:
            screen.wait(r"kind +cluster")
            # Settled: by then the histories have told the no-ops.
            both = re.search(r"(\d+) of (\d+)\s*$", screen.wait(r"218 of 260\s*$"), re.M)
            screen.keys("2")
            objects = re.search(r"(\d+) objects", screen.wait(r"\d+ objects")).group(1)
            screen.keys("0")
            screen.wait(r"^ 2 sources .* acts")
            screen.keys("Space")
            screen.wait(r"1 left out")
            screen.keys("1")
            text = screen.wait(rf"{int(both[1]) // 2} of {int(both[2]) // 2}\s*$")
            self.assertIn("without 1 source", text)
            # One cluster is left: its name would be the same in every row.
            self.assertNotRegex(text, r"kind +cluster")
            screen.keys("2")
            screen.wait(rf"{int(objects) // 2} objects")
            screen.keys("0", "Space", "1")
            self.assertNotIn("without", screen.wait(rf"{both[1]} of {both[2]}\s*$"))
            screen.keys("2")
            screen.wait(rf"{objects} objects")

    def test_Enter_lists_what_could_not_be_read(self):
        with Tmux(WHODIFF, self.broken()) as screen:
            screen.wait(r"\d+ of \d+\s*$")
            screen.keys("0")
            screen.wait(r"1 malformed, 1 of another kind, the first at line 4")
            screen.keys("Enter")
            text = screen.wait(r"a klog line")
            self.assertRegex(text, r"> +4 +[\d,]+\+\d+ +a klog line")
            screen.keys("q")
            screen.wait(r"1 malformed")

    def test_a_file_that_may_not_be_read_is_told_with_its_owner_and_what_reads_it(self):
        path = self.broken("locked.log")
        os.chmod(path, 0)
        os.chmod(self.folder, 0o755)
        # Nothing is locked to root.
        user = {"user": 65534, "group": 65534, "extra_groups": []} if os.getuid() == 0 else {}
        try:
            done = subprocess.run([WHODIFF, "check", "--no-index", path], capture_output=True, text=True, env=self.env, **user)
        except PermissionError:
            self.skipTest("the program is in a folder of root's")
        self.assertEqual(done.returncode, 3)
        said = " ".join(done.stdout.split())
        self.assertRegex(said, r"!! Nothing was read of 1 source .*locked\.log: cannot be opened: Permission denied \(owner \S+, mode 0000\)")
        self.assertIn(f"sudo cat {path} | whodiff -", said)

    def test_unreadable_lines_are_told_at_every_opening(self):
        path = self.broken()
        for _ in range(2):
            with Tmux(WHODIFF, path, XDG_CACHE_HOME=os.path.join(self.folder, "cache")) as screen:
                screen.wait(r"2 lines unreadable\s*$")

    def test_screens_over_what_holds_no_log_say_what_it_is(self):
        logs = os.path.join(self.folder, "pictures")
        os.mkdir(logs)
        with open(os.path.join(logs, "a.gif"), "wb") as file:
            file.write(b"GIF89a\x01\x00\x1b[2J")
        with Tmux(WHODIFF, logs) as screen:
            screen.wait(r"pictures: no audit logs in this folder of 1 file")
            screen.wait(r"it begins: GIF89a\\u\{1\}\\u\{0\}\\u\{1b\}\[2J")
            screen.keys("C")
            screen.wait(r"Nothing was read of 1 source")
        done = subprocess.run([WHODIFF, "log", logs, logs + "/a.gif"], capture_output=True, text=True, env=self.env)
        self.assertEqual(done.returncode, 3)
        self.assertEqual(done.stderr.count("no record of any known format"), 1)
        self.assertIn(f"{logs}: no audit logs in this folder of 1 file\n", done.stderr)
        self.assertNotIn("a.gif: no audit logs in this folder", done.stderr)

    def test_what_is_left_out_stays_out_while_its_file_is_followed(self):
        grows, stays = self.broken("grows.log"), self.broken("stays.log", start=80)
        lines = (SAMPLES / "audit.log").read_bytes().splitlines(keepends=True)
        with Tmux(WHODIFF, "--follow", grows, stays) as screen:
            screen.wait(r"follow:on")
            screen.keys("0")
            screen.wait(r"^ 2 sources")
            row = next(line for line in screen.text().splitlines() if line.startswith(">"))
            if "grows.log" not in row:
                screen.keys("j")
                screen.wait(r"^>.*grows\.log")
            screen.keys("Space")
            before = screen.wait(r"acts shown, [\d,]+ left out")
            with open(grows, "ab") as file:
                file.writelines(lines[40:60])
            shown, out = map(int, re.search(r"(\d+) acts shown, (\d+) left out", before).groups())
            count = shown + out
            screen.wait(rf"{shown} acts shown, {out + 20} left out")
            screen.keys("1")
            self.assertRegex(screen.wait(r"\d+ of \d+\s*$"), r"without 1 source")
            shown = int(re.search(r"of (\d+)\s*$", screen.text(), re.M).group(1))
            screen.keys("0", "Space", "1")
            screen.wait(rf"of {count + 20}\s*$")
            self.assertLess(shown, count)

    def test_thousands_of_files_scroll(self):
        many = os.path.join(self.folder, "many")
        os.makedirs(many)
        lines = (SAMPLES / "audit.log").read_bytes().splitlines(keepends=True)
        for index in range(600):
            pathlib.Path(many, f"audit-{index:04}.log").write_bytes(
                lines[index % len(lines)].replace(b'"auditID":"', b'"auditID":"%04d' % index, 1))
        with Tmux(WHODIFF, many) as screen:
            screen.wait(r"\d+ of 600\s*$", timeout=120)
            screen.keys("0")
            screen.wait(r"^ 600 sources")
            screen.keys("G")
            screen.wait(r"^>.*audit-\d+\.log[^$]*600/600")
            screen.keys("Space")
            screen.wait(r"1 left out")


if __name__ == "__main__":
    unittest.main()
