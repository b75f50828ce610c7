"""What the screens cost on a slow line, in bytes that reach the terminal, at 80x24."""
import fcntl, os, pathlib, pty, select, shutil, signal, struct, sys, tempfile, termios, time, unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Support"))
from terminal import ROOT, SAMPLES, WHODIFF, private_environment


class Bytes(unittest.TestCase):
    REPAINT, MOVE, SCROLL, IDLE = 4096, 200, 400, 0

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="whodiff-bytes-")
        env = private_environment(self.folder, TERM="xterm-256color")
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(ROOT)
            os.execve(WHODIFF, [WHODIFF, str(SAMPLES)], env)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        # The first screen, and whatever reading and the new size still bring.
        end, out = time.time() + 20, b""
        while b"295" not in out and time.time() < end:
            out += self.output(0.3)
        self.output(1.5)

    def tearDown(self):
        os.kill(self.process, signal.SIGTERM)
        self.output(0.3)
        os.waitpid(self.process, 0)
        os.close(self.terminal)
        shutil.rmtree(self.folder, ignore_errors=True)

    def output(self, quiet):
        out = b""
        while select.select([self.terminal], [], [], quiet)[0]:
            try:
                data = os.read(self.terminal, 65536)
            except OSError:
                break
            if not data:
                break
            out += data
        return out

    def cost(self, key):
        os.write(self.terminal, key.encode())
        out = self.output(0.4)
        self.assertNotEqual(out, b"", f"{key!r} changes nothing")
        return len(out)

    def test_the_timeline_keeps_its_budget(self):
        # Rows of the first screen: the cursor moves within it, then the list scrolls under it.
        moves = [self.cost("j") for _ in range(10)] + [self.cost("k") for _ in range(5)]
        self.assertLessEqual(max(moves), self.MOVE, moves)
        for _ in range(8):
            self.cost("j")
        scrolls = [self.cost("j") for _ in range(20)]
        self.assertLessEqual(max(scrolls), self.SCROLL, scrolls)
        self.assertLessEqual(self.cost("\x0c"), self.REPAINT)
        self.assertEqual(len(self.output(2.5)), self.IDLE, "a screen that nobody touches writes")


if __name__ == "__main__":
    unittest.main()
