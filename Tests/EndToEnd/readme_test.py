"""Every command that README.md prints runs as printed."""
import os, pathlib, re, subprocess, sys, tempfile, unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Support"))
from terminal import ROOT, WHODIFF, private_environment


class Readme(unittest.TestCase):
    def test_commands_run_as_printed(self):
        blocks = re.findall(r"```console\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
        commands = [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]
        self.assertGreaterEqual(len(commands), 5)
        with tempfile.TemporaryDirectory(prefix="whodiff-readme-") as folder:
            env = private_environment(folder)
            env["PATH"] = str(pathlib.Path(WHODIFF).resolve().parent) + os.pathsep + env["PATH"]
            for block in blocks:
                for line in block.splitlines():
                    if line.startswith("$ "):
                        ran = subprocess.run(line[2:], shell=True, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
                        with self.subTest(command=line[2:]):
                            # 1 is what `diff` says when it found differences.
                            self.assertIn(ran.returncode, (0, 1), ran.stderr)
                            self.assertTrue(ran.stdout or "imported" in ran.stderr, ran.stderr)
                    elif line and line != "...":
                        with self.subTest(line=line):
                            self.assertIn(line.rstrip(), [text.rstrip() for text in ran.stdout.splitlines()])


if __name__ == "__main__":
    unittest.main()
