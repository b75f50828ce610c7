"""Following: a log that is written and rotated while it is followed, every line exactly once.

FOLLOW_SECONDS, FOLLOW_RATE and FOLLOW_ROTATION set the length in seconds, the lines a second and the seconds between
two rotations.
"""
import collections, gzip, json, os, pathlib, shutil, signal, subprocess, sys, tempfile, threading, time, unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Support"))
from terminal import WHODIFF, Tmux, private_environment

SECONDS = float(os.environ.get("FOLLOW_SECONDS", 10))
RATE = int(os.environ.get("FOLLOW_RATE", 5000))
ROTATION = float(os.environ.get("FOLLOW_ROTATION", 1))


def line(number, stage="ResponseComplete", **more):
    return json.dumps({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata",
        "auditID": f"00000000-0000-4000-8000-{number:012}", "stage": stage,
        "requestURI": f"/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/web-{number}", "verb": "update",
        "user": {"username": "alice@example.com", "groups": ["netsec", "system:authenticated"]},
        "sourceIPs": ["10.4.2.17"], "userAgent": "kubectl/v1.34.1 (linux/amd64) kubernetes/93248f9",
        "objectRef": {"resource": "networkpolicies", "namespace": "shop", "name": f"web-{number}",
                      "apiGroup": "networking.k8s.io", "apiVersion": "v1"},
        "responseStatus": {"metadata": {}, "code": 200},
        "requestReceivedTimestamp": f"2026-11-20T{number // 3600000 % 24:02}:{number // 60000 % 60:02}:{number // 1000 % 60:02}.{number % 1000:03}000Z",
        "stageTimestamp": f"2026-11-20T{number // 3600000 % 24:02}:{number // 60000 % 60:02}:{number // 1000 % 60:02}.{number % 1000:03}900Z",
    } | more, separators=(",", ":")) + "\n"


class Writer:
    """Writes a log at a rate and rotates it; never between two halves of a line."""

    def __init__(self, path, rotate):
        self.path, self.rotate = path, rotate
        self.count = 0
        self.rotations = 0

    def run(self, seconds, rate, every):
        start = time.monotonic()
        next_rotation = start + every
        file = open(self.path, "a")
        while True:
            now = time.monotonic()
            if now - start >= seconds:
                break
            due = int((now - start) * rate) - self.count
            if due > 0:
                file.write("".join(line(self.count + index) for index in range(due)))
                file.flush()
                self.count += due
            if now >= next_rotation:
                self.rotations += 1
                next_rotation += every
                file = self.rotate(self, file)
            time.sleep(0.005)
        file.close()

    def by_rename(self, file):
        file.close()
        os.rename(self.path, f"{self.path}.{self.rotations}")
        return open(self.path, "a")

    def by_copying(self, file):
        shutil.copyfile(self.path, f"{self.path}.{self.rotations}")
        os.truncate(self.path, 0)
        return file

    def by_packing(self, file):
        file.close()
        name = f"{self.path}-2026112{self.rotations}"
        os.rename(self.path, name)
        file = open(self.path, "a")
        subprocess.run(["gzip", name], check=True)
        return file

    def by_new_name(self, file):
        file.close()
        self.path = f"{os.path.dirname(self.path)}/audit-{self.rotations:03}.log"
        return open(self.path, "a")


