"""Audit lines of one API server as two would have written them: each request at one of them, clocks apart."""
import collections, datetime, glob, gzip, os, random, re

TIME = "%Y-%m-%dT%H:%M:%S"
STAMP = re.compile(rb'("(requestReceivedTimestamp|stageTimestamp)":")([^"]+)"')
AUDIT_ID = re.compile(rb'"auditID":"([^"]*)"')
VERSION = re.compile(rb'"resourceVersion":"(\d+)"')
NAME = re.compile(rb'"objectRef":\{[^}]*?"resource":"([^"]*)"(?:[^}]*?"name":"([^"]*)")?')
# An entry of managedFields: who, and when by the clock of the server that took the write.
MANAGED = re.compile(rb'"manager":"([^"]*)","operation":"([^"]*)",(?:"apiVersion":"[^"]*",|"subresource":"[^"]*",)*"time":"([^"]*)"')

# Who a request says it is from, as managedFields name him.
MANAGER = re.compile(rb'"requestURI":"[^"]*[?&]fieldManager=([^&"]+)|"userAgent":"([^"/]*)')


def lines_of(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rb") as file:
        return [line for line in file.read().split(b"\n") if line]


def log_lines(folder):
    """All audit lines in a folder, in the order in which they were written: names of rotated files carry the time of a
    clock that may have been stepped, versions of the store only rise."""
    files = [lines_of(path) for path in glob.glob(os.path.join(folder, "**", "audit*.log*"), recursive=True)]

    def middle(lines):
        versions = sorted(int(found) for line in lines for found in VERSION.findall(line)[-1:])
        return versions[len(versions) // 2] if versions else 0
    return [line for lines in sorted(files, key=middle) for line in lines]


def time_of(text):
    return datetime.datetime.strptime(text.decode().rstrip("Z")[:26], TIME + (".%f" if b"." in text else ""))


def moved(text, seconds):
    """A time as a clock that is so far ahead tells it, as exactly as it is told here."""
    time = time_of(text) + datetime.timedelta(seconds=seconds)
    return (time.strftime(TIME) + (f".{time.microsecond:06}" if b"." in text else "") + "Z").encode()


def shifted(line, seconds):
    """The line as a server whose clock is so far ahead would have written it; what it keeps in objects is left alone."""
    return STAMP.sub(lambda found: found[1] + moved(found[3], seconds) + b'"', line)


def split(lines, seed, seconds, overlap=0.0, stamps=True):
    """The lines of both servers; the second one's clock is `seconds` ahead.

    - overlap: the share of requests whose lines stand in both files, as where one forwarder's output was kept twice.
    - stamps: whether the second server's clock is also that of its notes in managedFields.
    """
    chance = random.Random(seed)
    is_second, twice, servers, spans = {}, set(), {}, collections.defaultdict(list)
    audits = [(AUDIT_ID.search(line) or [b"", b""])[1] for line in lines]
    for line, audit in zip(lines, audits):
        found = NAME.search(line)
        times = [time_of(stamp[2]) for stamp in STAMP.findall(line)]
        manager = MANAGER.search(line)
        manager = manager and (manager[1] or manager[2])
        second = min(times).replace(microsecond=0) if times else None
        if audit not in is_second:
            # What one client asks about one object within a second goes over one connection.
            client = (found[0], manager, second) if found else audit
            is_second[audit] = servers.setdefault(client, chance.random() < 0.5)
            if chance.random() < overlap:
                twice.add(audit)
        if stamps and found and times:
            spans[found[1]].append((second, max(times), manager, is_second[audit]))

    def noted(line):
        """Notes of writes that the second server alone took have its clock, whoever logs the object later."""
        found = NAME.search(line)
        own = spans.get(found[1], []) if found else []

        def entry(match):
            time = time_of(match[3])
            near = [(manager == match[1], second) for first, last, manager, second in own if first <= time <= last]
            # Of requests in the same second the one of the entry's own manager left it.
            takers = {second for is_own, second in near if is_own} or {second for _, second in near}
            if takers != {True}:
                return match[0]
            start = match.start(3) - match.start(0)
            return match[0][:start] + moved(match[3], seconds) + match[0][start + len(match[3]):]
        return MANAGED.sub(entry, line) if own else line

    one, two = [], []
    for line, audit in zip(lines, audits):
        line = noted(line)
        own = shifted(line, seconds) if is_second[audit] else line
        if is_second[audit] or audit in twice:
            two.append(own)
        if not is_second[audit] or audit in twice:
            one.append(own)
    return one, two
