"""One object of Calico's API and its record in Calico's storage: one act for each change, one history under both names."""
import json, os, pathlib, shutil, subprocess, sys, tempfile, unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Support"))
from terminal import WHODIFF, private_environment

UID = "01234567-89ab-4def-8123-456789abcdef"
STORED_UID = "80c4a2e6-91d5-4df7-81c4-a2e691d5b3f7"
SERVER = "system:serviceaccount:calico-system:calico-apiserver"
PUBLIC, STORAGE = "projectcalico.org", "crd.projectcalico.org"


def public(version, order, uid=UID, name="allow-web"):
    return {"kind": "GlobalNetworkPolicy", "apiVersion": f"{PUBLIC}/v3",
            "metadata": {"name": name, "uid": uid, "resourceVersion": str(version), "creationTimestamp": "2026-11-20T16:00:01Z",
                         "labels": {"team": "net"}},
            "spec": {"order": order, "selector": "app == 'web'", "types": ["Ingress"]}}


def stored(version, order, uid=STORED_UID, name="default.allow-web"):
    noted = json.dumps({"name": "allow-web", "labels": {"team": "net"}, "creationTimestamp": "2026-11-20T16:00:01Z"})
    return {"kind": "GlobalNetworkPolicy", "apiVersion": f"{STORAGE}/v1",
            "metadata": {"name": name, "uid": uid, "resourceVersion": str(version), "generation": version,
                         "annotations": {"projectcalico.org/metadata": noted},
                         "managedFields": [{"manager": "Go-http-client", "operation": "Update", "time": "2026-11-20T16:00:09Z"}]},
            "spec": {"order": order, "selector": "app == 'web'", "types": ["Ingress"]}}


def event(audit_id, group, verb, second, user, body=None, code=200, name=None, agent="kubectl/v1.34.1", level=None):
    name = name or ("allow-web" if group == PUBLIC else "default.allow-web")
    level = level or ("RequestResponse" if body else "Metadata")
    version = "v3" if group == PUBLIC else "v1"
    return {"kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": level, "stage": "ResponseComplete",
            "auditID": f"22222222-0000-4000-8000-0000000000{audit_id:02}", "verb": verb,
            "requestURI": f"/apis/{group}/{version}/globalnetworkpolicies/{name}", "user": {"username": user},
            "sourceIPs": ["10.4.2.17"], "userAgent": agent,
            "objectRef": {"resource": "globalnetworkpolicies", "name": name, "apiGroup": group, "apiVersion": version},
            "responseStatus": {"metadata": {}, "code": code}, **({"responseObject": body} if body else {}),
            "requestReceivedTimestamp": f"2026-11-20T16:00:{second:06.3f}000Z",
            "stageTimestamp": f"2026-11-20T16:00:{second + 0.3:06.3f}000Z"}


def change(number, verb, second, user, version, order, code=200):
    """The records of one change: of the server that passes it on, of Calico's API server, and of the storage."""
    stored_verb = "update" if verb == "patch" else verb
    return (event(2 * number, PUBLIC, verb, second, user, code=code),
            event(2 * number, PUBLIC, verb, second + 0.004, user, public(version, order), code=code),
            event(2 * number + 1, STORAGE, stored_verb, second + 0.02, SERVER, stored(version, order), code=code, agent="Go-http-client/2.0"))


CHANGES = [change(1, "create", 1, "alice", 11, 100, 201), change(2, "patch", 20, "bob", 12, 700)]
# The same name in the storage, of an object that has nothing to do with it; and a write past Calico's API.
STRANGER = event(50, STORAGE, "update", 40, "carol", stored(90, 5, "99999999-0000-4000-8000-000000000000", "allow-web"), name="allow-web")
DIRECT = event(51, STORAGE, "update", 45, "dave", stored(13, 1), agent="Go-http-client/2.0")


