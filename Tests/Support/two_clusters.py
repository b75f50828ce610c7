"""A second cluster beside the one of the sample logs."""
import gzip, os, re

from terminal import SAMPLES

UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")


def other_uid(match):
    """Another uid for each, always the same one."""
    text = match.group()
    return format(int(text[0], 16) ^ 5, "x") + text[1:]


def second_cluster(folder):
    """The sample logs as a cluster would write them that has objects of the same names and nothing else in common."""
    os.makedirs(folder)
    for path in sorted(SAMPLES.iterdir()):
        if path.suffix not in (".log", ".gz"):
            continue
        text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        target = os.path.join(folder, path.name.removesuffix(".gz"))
        with open(target, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(UUID.sub(other_uid, text.decode(errors="surrogateescape")))
