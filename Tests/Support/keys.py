"""What a key costs: the time until the program answers on its terminal, and the processor time that it takes."""
import fcntl, os, pty, re, select, signal, statistics, struct, termios, time


class Terminal:
    def __init__(self, words, size=(140, 40)):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8")
            os.execvp(words[0], words)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))

    def read(self, timeout):
        """What comes next, nothing after so many seconds."""
        if not select.select([self.terminal], [], [], timeout)[0]:
            return b""
        try:
            return os.read(self.terminal, 65536)
        except OSError:
            return b""

    def rest(self, quiet=0.3):
        while self.read(quiet):
            pass

    def wait(self, pattern, timeout=120):
        seen, end = b"", time.monotonic() + timeout
        while not re.search(pattern, seen):
            if time.monotonic() > end:
                raise SystemExit(f"waited for {pattern!r}, and got {seen[-500:]!r}")
            seen += self.read(0.1)

    def processor(self):
        """Seconds that the program took so far, on all its threads."""
        words = open(f"/proc/{self.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def close(self):
        os.kill(self.pid, signal.SIGTERM)
        self.rest(0.1)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


def cost(words, first, way, key, presses=60):
    """Medians of seconds to the first byte of the answer, and seconds of processor time, of one press.

    `first` matches the first screen; `way` are pairs of keys and what is then waited for; `key` is what is measured.
    """
    program = Terminal(words)
    try:
        program.wait(first)
        for press, pattern in way:
            os.write(program.terminal, press)
            program.wait(pattern)
        # What goes on in the background ends.
        last = -1.0
        while program.processor() > last:
            last = program.processor()
            program.rest(1.5)
        answers = []
        for _ in range(presses):
            pressed = time.monotonic()
            os.write(program.terminal, key)
            if program.read(1):
                answers.append(time.monotonic() - pressed)
            program.rest(0.02)
        return statistics.median(answers), (program.processor() - last) / presses
    finally:
        program.close()