class Lineage(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="whodiff-lineage-")
        self.env = private_environment(self.folder)

    def tearDown(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def write(self, name, events):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(one) + "\n" for one in events)
        return path

    def run_it(self, *words, code=0):
        ran = subprocess.run([WHODIFF, *words], env=self.env, capture_output=True, timeout=60, stdin=subprocess.DEVNULL)
        self.assertEqual(ran.returncode, code, f"{words}: {ran.stderr.decode()}")
        return ran.stdout.decode()

    def rows(self, *words):
        return [json.loads(line) for line in self.run_it(*words, "-o", "jsonl").splitlines()]

    def files(self, *events, split=True):
        """kube-apiserver's log and that of Calico's API server, or all in one."""
        records = [record for item in events for record in (item if isinstance(item, tuple) else (item,))]
        is_calico = lambda one: one["objectRef"]["apiGroup"] == PUBLIC and one["level"] != "Metadata"
        if not split:
            return [self.write("all.log", records)]
        return [self.write("kube.log", [one for one in records if not is_calico(one)]),
                self.write("calico.log", [one for one in records if is_calico(one)])]

    def test_the_records_of_a_change_are_one_act_of_the_person(self):
        for order in (1, -1):
            for split in (True, False):
                files = self.files(*CHANGES, split=split)[::order]
                with self.subTest(order=order, split=split):
                    rows = self.rows("log", *files)
                    self.assertEqual([(row["by"], row["verb"], row["api"]) for row in rows],
                                     [("alice", "create", "projectcalico.org/v3"), ("bob", "patch", "projectcalico.org/v3")])
                    self.assertEqual([row["uid"] for row in rows], [UID, UID])
                    # Found under the auditID of the storage write too.
                    shown = self.run_it("show", "22222222-0000-4000-8000-000000000005", *files)
                    self.assertIn("patched by bob", shown)
                    self.assertEqual(shown.count("\nsource "), 3)
                    self.assertEqual(shown.count("what Calico's API server stored"), 1)

    def test_any_number_of_segments_and_any_place_for_the_index(self):
        # Each file is a segment of its own, and each record of a change comes in another one.
        files = [self.write(f"{index}.log", [record]) for index, record in enumerate(record for one in CHANGES for record in one)]
        for order in (files, files[::-1], files[1::2] + files[::2]):
            for more in ([], ["--no-index"]):
                rows = self.rows("log", *order, *more)
                self.assertEqual([row["by"] for row in rows], ["alice", "bob"])
                self.assertEqual([row["level"] for row in rows], ["RequestResponse"] * 2)

    def test_one_history_under_either_name(self):
        files = self.files(*CHANGES)
        for name in ("gnp/allow-web", "gnp/default.allow-web", "globalnetworkpolicies.crd.projectcalico.org/default.allow-web"):
            rows = self.rows("changes", "--all", name, *files)
            self.assertEqual([(row["by"], row["revision"], row["fidelity"]) for row in rows], [("alice", 1, "F"), ("bob", 2, "F")], name)
            self.assertEqual({(row["object"]["group"], row["object"]["name"]) for row in rows}, {(PUBLIC, "allow-web")})
        self.assertEqual(len(self.rows("changes", *files)), 2)
        self.assertEqual([row["by"] for row in self.rows("log", "lineage:default.allow-web", *files)], ["alice", "bob"])

    def test_a_deletion_of_the_storage_collection_ends_the_object(self):
        def sweep(number, group, second, items):
            body = {"kind": "GlobalNetworkPolicyList", "apiVersion": f"{group}/v1", "metadata": {"resourceVersion": "20"}, "items": items}
            made = event(number, group, "deletecollection", second, "system:serviceaccount:kube-system:namespace-controller", body)
            del made["objectRef"]["name"]
            made["requestURI"] = made["requestURI"].rsplit("/", 1)[0]
            return made
        item = {key: value for key, value in stored(12, 700).items() if key not in ("kind", "apiVersion")}
        rows = self.rows("changes", "gnp/allow-web", *self.files(*CHANGES, sweep(70, STORAGE, 40, [item]), sweep(71, PUBLIC, 41, [])))
        self.assertEqual([(row["operation"], row["fidelity"]) for row in rows], [("create", "F"), ("update", "F"), ("delete", "F")])

    def test_what_was_stored_tells_where_calicos_api_server_logged_nothing(self):
        kube, _ = self.files(*CHANGES)
        rows = self.rows("changes", "--manifests", "gnp/allow-web", kube)
        self.assertEqual([(row["by"], row["fidelity"], row["uid"]) for row in rows], [("alice", "R", UID), ("bob", "R", UID)])
        self.assertEqual(rows[1]["changed"], ["spec.order"])
        manifest = rows[1]["manifest"]
        self.assertEqual(manifest["apiVersion"], "projectcalico.org/v3")
        self.assertEqual(manifest["metadata"]["name"], "allow-web")
        self.assertEqual(manifest["metadata"]["labels"], {"team": "net"})
        self.assertNotIn("annotations", manifest["metadata"])

    def test_equal_names_prove_nothing(self):
        files = self.files(*CHANGES, STRANGER)
        self.assertEqual(len(self.rows("log", *files)), 3)
        rows = self.rows("changes", *files)
        self.assertEqual([row["by"] for row in rows if row["object"]["group"] == STORAGE and row.get("by")], ["carol"])
        self.assertEqual([row["by"] for row in rows if row["object"]["group"] == PUBLIC], ["alice", "bob"])
        # A write of the same in the same second by somebody else is a change of its own.
        other = [event(60, PUBLIC, "update", 1, "alice", public(3, 1)), event(61, STORAGE, "update", 1, "eve", stored(4, 1, "u9"), name="allow-web")]
        self.assertEqual(sorted(row["by"] for row in self.rows("log", self.write("same.log", other))), ["alice", "eve"])

    def test_a_write_past_the_api_is_in_the_history_and_a_finding(self):
        rows = self.rows("changes", "gnp/allow-web", *self.files(*CHANGES, DIRECT))
        self.assertEqual([row.get("by") or row["finding"] for row in rows], ["alice", "bob", "bypass", "dave"])
        self.assertEqual((rows[3]["revision"], rows[3]["changed"], rows[3]["lifetime"]), (3, ["spec.order"], 1))
        self.assertEqual({row["object"]["name"] for row in rows}, {"allow-web"})

    def test_a_pair_raises_no_finding(self):
        last = (event(30, PUBLIC, "delete", 50, "bob"),
                event(30, PUBLIC, "delete", 50.004, "bob", {"kind": "Status", "apiVersion": "v1", "status": "Success", "details": {"uid": UID}}),
                event(31, STORAGE, "delete", 50.02, SERVER, {"kind": "Status", "apiVersion": "v1", "status": "Success", "details": {"uid": STORED_UID}}))
        for split in (True, False):
            rows = self.rows("changes", *self.files(*CHANGES, last, split=split))
            self.assertEqual([row.get("operation", row["schema"]) for row in rows], ["create", "update", "delete"])


if __name__ == "__main__":
    unittest.main()
