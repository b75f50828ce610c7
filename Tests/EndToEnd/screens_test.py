"""The real program in a terminal, over the sample logs, as a user walks through it."""
import pathlib, re, sys, tempfile, unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Support"))
from terminal import WHODIFF, Tmux


def focused(text):
    """The focused row of a list: the one that begins with `>`."""
    return next((line.rstrip() for line in text.splitlines() if line.startswith((">", "  >"))), None)


class Walk(unittest.TestCase):
    def walk(self, **more):
        with Tmux(WHODIFF, "sample-logs", **more) as screen:
            screen.wait(r"295 of 379\s")
            # Filter.
            screen.keys("f", "text:name:restrict-checkout-egress verb:update", "Enter")
            screen.wait(r" 2 of 379")
            screen.keys("j")
            row = focused(screen.wait(r"^> 04:26:02"))
            self.assertIn("update", row)
            # Event.
            screen.keys("Enter")
            event = screen.wait(r"^ source ")
            self.assertIn("Timeline > Event", event)
            self.assertRegex(event, r"actor +bob@example\.com")
            self.assertRegex(event, r"audit-2026-11-23T04-26-14\.000\.log\.gz line \d+")
            # Change Log.
            screen.keys("c")
            log = screen.wait(r"1 lifetime, 15 acts[^$]*^  > ")
            self.assertRegex(focused(log), r"> 4 .*update +bob@example\.com")
            # Diff, unified and side by side.
            screen.keys("d")
            screen.wait(r"r3 -> r4")
            screen.keys("s")
            screen.wait(r"split|unified")
            # And back to the same row.
            screen.keys("q")
            screen.wait(r"15 acts")
            screen.keys("q")
            screen.wait(r"Timeline > Event")
            screen.keys("q")
            self.assertEqual(focused(screen.wait(r" 2 of 379")), row)
            screen.keys("Q")
            self.assertEqual(screen.exit_status(), 0)

    def test_from_timeline_to_diff_and_back(self):
        self.walk()

    def test_the_same_without_colour_or_utf8_on_an_unknown_terminal(self):
        self.walk(LC_ALL="C", NO_COLOR="1", TERM="no-such-terminal")

    def test_policies_lead_to_a_change_log(self):
        with Tmux(WHODIFF, "sample-logs", size=(120, 40)) as screen:
            screen.wait(r"295 of 379\s")
            screen.keys("2")
            screen.wait(r"\d+ of \d+ objects|\d+ objects")
            screen.keys("f", "text:monitoring/deny-checkout-dns", "Enter")
            screen.wait(r"deny-checkout-dns")
            screen.keys("Enter")
            self.assertRegex(screen.wait(r"\d+ acts?, \d+ effective"), r"deny-checkout-dns")

    def test_a_resize_keeps_the_focused_event(self):
        with Tmux(WHODIFF, "sample-logs", size=(120, 40)) as screen:
            screen.wait(r"295 of 379\s")
            screen.keys(*["j"] * 30)
            row = focused(screen.wait(r" 31/295"))
            for size in (("80", "24"), ("200", "60"), ("100", "30")):
                screen.tmux("resize-window", "-x", size[0], "-y", size[1])
                screen.wait(r" 31/295")
            self.assertEqual(focused(screen.text()).split()[1:3], row.split()[1:3])
            screen.tmux("resize-window", "-x", "50", "-y", "10")
            screen.wait(r"60")

    def test_a_filter_is_listed_as_it_is_typed_and_esc_brings_back_the_row(self):
        with Tmux(WHODIFF, "sample-logs") as screen:
            screen.wait(r"295 of 379\s")
            screen.keys("j", "j", "j")
            row = focused(screen.wait(r"^> 04:30:43"))
            screen.keys("f", "text:verb:delete")
            # On a slow machine it waits for Enter.
            screen.wait(r"verb:delete +30 of 379|Enter applies it")
            screen.keys("Escape")
            self.assertEqual(focused(screen.wait(r"filter> +295 of 379")), row)
            screen.keys("f", "text:verb:delete", "Enter")
            screen.wait(r"verb:delete +30 of 379")

    def test_help_is_narrowed_and_runs_a_command(self):
        with Tmux(WHODIFF, "sample-logs") as screen:
            screen.wait(r"295 of 379\s")
            screen.keys("?", "text:oldest")
            screen.wait(r"^> G End +Last row")
            screen.keys("Enter")
            screen.wait(r" 295/295 ")

    def test_of_a_binary_file_all_that_matters_fits_on_the_screen(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "program")
            path.write_bytes(b"\x7fELF" + bytes(4000))
            with Tmux(WHODIFF, str(path)) as screen:
                text = screen.wait(r"more: whodiff formats lists them")
                words = " ".join(text.split())
                self.assertIn("program: no record of any known format; it looks like this: no text", words)
                self.assertIn("it begins: \\u{7f}ELF", text)
                self.assertRegex(text, r"kubernetes-audit: auditID with")

    def test_what_the_levels_fold_is_told_and_reachable(self):
        with Tmux(WHODIFF, "sample-logs") as screen:
            text = screen.wait(r"295 of 379\s")
            folded = sum(int(number) for number in re.findall(r"(\d+) (?:no-op|dry|conflict|sub|refused|failed|read|acts)\b", text.splitlines()[2]))
            self.assertEqual(folded, 379 - 295)
            screen.keys("v", "v")
            screen.wait(r"379 of 379")

    def test_no_terminal_is_told(self):
        with Tmux("sh", "-c", f"TERM=dumb {WHODIFF} sample-logs 2>&1", size=(100, 30)) as screen:
            self.assertEqual(screen.exit_status(), 4)


if __name__ == "__main__":
    unittest.main()
