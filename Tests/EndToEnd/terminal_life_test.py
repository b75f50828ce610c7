"""The terminal is given back as it was found on every way out, follows resizes, and is left alone while idle."""
import fcntl, json, os, pathlib, select, shutil, signal, stat, struct, subprocess, sys, tempfile, termios, time, unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Support"))
from terminal import WHODIFF, private_environment

LEFT = b"\x1b[?1049l"


def event(number):
    return {
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "stage": "ResponseComplete",
        "auditID": f"00000000-0000-4000-8000-{number:012}", "verb": "delete",
        "requestURI": f"/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/p{number}",
        "user": {"username": "alice@example.com"}, "sourceIPs": ["10.0.0.1"], "userAgent": "kubectl",
        "objectRef": {"resource": "networkpolicies", "namespace": "shop", "name": f"p{number}",
                      "apiGroup": "networking.k8s.io", "apiVersion": "v1"},
        "responseStatus": {"code": 200},
        "requestReceivedTimestamp": f"2026-11-20T{10 + number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}.000000Z",
        "stageTimestamp": f"2026-11-20T{10 + number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}.100000Z"}


class Terminal:
    """A program on a pty whose other end stays open, so that its modes can be read after it has ended."""

    def __init__(self, words, folder, size=(80, 24), **environment):
        self.master, self.slave = os.openpty()
        self.resize(*size)
        self.before = termios.tcgetattr(self.slave)
        env = private_environment(folder, **({"TERM": "xterm-256color"} | environment))
        def take_terminal():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        self.process = subprocess.Popen(words, env=env, stdin=self.slave, stdout=self.slave, stderr=self.slave,
                                        preexec_fn=take_terminal)
        self.out = bytearray()

    def resize(self, columns, rows):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, quiet=0.4, limit=10):
        """What arrives until the program has been silent for a while."""
        read = bytearray()
        last = start = time.time()
        while time.time() - last < quiet and time.time() - start < limit:
            if select.select([self.master], [], [], 0.02)[0]:
                try:
                    read += os.read(self.master, 65536)
                except OSError:
                    break
                last = time.time()
        self.out += read
        return bytes(read)

    def wait_for(self, text, limit=20):
        end = time.time() + limit
        while text not in self.out and time.time() < end:
            self.read(0.05, 1)
        if text not in self.out:
            raise AssertionError(f"{text} was never written; the last of it: {bytes(self.out[-400:])}")
        return self.read()

    def press(self, keys):
        os.write(self.master, keys.encode())
        return self.read()

    def ended(self, limit=10):
        end = time.time() + limit
        while self.process.poll() is None and time.time() < end:
            self.read(0.02, 0.1)
        return self.process.poll()

    def modes_are_restored(self):
        return termios.tcgetattr(self.slave)[:4] == self.before[:4]

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self.slave)


