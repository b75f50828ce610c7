#!/usr/bin/env python3
"""Measures whodiff beside its peers in one run; prints figures and ratios and decides nothing.

    bench.py WHODIFF [--size 1G] [--log FILE] [--runs 5]

The log is made by repeating the sample logs with fresh audit IDs and times, or is the file given. Commands that are not
installed (lnav, zstd) are left out. Each pair is run in turn, A B A B ..., and its ratio is the median of the pairs'.
"""
import argparse, gzip, json, os, pathlib, random, shutil, statistics, subprocess, sys, tempfile, time, uuid

from keys import cost

ROOT = pathlib.Path(__file__).resolve().parents[2]


def make_log(path, size):
    lines = []
    for name in sorted(ROOT.glob("sample-logs/*.log*")):
        with (gzip.open if name.suffix == ".gz" else open)(name, "rb") as file:
            lines += [line for line in file if line.strip()]
    pick = random.Random(7)
    written = number = 0
    with open(path, "wb") as out:
        while written < size:
            line = lines[number % len(lines)]
            at = line.find(b'"auditID":"') + 11
            stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(1_780_000_000 + number // 40)).encode()
            line = line[:at] + str(uuid.UUID(int=pick.getrandbits(128), version=4)).encode() + line[at + 36:]
            for key in (b'"requestReceivedTimestamp":"', b'"stageTimestamp":"'):
                place = line.find(key) + len(key)
                line = line[:place] + stamp + line[place + 19:]
            out.write(line)
            written += len(line)
            number += 1


def make_versions(path, count):
    """One policy that is updated again and again, between reads of pods."""
    pick = random.Random(5)
    fresh = lambda: str(uuid.UUID(int=pick.getrandbits(128), version=4))
    labels = lambda number: {"matchLabels": {"app": f"app-{number}", "tier": f"tier-{number % 3}"}}
    rules = [{"ports": [{"port": 80, "protocol": "TCP"}], "from": [{"podSelector": labels(number)}]} for number in range(6)]
    uid, policy = fresh(), {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"}

    def event(number, level, verb, code, reference, **more):
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(1_780_000_000 + 2 * number))
        return {"kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": level, "auditID": fresh(), "stage": "ResponseComplete",
                "requestURI": "/apis/x?fieldManager=controller", "verb": verb, "user": {"username": "system:serviceaccount:shop:controller"},
                "objectRef": {"namespace": "shop", "apiVersion": "v1", **reference}, "responseStatus": {"metadata": {}, "code": code},
                **more, "requestReceivedTimestamp": stamp + ".000001Z", "stageTimestamp": stamp + ".000900Z"}

    with open(path, "w") as out:
        for number in range(count):
            pick.choice(rules)["ports"][0]["port"] = pick.randrange(1000, 60000)
            meta = {"name": "busy", "namespace": "shop", "annotations": {"tick": str(number)}}
            stored = {**meta, "uid": uid, "resourceVersion": str(1000 + 3 * number), "generation": number + 1}
            spec = {"podSelector": labels(0), "ingress": rules, "policyTypes": ["Ingress"]}
            reference = {"resource": "networkpolicies", "apiGroup": "networking.k8s.io", "name": "busy"}
            rows = [event(number, "RequestResponse", "update" if number else "create", 200 if number else 201, reference,
                          requestObject={**policy, "metadata": meta, "spec": spec}, responseObject={**policy, "metadata": stored, "spec": spec}),
                    event(number, "Metadata", "get", 200, {"resource": "pods", "name": f"pod-{number % 500}"})]
            out.writelines(json.dumps(row, separators=(",", ":")) + "\n" for row in rows)


def make_folder(path, log, count):
    """A folder of so many files of one record each."""
    os.makedirs(path)
    with open(log, "rb") as lines:
        for number, line in zip(range(count), lines):
            with open(f"{path}/{number:05}.log", "wb") as out:
                out.write(line)


def timed(command):
    started = time.monotonic()
    before = os.times()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    after = os.times()
    return time.monotonic() - started, after[2] + after[3] - before[2] - before[3]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("whodiff")
    parser.add_argument("--size", default="1G")
    parser.add_argument("--log")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    units = {"K": 10**3, "M": 10**6, "G": 10**9}
    size = int(float(options.size.rstrip("KMG")) * units.get(options.size[-1], 1))
    with tempfile.TemporaryDirectory(prefix="whodiff-bench-") as folder:
        os.environ.update(XDG_CACHE_HOME=folder + "/cache", XDG_DATA_HOME=folder + "/data", XDG_STATE_HOME=folder + "/state")
        log = options.log or folder + "/audit.log"
        if not options.log:
            make_log(log, size)
        whodiff = os.path.abspath(options.whodiff)
        store = folder + "/bench.store"
        fresh = f"rm -rf {folder}/cache {folder}/data"
        cases = [
            ("index in place", ["sh", "-c", f"{fresh}; {whodiff} count --by verb {log}"], ["wc", "-l", log]),
            ("open again", [whodiff, "log", "--limit", "60", "--reverse", log], ["wc", "-l", log]),
            ("import", ["sh", "-c", f"rm -f {store}*; {whodiff} import {log} --store {store}"],
             ["sh", "-c", f"zstd -q -1 -T2 -c {log} >{folder}/log.zst"] if shutil.which("zstd") else None),
            ("rare string", [whodiff, "count", "--by", "verb", "--level", "3", '"no such words in it"', log],
             ["grep", "-c", "-F", "no such words in it", log]),
        ]
        versions = folder + "/versions.log"
        make_versions(versions, 20_000)
        for name, command in [("20,000 versions", ["changes", "netpol/shop/busy", versions]), ("check", ["check", "--json", log])]:
            cases.append((name, [whodiff, *command], ["wc", "-l", command[-1]]))
        # Twice as many files should cost twice as much.
        for count in (2500, 5000):
            many = f"{folder}/files-{count}"
            make_folder(many, log, count)
            cases.append((f"{count:,} files", ["sh", "-c", f"{fresh}; {whodiff} count --by verb {many}"], ["sh", "-c", f"cat {many}/* | wc -l"]))
            cases.append((f"{count:,} again", [whodiff, "count", "--by", "verb", many], ["sh", "-c", f"cat {many}/* | wc -l"]))
        print(f"{os.path.getsize(log):,} bytes, {options.runs} runs each; seconds are medians, ratios are of pairs run in turn")
        for name, ours, peer in cases:
            rows = [(timed(ours), timed(peer) if peer else None) for _ in range(options.runs)]
            wall = statistics.median(row[0][0] for row in rows)
            cpu = statistics.median(row[0][1] for row in rows)
            line = f"{name:16} wall {wall:7.3f} s  cpu {cpu:7.3f} s"
            if peer:
                ratio = statistics.median(row[0][0] / row[1][0] for row in rows)
                line += f"  {ratio:6.2f} x {' '.join(peer)[:40]}"
            print(line)
        less = cost(["less", log], b".", [], b"j")[0] if shutil.which("less") else None
        for name, words, way in [
            ("j: Timeline", [log], []),
            ("j: Policies", [log], [(b"2", b"[0-9] objects")]),
            ("j: 20,000", [versions, "-f", "name:busy"], [(b"c", rb"r\d+ ")]),
        ]:
            answer, processor = cost([whodiff, *words], rb"of [0-9,]+ ", way, b"j")
            line = f"{name:16} answer {answer * 1000:6.2f} ms  cpu {processor * 1000:6.2f} ms"
            print(line + (f"  {answer / less:6.2f} x less" if less else ""))
        if os.path.exists(store):
            print(f"store / raw      {os.path.getsize(store) / os.path.getsize(log):.3f}")


if __name__ == "__main__":
    main()
