"""Packs samples of logs in each way that is opened: pack.py SAMPLES FOLDER."""
import bz2, gzip, io, lzma, pathlib, shutil, subprocess, sys, tarfile, zipfile

samples, folder = map(pathlib.Path, sys.argv[1:])
lines = (samples / "kube-audit.jsonl").read_bytes()
flows = (samples / "flows.jsonl").read_bytes()


def tar(files, kind=tarfile.USTAR_FORMAT):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=kind) as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text))
    return packed.getvalue()


def zipped(files, method=zipfile.ZIP_DEFLATED):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()


both = {"node-1/audit.log": lines, "node-2/flows.log": flows}
packed = {
    "gzip": gzip.compress(lines), "gzip-twice": gzip.compress(gzip.compress(lines)) + gzip.compress(flows),
    "bzip2": bz2.compress(lines), "xz": lzma.compress(lines), "utf-16": lines.decode().encode("utf-16"),
    "tar": tar(both), "tar-pax": tar({"a" * 120: lines}, tarfile.PAX_FORMAT), "tar-gz": gzip.compress(tar(both)),
    "zip": zipped(both), "zip-stored": zipped(both, zipfile.ZIP_STORED), "zeros": gzip.compress(bytes(1 << 16)),
    "nested": tar({"inner.tar.gz": gzip.compress(tar(both)), "inner.zip": zipped(both), "plain.log": lines}),
}
for name, data in packed.items():
    (folder / name).write_bytes(data)
if shutil.which("zstd"):
    made = subprocess.run(["zstd", "-q", "-c"], input=lines, stdout=subprocess.PIPE, check=True)
    (folder / "zstd").write_bytes(made.stdout)
