"""One store, many processes: all of them make it, fill it or browse the same folder at once; some are killed."""
import collections, json, os, pathlib, random, shutil, signal, subprocess, sys, tempfile, time, unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Support"))
from terminal import SAMPLES, WHODIFF, private_environment

PROCESSES = 8
ROUNDS = 3


class ManyProcesses(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="whodiff-store-")
        self.env = private_environment(self.folder)
        self.expected = self.acts("log", "--no-index", "--level", "3", "-o", "jsonl", str(SAMPLES))

    def tearDown(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, *words):
        return subprocess.Popen([WHODIFF, *words], env=self.env, cwd=self.folder, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def output(self, process):
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, err.decode())
        return out.decode()

    def count(self, text):
        return collections.Counter(json.loads(line)["id"] for line in text.splitlines())

    def acts(self, *words):
        return self.count(self.output(self.start(*words)))

    def kept(self, store):
        return self.acts("log", "--store", store, "--level", "3", "-o", "jsonl")

    def test_many_imports_into_one_new_store_at_once(self):
        for number in range(ROUNDS):
            store = os.path.join(self.folder, f"folder-{number}", "store")
            for process in [self.start("import", "--store", store, str(SAMPLES)) for _ in range(PROCESSES)]:
                self.output(process)
            self.assertEqual(self.kept(store), self.expected)

    def test_many_browse_a_folder_that_has_no_index_yet(self):
        for _ in range(ROUNDS):
            shutil.rmtree(self.env["XDG_CACHE_HOME"], ignore_errors=True)
            words = ("log", "--level", "3", "-o", "jsonl", str(SAMPLES))
            for process in [self.start(*words) for _ in range(PROCESSES)]:
                self.assertEqual(self.count(self.output(process)), self.expected)

    def test_many_browse_a_folder_whose_index_holds_files_that_are_gone(self):
        logs = os.path.join(self.folder, "logs")
        shutil.copytree(SAMPLES, logs)
        words = ("log", "--level", "3", "-o", "jsonl", logs)
        with open(os.path.join(logs, "more.log"), "w") as file:
            file.write(json.dumps({
                "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "stage": "ResponseComplete",
                "auditID": "99999999-0000-4000-8000-000000000000", "verb": "delete", "requestURI": "/api/v1/namespaces/x",
                "user": {"username": "eve"}, "objectRef": {"resource": "namespaces", "name": "x", "apiVersion": "v1"},
                "responseStatus": {"code": 200}, "requestReceivedTimestamp": "2026-11-20T16:11:00.000000Z",
                "stageTimestamp": "2026-11-20T16:11:00.000000Z"}) + "\n")
        self.assertEqual(sum(self.acts(*words).values()), sum(self.expected.values()) + 1)
        os.unlink(os.path.join(logs, "more.log"))
        for process in [self.start(*words) for _ in range(PROCESSES)]:
            self.assertEqual(self.count(self.output(process)), self.expected)

    def test_imports_that_are_killed_leave_a_store_that_the_next_one_completes(self):
        dice = random.Random(7)
        for number in range(ROUNDS * 2):
            store = os.path.join(self.folder, f"killed-{number}", "store")
            for _ in range(3):
                process = self.start("import", "--store", store, str(SAMPLES))
                time.sleep(dice.uniform(0, 0.15))
                process.send_signal(signal.SIGKILL)
                process.communicate()
            self.output(self.start("import", "--store", store, str(SAMPLES)))
            self.assertEqual(self.kept(store), self.expected)
            self.assertFalse(os.path.exists(store + "-new"))


if __name__ == "__main__":
    unittest.main()
