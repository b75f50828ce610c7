"""Log text is written by attackers: what reaches a terminal is text, on every screen and in every command."""
import json, os, pathlib, re, sys, tempfile, unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Support"))
from terminal import WHODIFF, bytes_on_terminal, without_sequences

EVIL = "\x1b]52;c;ZXZpbA==\x07\x1b[2J\x1b[31m\x9b31m\u202egnp.exe\u2066\x00\x08\r\n\u200b\ufeffend"
# Of what must never arrive: C0 but for line breaks and the backspace that ncurses moves its cursor with, DEL, C1,
# bidirectional and zero-width characters.
FORBIDDEN = re.compile("[\x00-\x07\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def event(number, verb, code, name="allow-web", **more):
    body = {
        "kind": "NetworkPolicy", "apiVersion": "networking.k8s.io/v1",
        "metadata": {"name": name, "namespace": "shop", "uid": "00000000-0000-4000-8000-000000000001",
                     "resourceVersion": str(100 + number), "generation": number,
                     "annotations": {"note" + EVIL: EVIL, "number": str(number)}, "labels": {"tier": EVIL + str(number)}},
        "spec": {"podSelector": {"matchLabels": {"app": EVIL}}, "policyTypes": ["Ingress", "Egress"][:number]},
    }
    return {
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "RequestResponse", "stage": "ResponseComplete",
        "auditID": f"00000000-0000-4000-8000-0000000000{number:02}", "verb": verb,
        "requestURI": f"/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/{name}?x={EVIL}",
        "user": {"username": "mallory" + EVIL, "groups": ["g" + EVIL]}, "sourceIPs": ["10.0.0.1", EVIL],
        "userAgent": "kubectl" + EVIL,
        "objectRef": {"resource": "networkpolicies", "namespace": "shop", "name": name, "apiGroup": "networking.k8s.io",
                      "apiVersion": "v1"},
        "responseStatus": {"code": code, "reason": EVIL, "message": EVIL}, "requestObject": body, "responseObject": body,
        "requestReceivedTimestamp": f"2026-11-20T10:00:{number:02}.000000Z",
        "stageTimestamp": f"2026-11-20T10:00:{number:02}.100000Z",
        "annotations": {"authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": EVIL, "own" + EVIL: EVIL},
    } | more


class HostileText(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="whodiff-hostile-")
        # The file's own name is hostile too.
        cls.log = os.path.join(cls.folder.name, "audit\x1b[2J\u202e.log")
        with open(cls.log, "w", encoding="utf-8") as file:
            for one in (event(1, "create", 201), event(2, "update", 200), event(3, "delete", 403, name="x" + EVIL)):
                file.write(json.dumps(one, ensure_ascii=False).replace("\x7f", "\\u007f") + "\n")
            file.write("not JSON at all " + EVIL.replace("\n", "").replace("\r", "") + "\n")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def check(self, data, where):
        text = without_sequences(data).decode("utf-8", "backslashreplace").replace("\r\n", "\n").replace("\r", "")
        bad = FORBIDDEN.search(text)
        self.assertIsNone(bad, f"{where}: {bad and text[max(0, bad.start() - 60):bad.end() + 20]!r}")
        self.assertNotIn(b"\x1b]", data, f"{where}: an OSC was sent")
        return text

    def test_commands(self):
        for words in (
            ["log", "--level", "3"], ["log", "-o", "wide"], ["log", "-o", "jsonl"], ["log", "-o", "json"], ["log", "-o", "yaml"],
            ["log", "-o", "csv"], ["show", "00000000-0000-4000-8000-000000000002"], ["changes", "netpol/shop/allow-web", "-p"],
            ["changes", "--all", "--manifests", "-o", "jsonl"], ["diff", "netpol/shop/allow-web"],
            ["diff", "netpol/shop/allow-web", "-o", "json"], ["diff", "netpol/shop/allow-web", "-o", "patch"],
            ["diff", "netpol/shop/allow-web", "-o", "jsonpatch"], ["count", "--by", "actor"],
            ["count", "--by", "agent", "-o", "jsonl"], ["export", "--format", "jsonl"], ["export", "--format", "yaml"],
            ["export", "--format", "csv"], ["export", "--format", "json"], ["explain", "actor:mallory" + EVIL.replace("\x00", "")],
        ):
            with self.subTest(words=words):
                files = [] if words[0] == "explain" else [self.log]
                text = self.check(bytes_on_terminal([WHODIFF, *words, *files], size=(200, 60)), " ".join(words[:3]))
                if words[0] not in ("explain",):
                    self.assertRegex(text, r"mallory|allow-web|count")

    def test_screens(self):
        keys = ["v", "v", "k", "j", "\r", "j", "J", " ", "q", "c", "z", "Z", "d", "s", "w", "M", "s", "q", "q", "2", "\r", "q", "q", "?", "q",
                "f", "actor:m", "\t", "\x1b", "T", "\x1b", "/", "x", "\r"]
        for size in ((80, 24), (200, 60)):
            with self.subTest(size=size):
                data = bytes_on_terminal([WHODIFF, self.log], keys=keys, size=size, quiet=0.25)
                text = self.check(data, f"screens at {size}")
                self.assertIn("\\u{1b}", text)
                self.assertIn("\\u{202e}", text)


if __name__ == "__main__":
    unittest.main()
