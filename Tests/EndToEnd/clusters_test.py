"""Logs of two clusters that have objects of equal names: each has its own history, and both tell the same as alone."""
import json, os, pathlib, shutil, subprocess, sys, tempfile, unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Support"))
from terminal import SAMPLES, WHODIFF, private_environment
from two_clusters import second_cluster


class Clusters(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="whodiff-clusters-")
        cls.env = private_environment(cls.folder)
        cls.prod, cls.dev = os.path.join(cls.folder, "prod-logs"), os.path.join(cls.folder, "dev-logs")
        shutil.copytree(SAMPLES, cls.prod, ignore=shutil.ignore_patterns("all-stages", "README.md"))
        second_cluster(cls.dev)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder, ignore_errors=True)

    def run_whodiff(self, *words, code=0):
        done = subprocess.run([WHODIFF, *words], capture_output=True, text=True, env=self.env, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def rows(self, *words):
        return [json.loads(line) for line in self.run_whodiff(*words, "-o", "jsonl").stdout.split("\n") if line]

    @property
    def both(self):
        return ["--cluster", f"prod={self.prod}", "--cluster", f"dev={self.dev}"]

    def assertBothAsAlone(self, *words):
        key = lambda row: json.dumps(row, sort_keys=True)
        together = self.rows(*words, *self.both)
        alone = [self.rows(*words, "--cluster", f"{name}={path}") for name, path in (("prod", self.prod), ("dev", self.dev))]
        self.assertGreater(len(alone[0]), 10)
        self.assertEqual(sorted(map(key, together)), sorted(map(key, alone[0] + alone[1])))
        self.assertEqual({row["cluster"] for row in together}, {"prod", "dev"})

    def test_acts_are_those_of_both(self):
        self.assertBothAsAlone("log", "--level", "3")

    def test_change_logs_and_findings_are_those_of_both(self):
        # What stands for a secret differs from run to run.
        self.assertBothAsAlone("changes", "--all", "--manifests", "--redact", "off")

    def test_the_cluster_is_a_field_of_filters(self):
        acts = self.rows("log", "--level", "3", *self.both)
        prod = self.rows("log", "-f", "cluster:prod", "--level", "3", *self.both)
        self.assertEqual([row for row in acts if row["cluster"] == "prod"], prod)
        counts = self.rows("count", "--by", "cluster", "--level", "3", *self.both)
        self.assertEqual({row["by"]["cluster"]: row["count"] for row in counts}, {"prod": len(prod), "dev": len(acts) - len(prod)})

    def test_an_object_of_several_clusters_is_named_with_its_own(self):
        name = "netpol/monitoring/restrict-checkout-egress"
        done = self.run_whodiff("diff", name, *self.both, code=2)
        self.assertIn("dev:networkpolicies.networking.k8s.io/", done.stderr)
        self.assertIn("prod:networkpolicies.networking.k8s.io/", done.stderr)
        rows = self.rows("changes", "prod:" + name, *self.both)
        self.assertEqual({row["cluster"] for row in rows}, {"prod"})
        self.assertEqual(rows, self.rows("changes", name, "-f", "cluster:prod", *self.both))
        means = lambda *words: "means 2 objects; all are shown" in self.run_whodiff("changes", name, *words, *self.both).stderr
        self.assertEqual((means(), means("-f", "cluster:prod"), means("-f", "verb:create")), (True, False, True))
        diff = json.loads(self.run_whodiff("diff", f"prod:{name}@2", f"dev:{name}@2", "-o", "json", *self.both).stdout)
        self.assertEqual((diff["left"]["cluster"], diff["right"]["cluster"]), ("prod", "dev"))
        self.assertEqual(diff["fields"], [])

    def test_check_tells_the_clusters_of_each_file_and_finds_no_more(self):
        def report(*words):
            done = subprocess.run([WHODIFF, "check", "-o", "json", *words], capture_output=True, text=True, env=self.env)
            return json.loads(done.stdout)
        both, prod = report(*self.both), report("--cluster", f"prod={self.prod}")
        self.assertEqual({tuple(source["clusters"]) for source in both["sources"]}, {("prod",), ("dev",)})
        self.assertEqual(len(both["outside"]), 2 * len(prod["outside"]))

    def test_the_name_may_be_given_later_and_changed(self):
        archive = shutil.make_archive(os.path.join(self.folder, "bundle"), "gztar", self.prod)
        for path in self.prod, archive:
            store = path + ".sqlite"
            for words, names in ([], [None]), (["--cluster", f"east={path}"], ["east"]), (["--cluster", f"west={path}"], ["west"]):
                with self.subTest(path=path, names=names):
                    self.run_whodiff("import", path, "--store", store, "-q", *words)
                    rows = self.rows("log", "--level", "3", "--store", store)
                    self.assertEqual(sorted({row["cluster"] for row in rows}, key=str), names)
                    self.assertGreater(len(rows), 300)

    def test_one_path_is_of_one_cluster(self):
        log = os.path.join(self.prod, "audit.log")
        for again in log, os.path.join(self.prod, ".", "audit.log"), os.path.relpath(log):
            done = self.run_whodiff("log", "--cluster", f"prod={log}", "--cluster", f"dev={again}", code=2)
            self.assertIn(f"--cluster gives {again} to two clusters, prod and dev", done.stderr)
        for link in os.link, os.symlink:
            again = os.path.join(self.folder, f"{link.__name__}.log")
            link(log, again)
            done = self.run_whodiff("log", "--cluster", f"prod={log}", "--cluster", f"dev={again}", code=2)
            self.assertIn(f"gives {again} to two clusters, prod and dev: name a file or folder of each (which is {log} too)", done.stderr)
            # Whatever it is called besides, it has its cluster.
            for words in [[again], [os.path.dirname(log)]]:
                rows = self.rows("sources", *words, "--cluster", f"dev={again}")
                self.assertIn("dev", [row["cluster"] for row in rows])
        self.run_whodiff("log", "--cluster", f"prod={log}", "--cluster", f"prod={log}")
        # The innermost name counts.
        rows = self.rows("log", "--level", "3", "--cluster", f"prod={self.prod}", "--cluster", f"dev={log}")
        self.assertEqual({row["cluster"] for row in rows}, {"prod", "dev"})

    def test_an_act_that_two_clusters_logged_alike_is_shown_with_each(self):
        copy = shutil.copytree(self.prod, os.path.join(self.folder, "copy"))
        both = ["--cluster", f"prod={self.prod}", "--cluster", f"copy={copy}"]
        row = self.rows("log", "verb:update", "--limit", "1", "--cluster", f"prod={self.prod}")[0]
        for name in row["auditID"], row["auditID"][:12], row["id"], row["id"][:12]:
            with self.subTest(name):
                shown = self.run_whodiff("show", name, *both).stdout
                for cluster in "prod", "copy":
                    self.assertRegex(shown, rf"(?m)^cluster  {cluster}$")
                self.assertEqual({one["cluster"] for one in self.rows("show", name, *both)}, {"prod", "copy"})


if __name__ == "__main__":
    unittest.main()