class Following(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="whodiff-follow-")
        self.env = private_environment(self.folder)
        self.logs = os.path.join(self.folder, "logs")
        os.mkdir(self.logs)
        self.log = os.path.join(self.logs, "audit.log")

    def tearDown(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def follow(self, *words, **more):
        return subprocess.Popen([WHODIFF, "log", "--follow", "--level", "3", "-o", "jsonl", *words], env=self.env,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)

    def collect(self, process):
        """Audit IDs as they come, with the time at which each came."""
        rows = []
        def read():
            for text in process.stdout:
                rows.append((time.monotonic(), json.loads(text)["auditID"]))
        thread = threading.Thread(target=read)
        thread.start()
        return rows, thread

    def await_rows(self, rows, count):
        end = time.monotonic() + 10
        while len(rows) < count and time.monotonic() < end:
            time.sleep(0.02)
        self.assertEqual(len(rows), count)

    def interrupt(self, process, thread):
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(10), 130)
        thread.join()
        process.stdout.close(); process.stderr.close()

    def expect_once(self, rotate, *words, path=None):
        open(path or self.log, "a").close()
        process = self.follow(*(words or [self.log]))
        rows, thread = self.collect(process)
        writer = Writer(path or self.log, rotate)
        time.sleep(0.5)
        writer.run(SECONDS, RATE, ROTATION)
        end = time.monotonic()
        while len(rows) < writer.count and time.monotonic() - end < 20:
            time.sleep(0.05)
        lag = (rows[-1][0] if rows else 0) - end
        time.sleep(1.5)
        usage = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        seconds = (int(usage[11]) + int(usage[12])) / os.sysconf("SC_CLK_TCK")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(10), 130, process.stderr.read())
        thread.join()
        said = process.stderr.read()
        process.stdout.close(); process.stderr.close()
        counts = collections.Counter(audit for _, audit in rows)
        twice = [audit for audit, count in counts.items() if count > 1]
        missing = writer.count - len(counts)
        if "FOLLOW_SECONDS" in os.environ:
            print(f"{rotate.__name__}: {writer.count} lines, {writer.rotations} rotations, {len(rows)} rows, "
                  f"{len(twice)} twice, {missing} missing, last row {lag:.2f} s after the last line, {seconds:.1f} s of CPU")
        self.assertEqual((missing, twice), (0, []), said)
        self.assertGreater(writer.rotations, 1)

    def test_rotated_by_rename(self):
        self.expect_once(Writer.by_rename)

    def test_rotated_by_copying_and_emptying(self):
        self.expect_once(Writer.by_copying)

    def test_rotated_and_packed(self):
        self.expect_once(Writer.by_packing)

    def test_a_folder_in_which_files_are_renamed(self):
        self.expect_once(Writer.by_rename, self.logs)

    def test_a_folder_in_which_files_are_copied(self):
        self.expect_once(Writer.by_copying, self.logs)

    def test_a_new_file_of_the_same_name_but_for_digits(self):
        first = os.path.join(self.logs, "audit-000.log")
        self.expect_once(Writer.by_new_name, first, path=first)

    def test_each_of_several_that_follow_one_log_prints_all_of_it(self):
        open(self.log, "a").close()
        following = [self.follow(self.log) for _ in range(3)]
        read = [self.collect(process) for process in following]
        writer = Writer(self.log, Writer.by_rename)
        time.sleep(0.5)
        writer.run(2, 200, 10)
        end = time.monotonic()
        while any(len(rows) < writer.count for rows, _ in read) and time.monotonic() - end < 20:
            time.sleep(0.05)
        for process, (rows, thread) in zip(following, read):
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(10), 130)
            thread.join()
            self.assertEqual(len({audit for _, audit in rows}), writer.count, process.stderr.read())
            process.stdout.close(); process.stderr.close()

    def test_standard_input(self):
        process = self.follow("-", stdin=subprocess.PIPE)
        rows, thread = self.collect(process)
        for number in range(3):
            process.stdin.write(line(number))
            process.stdin.flush()
            self.await_rows(rows, number + 1)
        process.stdin.close()
        self.assertEqual(process.wait(10), 0)
        thread.join()
        process.stdout.close(); process.stderr.close()

    def test_a_line_counts_once_it_has_its_end(self):
        with open(self.log, "w") as file:
            file.write(line(0))
        process = self.follow(self.log)
        rows, thread = self.collect(process)
        self.await_rows(rows, 1)
        with open(self.log, "a") as file:
            file.write(line(1)[:-1])
            file.flush()
            time.sleep(0.7)
            self.assertEqual(len(rows), 1)
            file.write("\n")
        self.await_rows(rows, 2)
        self.interrupt(process, thread)

    def test_a_record_in_parts_counts_once_its_last_part_is_there(self):
        def part(tag, text):
            return f"2026-11-20T10:00:00.1Z stdout {tag} {text}\n"
        first, second, third = (line(number)[:-1] for number in range(3))
        with open(self.log, "w") as file:
            file.write(part("F", first) + part("P", second[:300]))
        process = self.follow(self.log)
        rows, thread = self.collect(process)
        self.await_rows(rows, 1)
        with open(self.log, "a") as file:
            file.write(part("P", second[300:600]))
            file.flush()
            time.sleep(0.7)
            self.assertEqual(len(rows), 1)
            file.write(part("F", second[600:]) + part("F", third))
        self.await_rows(rows, 3)
        self.assertEqual(len({audit for _, audit in rows}), 3)
        self.interrupt(process, thread)

    def test_an_answer_that_comes_later_is_one_row(self):
        open(self.log, "w").close()
        process = self.follow(self.log)
        rows, thread = self.collect(process)
        time.sleep(0.5)
        for stage in ["RequestReceived", "ResponseComplete"]:
            with open(self.log, "a") as file:
                file.write(line(7, stage) if stage != "RequestReceived" else line(7, stage, responseStatus=None))
            time.sleep(0.6)
        self.interrupt(process, thread)
        self.assertEqual(len(rows), 1)

    def test_following_at_rest_costs_nothing(self):
        with open(self.log, "w") as file:
            file.write(line(0))
        process = self.follow(self.log)
        rows, thread = self.collect(process)
        time.sleep(1.5)
        def ticks():
            usage = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
            return int(usage[11]) + int(usage[12])
        before = ticks()
        time.sleep(2)
        self.assertLessEqual(ticks() - before, 1)
        process.send_signal(signal.SIGINT)
        process.wait(10)
        thread.join()
        process.stdout.close(); process.stderr.close()


if __name__ == "__main__":
    unittest.main()
