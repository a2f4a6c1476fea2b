# SPDX-License-Identifier: BSD-2-Clause
"""A running emulator, as the boot tests use it."""
import os
import select
import subprocess
import time

TOOLS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools")
MAKE_ISO = os.path.join(TOOLS, "make_iso.sh")
DONE = "BOOT TASK DONE"
DEAD = ["backtrace:", "and no handler takes it", "Capella cannot start:"]  # a debug kernel's last words
QEMU = ["qemu-system-x86_64", "-display", "none", "-no-reboot", "-serial", "stdio"]


class Machine:
    """A running emulator: its output, until a text appears in it, it ends, or time is up."""

    def __init__(self, command, serial=None):
        self.serial = serial
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL)
        self.output = ""

    def _more(self):
        if self.serial:
            time.sleep(0.2)
            if os.path.exists(self.serial):
                with open(self.serial, encoding="latin-1") as stream:
                    self.output = stream.read().replace("\r", "")
            return self.process.poll() is None
        ready, _, _ = select.select([self.process.stdout], [], [], 0.2)
        if not ready:
            return True
        chunk = os.read(self.process.stdout.fileno(), 65536)
        self.output += chunk.decode("latin-1").replace("\r", "")
        return bool(chunk)

    def wait_for(self, text, seconds, unless=()):
        """Not longer than until one of the words of `unless` has come."""
        end = time.time() + seconds
        while (text not in self.output and not any(word in self.output for word in unless)
               and time.time() < end and self._more()):
            pass
        return text in self.output

    def command(self, line, seconds=5):
        """For a QEMU monitor on the pipe: the answer."""
        start = len(self.output)
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        end = time.time() + seconds
        while "(qemu)" not in self.output[start:].split("\n", 1)[-1] and time.time() < end:
            self._more()
        return self.output[start:]

    def stop(self):
        self.process.kill()
        self.process.wait()


def image(work, name, kernel, modules, words="", version="2"):
    """A CD whose loader starts the kernel."""
    path = os.path.join(work, name + ".iso")
    subprocess.run(["sh", MAKE_ISO, path, kernel, words, *modules], check=True,
                   stdout=subprocess.DEVNULL, env={**os.environ, "MULTIBOOT": version})
    return path


def tail(output):
    return "\n".join(output.strip().split("\n")[-12:])