class TerminalLife(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="whodiff-test-")
        cls.log = os.path.join(cls.folder, "audit.log")
        with open(cls.log, "w") as file:
            for number in range(1, 301):
                file.write(json.dumps(event(number)) + "\n")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder, ignore_errors=True)

    def start(self, *options, words=None, ready=b"p299", **environment):
        terminal = Terminal(words or [WHODIFF, *options, self.log], self.folder, **environment)
        self.addCleanup(terminal.close)
        if ready:
            terminal.wait_for(ready)
        return terminal

    def test_q_leaves_and_restores(self):
        terminal = self.start()
        out = terminal.press("q")
        self.assertEqual(terminal.ended(), 0)
        self.assertIn(LEFT, out)
        self.assertTrue(terminal.modes_are_restored())

    def test_sigterm_restores_and_exits_143(self):
        terminal = self.start()
        terminal.process.send_signal(signal.SIGTERM)
        out = terminal.read()
        self.assertEqual(terminal.ended(), 143)
        self.assertIn(LEFT, out)
        self.assertTrue(terminal.modes_are_restored())

    def test_sighup_writes_nothing_more_and_exits_129(self):
        terminal = self.start()
        terminal.process.send_signal(signal.SIGHUP)
        self.assertEqual(terminal.read(), b"")
        self.assertEqual(terminal.ended(), 129)

    def test_a_lost_terminal_ends_the_program(self):
        terminal = Terminal([WHODIFF, self.log], self.folder)
        terminal.wait_for(b"p299")
        os.close(terminal.slave)
        os.close(terminal.master)
        self.assertEqual(terminal.process.wait(timeout=5), 129)

    def test_sigquit_restores_and_ends_as_a_signal(self):
        terminal = self.start()
        terminal.process.send_signal(signal.SIGQUIT)
        out = terminal.read()
        self.assertEqual(terminal.ended(), -signal.SIGQUIT)
        self.assertIn(LEFT, out)
        self.assertTrue(terminal.modes_are_restored())

    def test_suspending_gives_the_terminal_back_and_continuing_takes_it_again(self):
        # Only a job of an interactive shell can be stopped.
        terminal = self.start(words=["bash", "--norc", "--noprofile", "-i"], ready=None)
        terminal.press(f"'{WHODIFF}' '{self.log}'\r")
        terminal.wait_for(b"p299")
        terminal.press("\x1a")
        at = len(terminal.out)
        self.assertIn(LEFT, terminal.out)
        terminal.press("echo stopped-$((40 + 2)); fg\r")
        terminal.wait_for(b"stopped-42")
        terminal.wait_for(b"p299")
        self.assertIn(b"\x1b[?1049h", terminal.out[at:])
        self.assertIn(b"p299", terminal.out[at:])
        terminal.press("q")
        terminal.press("echo ended-$((40 + 2))\r")
        terminal.wait_for(b"ended-42")

    def test_idle_writes_nothing(self):
        terminal = self.start()
        terminal.read(1)
        self.assertEqual(terminal.read(2.5, 3), b"")

    def test_a_storm_of_resizes_does_not_queue(self):
        terminal = self.start()
        terminal.read()
        for number in range(80):
            terminal.resize(80 + number % 7, 24 + number % 5)
            terminal.process.send_signal(signal.SIGWINCH)
            time.sleep(0.0125)
        terminal.resize(100, 30)
        terminal.process.send_signal(signal.SIGWINCH)
        # A redraw is some KiB: those that nobody saw were not made.
        self.assertLess(len(terminal.read(0.3)), 20 * 4096)
        # The last size holds: a redraw reaches the last row.
        self.assertIn(b"\x1b[30d", terminal.press("\x0c"))

    def test_budgets_of_bytes(self):
        terminal = self.start()
        terminal.read(1)
        self.assertLessEqual(len(terminal.press("\x0c")), 4096)

    def test_keys_typed_ahead_are_all_taken_in_order(self):
        terminal = self.start()
        terminal.read()
        out = terminal.press("jj\x1b[99;3uk?q")
        self.assertIsNone(terminal.process.poll())
        self.assertNotIn(b"[99;3u", out)
        terminal.press("qq")
        self.assertEqual(terminal.ended(), 0)

    def test_no_usable_terminal_exits_4_and_names_the_commands(self):
        for name in ("dumb", ""):
            terminal = self.start(ready=None, TERM=name)
            out = terminal.read(1)
            self.assertEqual(terminal.ended(), 4)
            self.assertIn(b"whodiff log", out)
            self.assertNotIn(b"\x1b", out)
        done = subprocess.run([WHODIFF, self.log], stdin=subprocess.DEVNULL, capture_output=True,
                              env=private_environment(self.folder, TERM="xterm"))
        self.assertEqual(done.returncode, 4)

    def test_an_unknown_terminal_is_treated_as_a_common_one_and_told_once(self):
        terminal = self.start(TERM="no-such-terminal")
        self.assertIn(b"using xterm-256color", bytes(terminal.out))
        terminal.press("q")
        self.assertEqual(terminal.ended(), 0)

    def test_a_pipe_is_read_and_keys_come_from_the_terminal(self):
        terminal = self.start(words=["sh", "-c", f"cat '{self.log}' | '{WHODIFF}' -; echo ended $?"])
        terminal.press("q")
        terminal.wait_for(b"ended 0")

    def test_no_colours_when_they_are_not_wanted(self):
        import re
        for environment in ({"NO_COLOR": "1"}, {"TERM": "vt100"}):
            terminal = self.start(**environment)
            terminal.press("?")
            self.assertIsNone(re.search(rb"\x1b\[(?:\d+;)*(?:3[0-9]|4[0-9])m", bytes(terminal.out)))

    def test_ascii_alone_without_utf8(self):
        terminal = self.start(LC_ALL="C")
        terminal.press("?")
        self.assertTrue(all(byte < 0x80 for byte in terminal.out))

    def test_filters_that_ran_are_kept_for_the_user_alone(self):
        terminal = self.start()
        terminal.press("f")
        terminal.press("verb:delete\r")
        terminal.press("q")
        self.assertEqual(terminal.ended(), 0)
        path = os.path.join(self.folder, "state_home", "whodiff", "filters")
        self.assertIn("verb:delete", pathlib.Path(path).read_text())
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode), 0o700)

    def test_copying_inside_ssh_goes_through_the_terminal(self):
        terminal = self.start(SSH_TTY="/dev/pts/9")
        out = terminal.press("y")
        self.assertIn(b"\x1b]52;c;", out)
        self.assertNotIn(b"\x1bPtmux", out)
        wrapped = self.start(SSH_TTY="/dev/pts/9", TMUX="/tmp/tmux,1,0").press("y")
        self.assertIn(b"\x1bPtmux;\x1b\x1b]52;c;", wrapped)


if __name__ == "__main__":
    unittest.main()
