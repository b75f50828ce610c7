"""One log in many wrappings, turned over, and twice: the same acts, and the same histories with the same findings."""
import base64, calendar, gzip, json, pathlib, shutil, subprocess, sys, tempfile, time, unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Support"))
from terminal import SAMPLES, WHODIFF, private_environment

TEXT = b"".join(gzip.open(file).read() for file in sorted(SAMPLES.glob("audit-*.log.gz"))) + (SAMPLES / "audit.log").read_bytes()
LINES = TEXT.splitlines()
# Bytes that are not UTF-8 come out of a wrapper as U+FFFD, as they do out of whodiff.
TEXTS = [line.decode("utf-8", "replace") for line in LINES]
STAMPS = [json.loads(text)["stageTimestamp"] for text in TEXTS]
PART = 16384


def milliseconds(stamp):
    return calendar.timegm(time.strptime(stamp[:19], "%Y-%m-%dT%H:%M:%S")) * 1000 + int(stamp[20:23])


def each(make):
    """A line for each line of the log: made of its text, its time and its number."""
    made = (make(text, stamp, number) for number, (text, stamp) in enumerate(zip(TEXTS, STAMPS)))
    return "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in made).encode()


def in_parts(line, stamp):
    data = line.encode()
    starts = range(0, len(data), PART)
    return b"".join(
        f"{stamp[:-1]}123Z stdout {'F' if start + PART >= len(data) else 'P'} ".encode() + data[start:start + PART] + b"\n"
        for start in starts)


def events(extra):
    return [{"timestamp": milliseconds(stamp), "message": text, **extra(number)} for number, (text, stamp) in enumerate(zip(TEXTS, STAMPS))]


def hits(order):
    documents = (b'{"_index":"audit","_id":"%d","_source":' % number + line + b"}" for number, line in order)
    return b'{"took":1,"hits":{"hits":[' + b",".join(documents) + b"]}}"


WRAPPINGS = {
    "newest-first.log": b"\n".join(reversed(LINES)) + b"\n",
    "twice.log": TEXT + TEXT,
    "one-line-list.json": b'{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[' + b",".join(LINES) + b"]}",
    "array.json": b"[" + b",\n".join(LINES) + b"]",
    "indented.json": "\n".join(json.dumps(json.loads(text), indent=2) for text in TEXTS).encode(),
    "utf-16.log": TEXT.decode("utf-8", "replace").encode("utf-16"),
    "members.log.gz": b"".join(gzip.compress(b"\n".join(LINES[start:start + 50]) + b"\n") for start in range(0, len(LINES), 50)),
    "search.json": hits(enumerate(LINES)),
    "search-newest-first.json": hits(reversed(list(enumerate(LINES)))),
    "cri.log": b"".join(in_parts(text, stamp) for text, stamp in zip(TEXTS, STAMPS)),
    "docker.log": each(lambda text, stamp, number: {"log": text + "\n", "stream": "stdout", "time": stamp}),
    "syslog.log": each(lambda text, stamp, number: f"<134>1 {stamp} node kube-apiserver 1 - - {text}"),
    "fluent-bit.jsonl": each(lambda text, stamp, number: {"date": milliseconds(stamp) / 1000, "log": text}),
    "aks.jsonl": each(lambda text, stamp, number: {
        "category": "kube-audit", "operationName": "x", "time": stamp, "properties": {"log": text + "\n", "pod": "kube-apiserver-1"}}),
    "cloudwatch.json": json.dumps({"events": events(lambda number: {"ingestionTime": 1}), "nextForwardToken": "f/1"}, indent=1).encode(),
    "subscription.json": json.dumps({
        "messageType": "DATA_MESSAGE", "owner": "1", "logGroup": "g", "logStream": "kube-apiserver-audit-1", "subscriptionFilters": [],
        "logEvents": events(lambda number: {"id": str(number)})}).encode(),
    "firehose.json": json.dumps({"records": [{"recordId": "1", "data": base64.b64encode(gzip.compress(json.dumps({
        "messageType": "DATA_MESSAGE", "owner": "1", "logGroup": "g", "logStream": "s", "subscriptionFilters": [],
        "logEvents": events(lambda number: {"id": str(number)})}).encode())).decode()}]}).encode(),
    "loki.json": json.dumps({"status": "success", "data": {"resultType": "streams", "result": [
        {"stream": {"job": "audit"}, "values": [[str(milliseconds(stamp)) + "000000", text] for text, stamp in zip(TEXTS, STAMPS)]}]}}).encode(),
    "otlp.json": json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [
        {"timeUnixNano": str(milliseconds(stamp)) + "000000", "body": {"stringValue": text}} for text, stamp in zip(TEXTS, STAMPS)]}]}]}).encode(),
    "journal.jsonl": each(lambda text, stamp, number: {"__REALTIME_TIMESTAMP": str(milliseconds(stamp)) + "000", "MESSAGE": text}),
}


class Wrapped(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="whodiff-wrapped-"))
        self.env = private_environment(str(self.folder))

    def tearDown(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def rows(self, name, data, *words):
        path = self.folder / name
        path.write_bytes(data)
        ran = subprocess.run([WHODIFF, *words, "--redact", "off", "-o", "jsonl", "--", path], env=self.env, capture_output=True,
                             timeout=60, stdin=subprocess.DEVNULL)
        self.assertEqual(ran.returncode, 0, ran.stderr.decode())
        rows = [json.loads(line) for line in ran.stdout.decode().rstrip("\n").split("\n")]
        # What each wrapping has of its own: where a record stands, and so the key of its bytes.
        return [{key: value for key, value in row.items() if key not in ("id", "source")} for row in rows]

    def hold(self, *words):
        expected = self.rows("plain.log", TEXT, *words)
        self.assertGreater(len(expected), 300)
        for name, data in WRAPPINGS.items():
            with self.subTest(name):
                rows = self.rows(name, data, *words)
                self.assertEqual(len(rows), len(expected))
                different = [pair for pair in zip(expected, rows) if pair[0] != pair[1]]
                self.assertEqual(different[:1], [], f"{len(different)} rows differ")

    def test_the_acts_are_the_same(self):
        self.hold("log", "--level", "3")

    def test_the_histories_are_the_same(self):
        self.hold("changes", "--all", "--manifests")

    def test_a_log_that_stands_newest_first_has_no_clock_jumps(self):
        path = self.folder / "audit.log"
        path.write_bytes(WRAPPINGS["newest-first.log"])
        ran = subprocess.run([WHODIFF, "check", "-o", "json", path], env=self.env, capture_output=True, timeout=60)
        self.assertEqual(json.loads(ran.stdout)["skew"], [], ran.stderr.decode())


if __name__ == "__main__":
    unittest.main()
