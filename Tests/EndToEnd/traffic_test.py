"""Flows and lookups on the command line and in a terminal, against counts of the logs that whodiff has no part in."""
import collections, csv, io, json, pathlib, shutil, subprocess, sys, tempfile, unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Support"))
from terminal import SAMPLES, WHODIFF, Tmux, private_environment


def lines(name):
    return [json.loads(line) for line in (SAMPLES / name).read_text().splitlines()]


FLOWS = lines("flows.log")
ANSWERS = [line for line in lines("dns.log") if line["type"] == "log"]


class Traffic(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="whodiff-traffic-")
        self.env = private_environment(self.folder)

    def tearDown(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def run_it(self, *words):
        ran = subprocess.run([WHODIFF, *words, str(SAMPLES)], env=self.env, capture_output=True, timeout=60,
                             stdin=subprocess.DEVNULL)
        self.assertEqual(ran.returncode, 0, ran.stderr.decode())
        self.stderr = ran.stderr.decode()
        return ran.stdout.decode()

    def rows(self, *words):
        return [json.loads(line) for line in self.run_it(*words, "-o", "jsonl").splitlines()]

    def counts(self, *words):
        return {tuple(row["by"].values()): row["count"] for row in self.rows("count", *words)}

    def assert_counts(self, field, filter, values):
        wanted = collections.Counter((value,) for value in values)
        self.assertEqual(self.counts("--by", field, filter), dict(wanted), f"{field} of {filter}")

    def test_counts_are_those_of_the_lines(self):
        self.assert_counts("action", "data:flow", [line["action"] for line in FLOWS])
        self.assert_counts("reporter", "data:flow", [line["reporter"] for line in FLOWS])
        self.assert_counts("dst.port", "action:deny", [str(line["dest_port"]) for line in FLOWS if line["action"] == "deny"])
        self.assert_counts("rcode", "qname:*", [line["rcode"] for line in ANSWERS])
        self.assert_counts("client.ns", "rcode:nxdomain",
                           [line["client_namespace"] for line in ANSWERS if line["rcode"] == "NXDomain"])

    def test_filters_take_the_lines_that_a_plain_reading_takes(self):
        def hits(line, key):
            return [hit.split("|") for hit in line["policies"][key]]

        for filter, holds in {
            "bytes>10k": lambda line: line["bytes_in"] + line["bytes_out"] > 10_000,
            "dst.ip:pub": lambda line: line["dest_name_aggr"] == "pub",
            "src:payments/* -dst:payments/*":
                lambda line: line["source_namespace"] == "payments" and line["dest_namespace"] != "payments",
            'action = "deny" AND dest_namespace = "kube-system"':
                lambda line: line["action"] == "deny" and line["dest_namespace"] == "kube-system",
            '"source_labels.labels" IN {"app=c*"}':
                lambda line: any(label.startswith("app=c") for label in line["source_labels"]["labels"]),
            "policy:*/staged:* policy.action:deny":
                lambda line: any("staged:" in hit[2] and hit[3] == "deny" for hit in hits(line, "pending_policies")),
            "policy:security/* policy.action:deny":
                lambda line: any(hit[1] == "security" and hit[3] == "deny" for hit in hits(line, "enforced_policies")),
        }.items():
            self.assertEqual(len(self.rows("log", "data:flow " + filter)), sum(map(holds, FLOWS)), filter)
        for filter, holds in {
            "latency>200ms": lambda line: line["latency_max"] > 200_000_000,
            "answer:198.51.100.0/24":
                lambda line: any(data.startswith("198.51.100.") for set in line["rrsets"] for data in set["rdata"]),
            "count > 3 AND client_namespace = payments": lambda line: line["count"] > 3 and line["client_namespace"] == "payments",
            'qname NOTIN {"*.cluster.local"}': lambda line: not line["qname"].endswith(".cluster.local"),
        }.items():
            self.assertEqual(len(self.rows("log", "qname:* " + filter)), sum(map(holds, ANSWERS)), filter)

    def test_top_names_what_is_most(self):
        wanted = collections.Counter(line["qname"] for line in ANSWERS if line["rcode"] == "NXDomain").most_common(1)[0]
        row = self.rows("log", "data:dns rcode:NXDomain | top 1 qname")[0]
        self.assertEqual((row["by"]["qname"], row["count"]), wanted)
        self.assertEqual(self.stderr, "")

    def test_rows_have_the_names_of_the_fields(self):
        row = self.rows("log", "policy:*/staged:* src:*/prometheus-*", "--limit", "1")[0]
        self.assertEqual((row["schema"], row["data"], row["outcome"], row["verb"]), ("whodiff.act/1", "flow", None, None))
        self.assertEqual((row["src"], row["src.ns"], row["src.ip"], row["dst"]),
                         ("monitoring/prometheus-*", "monitoring", None, "monitoring/ledger-84b6c7d9f-*"))
        self.assertEqual((row["time"], row["end"]), ("2026-11-23T04:25:45.000000Z", "2026-11-23T04:26:00.000000Z"))
        self.assertEqual((row["bytes"], row["bytes.in"], row["dst.port"], row["proto"]), (35300, 4100, 9090, "tcp"))
        self.assertIn({"scope": "pending", "index": 0, "tier": "platform", "kind": "sgnp", "namespace": None,
                       "name": "restrict-redis-internal", "action": "deny", "rule": -1}, row["policies"])
        row = self.rows("log", "rcode:servfail")[0]
        self.assertEqual((row["data"], row["qname"], row["qtype"], row["client"], row["answer"], row["latency"]),
                         ("dns", "tax.partner.example", "A", "payments/cart-6b7d9c8f55-*", [], 5.002))
        # Rows of acts stay as they are.
        self.assertNotIn("src", self.rows("log", "data:audit", "--limit", "1")[0])

    def test_every_row_of_a_csv_has_all_columns(self):
        table = list(csv.reader(io.StringIO(self.run_it("export", "data:flow,dns", "--format", "csv"))))
        self.assertEqual(len(table), 1 + 56 + 40)
        self.assertEqual({len(row) for row in table}, {len(table[0])})
        self.assertTrue({"src", "dst.port", "qname", "answer"} <= set(table[0]))
        self.assertNotIn("src", next(csv.reader(io.StringIO(self.run_it("export", "data:audit", "--format", "csv")))))

    def test_tables_say_who_talked_to_whom(self):
        flow = self.run_it("log", "action:deny dst.port:443").splitlines()
        self.assertEqual(flow[0].split()[2:], ["ACTION", "PROTO", "SOURCE", "->", "DESTINATION", "BYTES", "DECIDED", "BY"])
        self.assertIn("the default action of tier security", flow[1])
        mixed = self.run_it("log", "since:2026-11-23T04:26:14Z until:2026-11-23T04:26:16Z").splitlines()
        self.assertLessEqual(max(map(len, mixed)), 100)
        self.assertTrue(any("flow deny" in line and "->" in line for line in mixed))
        self.assertTrue(any("dns NXDomain" in line for line in mixed))

    def test_one_row_in_full(self):
        row = self.rows("log", "policy:*/staged:* dst.port:9090 reporter:dst")[0]
        page = self.run_it("show", row["id"])
        self.assertIn("would deny  the default action of tier platform", page)
        self.assertIn("A connection between two pods is in the log twice", page)
        self.assertRegex(page, r"tcp_mean_smooth_rtt +412 us +\(round trip, mean\)")
        shown = json.loads(self.run_it("show", row["id"], "-o", "json"))
        self.assertEqual(shown["record"]["tcp_mean_smooth_rtt"], 412)

    def test_flows_that_count_twice_are_told(self):
        self.run_it("count", "--by", "dst", "data:flow")
        self.assertIn("counted twice", self.stderr)
        for words in (["--by", "dst", "data:flow reporter:src"], ["--by", "reporter", "data:flow"], ["--by", "verb", "data:audit"]):
            self.run_it("count", *words)
            self.assertEqual(self.stderr, "", words)

    def test_screens(self):
        with Tmux(WHODIFF, "sample-logs") as screen:
            self.assertIn("audit, hidden 56 flow 40 dns  K", screen.wait(r"295 of 379\s"))
            screen.keys("K")
            self.assertIn("flow, hidden 295 audit 40 dns  K", screen.wait(r"56 of 56"))
            screen.keys("f", "text:action:deny src:payments/checkout-*", "Enter")
            screen.wait(r" 7 of 56")
            screen.keys("Enter")
            screen.wait(r"verdict")
            screen.keys("d")
            screen.wait(r"no object that has changes")
            screen.keys("J")
            screen.wait(r"flow record")
            screen.keys("q")
            screen.wait(r" 7 of 56")
            screen.keys("x")
            screen.wait(r"all logs  K")
            screen.keys("Q")
            self.assertEqual(screen.exit_status(), 0)


if __name__ == "__main__":
    unittest.main()
