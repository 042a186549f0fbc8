"""Type into a shell at a terminal, press the tab key, and look at the screen.

    tab.py SHELL < CASES

A case is a line: what to type, " => ", and what is to be on the screen then, with " | " between.
"""
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

import pyte

LINES, COLUMNS = 60, 200
PATIENCE = 60  # seconds, after which what is not there is not coming


class Terminal:
    """A terminal with a shell in it."""

    def __init__(self, command):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvp(command[0], command)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.screen = pyte.Screen(COLUMNS, LINES)
        # Shells ask the terminal about itself, and wait for the answer.
        self.screen.write_process_input = self.type
        self.stream = pyte.ByteStream(self.screen)

    def type(self, text):
        os.write(self.fd, text.encode())

    def shown(self):
        return "\n".join(line.rstrip() for line in self.screen.display).strip()

    def until(self, seen):
        """Waits until seen says yes to what is shown; returns whether it did."""
        end = time.monotonic() + PATIENCE
        while not seen(self.shown()):
            if not select.select([self.fd], [], [], max(0, end - time.monotonic()))[0]:
                return False
            try:
                self.stream.feed(os.read(self.fd, 65536))
            except OSError:  # the shell has ended
                return False
        return True

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


def complete(shell, typed, words):
    """Returns what is wrong, or None."""
    terminal = Terminal(shell.split())
    try:
        if not terminal.until(lambda shown: shown.endswith("ready>")):
            return "it does not come up:\n" + terminal.shown()
        terminal.type(typed)
        if not terminal.until(lambda shown: typed.strip() in shown):
            return "it does not show what is typed:\n" + terminal.shown()
        terminal.type("\t")
        if not terminal.until(lambda shown: all(word in shown for word in words)):
            missing = [word for word in words if word not in terminal.shown()]
            return f"there is no {missing} in\n" + terminal.shown()
    finally:
        terminal.close()


def main(shell, cases):
    name, count = shell.split()[0], 0
    for case in cases:
        typed, want = case.rstrip("\n").split(" => ")
        wrong = complete(shell, typed, want.split(" | "))
        if wrong:
            sys.exit(f"{name}, {typed!r}: {wrong}")
        count += 1
    print(f"ok: {name} completes {count} lines")


main(sys.argv[1], sys.stdin)
