"""The real program in a terminal: inside tmux for what a user sees, on a bare pty for the bytes that reach one."""
import os, pathlib, pty, re, select, shlex, shutil, signal, subprocess, tempfile, time, fcntl, struct, termios, uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
WHODIFF = os.environ.get("WHODIFF", str(ROOT / ".build/release/whodiff"))
SAMPLES = ROOT / "sample-logs"


def private_environment(folder, **more):
    """An environment whose caches, stores and histories live in a folder of the test's own."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "WHODIFF_"))}
    for key in ("NO_COLOR", "SSH_TTY", "SSH_CONNECTION", "TMUX"):
        env.pop(key, None)
    for name in ("CACHE_HOME", "DATA_HOME", "STATE_HOME", "CONFIG_HOME"):
        env["XDG_" + name] = os.path.join(folder, name.lower())
    # A pager moves the cursor by sequences of its own.
    env.update(LC_ALL="C.UTF-8", HOME=folder, PAGER="cat")
    env.update(more)
    return env


class Tmux:
    """A program in a tmux pane of a fixed size; texts and styles of its screen can be read."""

    def __init__(self, *words, size=(80, 24), **more):
        self.folder = tempfile.mkdtemp(prefix="whodiff-test-")
        self.socket = "whodiff-" + uuid.uuid4().hex[:8]
        env = private_environment(self.folder, **more)
        pairs = " ".join(f"{key}={shlex.quote(value)}" for key, value in env.items() if key != "TERM")
        self.status = os.path.join(self.folder, "status")
        shell = f"cd {shlex.quote(str(ROOT))}; env {pairs} {shlex.join(words)}; echo $? > {self.status}; sleep 600"
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(size[0]), "-y", str(size[1]), "sh", "-c", shell)
        self.tmux("set", "-g", "status", "off")
        self.tmux("set", "-g", "window-size", "manual")

    def tmux(self, *words):
        return subprocess.run(["tmux", "-L", self.socket, *words], check=True, capture_output=True, text=True).stdout

    def text(self):
        return self.tmux("capture-pane", "-p")

    def keys(self, *names):
        for name in names:
            self.tmux("send-keys", *(["-l", name[5:]] if name.startswith("text:") else [name]))

    def wait(self, pattern, timeout=20):
        end = time.time() + timeout
        while time.time() < end:
            text = self.text()
            if re.search(pattern, text, re.M):
                return text
            time.sleep(0.03)
        raise AssertionError(f"waited for {pattern!r}; the screen shows:\n{self.text()}")

    def exit_status(self, timeout=10):
        end = time.time() + timeout
        while time.time() < end:
            said = pathlib.Path(self.status).read_text().strip() if os.path.exists(self.status) else ""
            if said:
                return int(said)
            time.sleep(0.03)
        raise AssertionError(f"still running; the screen shows:\n{self.text()}")

    def close(self):
        subprocess.run(["tmux", "-L", self.socket, "kill-server"], capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def bytes_on_terminal(words, keys=(), size=(80, 24), quiet=0.4, timeout=20, term="xterm-256color"):
    """Every byte that a program writes to its terminal while the keys are pressed one after the other."""
    folder = tempfile.mkdtemp(prefix="whodiff-test-")
    env = private_environment(folder, TERM=term)
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.execvpe(words[0], list(words), env)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    out = bytearray()

    def drain():
        """Reads until it has been quiet; the very first byte is waited for, however slow the machine is."""
        last = time.time()
        started = last
        while (time.time() - last < quiet or not out) and time.time() - started < timeout:
            if select.select([fd], [], [], 0.05)[0]:
                try:
                    data = os.read(fd, 65536)
                except OSError:
                    return False
                if not data:
                    return False
                out.extend(data)
                last = time.time()
        return True

    alive = drain()
    for key in keys:
        if not alive:
            break
        os.write(fd, key.encode())
        alive = drain()
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        pass
    drain()
    os.close(fd)
    os.waitpid(pid, 0)
    shutil.rmtree(folder, ignore_errors=True)
    return bytes(out)


# What a terminal program may send: the sequences of terminfo for colours, cursor, erasing, modes and character sets.
SEQUENCE = re.compile(rb"\x1b\[[0-9;?>]*[A-Za-z`@]|\x1b[()][0AB]|\x1b[=>78MH]|\x1b\]\d*;?[^\x07\x1b]*(?:\x07|\x1b\\)")


def without_sequences(data, allow_osc=False):
    """The bytes with the program's own terminal sequences taken out; an OSC is left in place unless allowed."""
    return SEQUENCE.sub(lambda hit: b"" if allow_osc or not hit.group().startswith(b"\x1b]") else hit.group(), data)
