"""`whodiff check` and `audit-policy` over logs of which it is known what they lack. The logs in `check-logs` are lines of
real API servers: request-level and metadata-level (audit policies without bodies), truncated (large events cut), and
clock-steps (a rotated set whose server's clock was set ahead by 90 minutes, back by 105, and right again)."""
import json, os, pathlib, shutil, subprocess, sys, tempfile, unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Support"))
from terminal import SAMPLES, WHODIFF, private_environment

LOGS = pathlib.Path(__file__).parent / "check-logs"


class Check(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="whodiff-check-")
        self.env = private_environment(self.folder)

    def tearDown(self):
        shutil.rmtree(self.folder)

    def run_it(self, *arguments, code=None):
        done = subprocess.run([WHODIFF, *map(str, arguments)], env=self.env, capture_output=True, text=True)
        if code is not None:
            self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout

    def check(self, *files, code=1):
        report = json.loads(self.run_it("check", "-o", "json", *files, code=code))
        self.assertEqual(report["schema"], "whodiff.check/1")
        for key in ["sources", "holes", "skew", "outside", "coverage", "advice"]:
            self.assertIn(key, report)
        return report

    def rules(self, report):
        return [finding["rule"] for finding in report["findings"]]

    def write(self, name, lines):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write("".join(json.dumps(line) + "\n" if isinstance(line, dict) else line for line in lines))
        return path

    def act(self, number, time, **more):
        return {
            "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "stage": "ResponseComplete",
            "auditID": f"11111111-0000-4000-8000-{number:012}", "verb": "get", "requestURI": "/version",
            "user": {"username": "alice"}, "responseStatus": {"code": 200},
            "requestReceivedTimestamp": time, "stageTimestamp": time,
        } | more

    def test_the_sample_logs_have_a_gap_that_is_found(self):
        report = self.check(SAMPLES)
        found = [(row["object"]["namespace"], row["object"]["name"], row["after"], row["before"]) for row in report["outside"]
                 if row["finding"] == "outside"]
        self.assertIn(("monitoring", "restrict-checkout-egress", 1, 2), found)
        self.assertIn(("monitoring", "restrict-checkout-egress", 4, 5), found)
        # Their audit policy has no deletecollection, and the namespace `legacy` was deleted.
        # So many answers that a node did not log them all.
        self.assertEqual(self.rules(report), ["outside", "bypass", "clock-steps", "no-deletecollection", "unlogged-dns"])
        self.assertEqual(report["holes"], [])
        self.assertEqual({source["file"].split("sample-logs/")[1]: source["acts"] for source in report["sources"]},
                         {"audit-2026-11-23T04-26-14.000.log.gz": 193, "audit.log": 130, "all-stages/audit.log": 56,
                          "flows.log": 56, "dns.log": 40})

    def test_no_results_at_level_request(self):
        report = self.check(LOGS / "request-level")
        self.assertEqual(self.rules(report), ["levels"])
        self.assertIn("level Request", report["findings"][0]["title"])
        self.assertEqual({row["level"] for row in report["coverage"]}, {"Request"})
        self.assertTrue(report["advice"][0].startswith("- level: RequestResponse\n"))

    def test_no_bodies_at_level_metadata(self):
        report = self.check(LOGS / "metadata-level")
        self.assertEqual(self.rules(report), ["levels"])
        self.assertIn("without bodies (level Metadata)", report["findings"][0]["title"])

    def test_truncated_bodies(self):
        report = self.check(LOGS / "truncated")
        self.assertEqual(report["sources"][0]["truncated"], 5)
        self.assertIn("truncation", self.rules(report))
        self.assertNotIn("levels", self.rules(report))

    def test_a_clock_that_was_set(self):
        report = self.check(LOGS / "clock-steps")
        steps = [(pathlib.Path(row["file"]).name, round(row["seconds"] / 60)) for row in report["skew"]]
        self.assertEqual(steps, [("audit-2026-11-23T04-16-48.531.log.gz", 90), ("audit-2026-11-23T04-16-48.531.log.gz", -105),
                                 ("audit-2026-11-23T04-31-55.253.log.gz", 15)])
        finding = next(finding for finding in report["findings"] if finding["rule"] == "clock-steps")
        self.assertIn("names do not sort as they were written", finding["evidence"][-1])
        # What the clock tore open is no hole, and the rotated set is whole.
        self.assertEqual(report["holes"], [])
        self.assertNotIn("missing-files", self.rules(report))

    def test_a_rotated_file_that_is_missing(self):
        shutil.copytree(LOGS / "clock-steps", os.path.join(self.folder, "logs"))
        os.remove(os.path.join(self.folder, "logs", "audit-2026-11-23T04-31-34.865.log.gz"))
        report = self.check(os.path.join(self.folder, "logs"))
        finding = next(finding for finding in report["findings"] if finding["rule"] == "missing-files")
        self.assertIn("audit-2026-11-23T04-30-55.076.log.gz", finding["evidence"][0])

    def test_a_file_that_cannot_be_read_whole_comes_first(self):
        packed = (LOGS / "clock-steps" / "audit-2026-11-23T04-31-34.865.log.gz").read_bytes()
        path = os.path.join(self.folder, "cut.log.gz")
        pathlib.Path(path).write_bytes(packed[:len(packed) // 2])
        report = self.check(path, code=3)
        self.assertEqual(report["findings"][0]["rule"], "unread")
        self.assertIn(f"{path}: damaged after ", report["findings"][0]["evidence"][0])

    def test_a_hole_with_its_norm(self):
        times = [f"2026-11-20T{10 + minute // 60:02}:{minute % 60:02}:{second:02}.000000Z"
                 for minute in range(180) if not 60 <= minute < 87 for second in range(0, 60, 4)]
        log = self.write("audit.log", [self.act(number, time) for number, time in enumerate(times)])
        report = self.check(log)
        self.assertEqual(self.rules(report), ["holes"])
        self.assertEqual([(hole["since"], hole["until"], hole["norm"]) for hole in report["holes"]],
                         [("2026-11-20T10:59:56.000000Z", "2026-11-20T11:27:00.000000Z", 4.0)])
        page = self.run_it("check", log, code=1)
        self.assertIn("no audit lines for 27 min, 2026-11-20 10:59:56 to 11:27:00Z", page)

    def test_exit_codes(self):
        good = self.write("good.log", [self.act(number, f"2026-11-20T10:00:{number:02}.000000Z") for number in range(60)])
        self.assertIn("Nothing was found", self.run_it("check", good, code=0))
        self.assertEqual(self.check(good, code=0)["findings"], [])
        bad = self.write("bad.log", [self.act(1, "2026-11-20T10:00:00.000000Z"), "{\"kind\":\n", self.act(2, "2026-11-20T10:00:01.000000Z")])
        reject = self.check(bad)["sources"][0]["rejects"][0]
        self.assertEqual((reject["line"], reject["offset"] > 0), (2, True))
        self.check(self.write("none.log", ["no log at all\n"]), code=3)
        self.run_it("check", os.path.join(self.folder, "absent.log"), code=3)

    def test_duplicates_are_counted(self):
        lines = [self.act(number, f"2026-11-20T10:00:{number:02}.000000Z") for number in range(60)]
        report = self.check(self.write("one.log", lines), self.write("two.log", lines[:10] + [self.act(99, "2026-11-20T10:01:00.000000Z")]),
                            code=0)
        # Which of two files that are read side by side is first is open.
        self.assertEqual(sum(source["duplicates"] for source in report["sources"]), 10)
        self.assertEqual(self.rules(report), ["duplicates"])

    def flows(self, name, minutes):
        """Flows of five minutes from each of these minutes after 10:00 on, with a policy that decides on new connections."""
        start = 1795168800
        return self.write(name, [{
            "start_time": start + minute * 60, "end_time": start + minute * 60 + 300, "source_name": "-",
            "source_name_aggr": "checkout-*", "source_namespace": "shop", "source_type": "wep", "dest_name": "-",
            "dest_name_aggr": "web-*", "dest_namespace": "shop", "dest_type": "wep", "dest_port": 80, "proto": "tcp",
            "action": "allow", "reporter": "dst", "num_flows": 2, "num_flows_started": 1, "num_flows_completed": 1,
            "policies": {"enforced_policies": ["0|default|shop/default.web|allow|0"]},
        } for minute in minutes])

    def test_policies_in_flows_while_there_was_none(self):
        about = {"objectRef": {"resource": "networkpolicies", "namespace": "shop", "name": "default.web",
                               "apiGroup": "projectcalico.org", "apiVersion": "v3"}}
        log = [self.act(number, f"2026-11-20T{10 + number // 60}:{number % 60:02}:00.000000Z") for number in range(300)]
        log.insert(60, self.act(900, "2026-11-20T11:00:00.000000Z", verb="create", responseStatus={"code": 201}, **about))
        log.insert(180, self.act(901, "2026-11-20T13:00:00.000000Z", verb="delete", **about))
        audit = self.write("audit.log", log)
        silent = self.check(audit, self.flows("flows.log", [55, 60, 100, 175, 180]))
        self.assertNotIn("policy-times", self.rules(silent))
        report = self.check(audit, self.flows("others.log", [30, 60, 200]))
        finding = next(finding for finding in report["findings"] if finding["rule"] == "policy-times")
        self.assertEqual(finding["evidence"], ["default/shop/web, in flows from 2026-11-20 10:30:00Z on; made at 2026-11-20 11:00:00Z"])
        text = self.run_it("check", "--tz", "Asia/Tokyo", audit, os.path.join(self.folder, "others.log"), code=1)
        self.assertIn("in flows from 2026-11-20 19:30:00+09:00 on; made at 2026-11-20 20:00:00+09:00", text)

    def test_a_store_is_checked_like_its_files(self):
        self.run_it("import", LOGS / "truncated", code=0)
        self.assertEqual(self.rules(self.check()), self.rules(self.check(LOGS / "truncated")))

    def test_the_recommended_policy_and_what_is_missing(self):
        policy = self.run_it("audit-policy", code=0)
        self.assertIn("apiVersion: audit.k8s.io/v1\nkind: Policy\n", policy)
        for word in ["deletecollection", "crd.projectcalico.org", "policy.networking.k8s.io", "rbac.authorization.k8s.io", "extensions"]:
            self.assertIn(word, policy)
        missing = self.run_it("audit-policy", SAMPLES, code=0)
        self.assertIn("- level: RequestResponse\n  verbs: [\"deletecollection\"]\n", missing)
        self.assertNotIn("level: None", missing)
        self.assertIn("networkpolicies", self.run_it("audit-policy", LOGS / "metadata-level", code=0))


if __name__ == "__main__":
    unittest.main()
