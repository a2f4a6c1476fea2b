# SPDX-License-Identifier: BSD-2-Clause
"""Runs boot tests and reports them as TAP."""
import concurrent.futures
import threading
import time


class Tests:
    """A list of tests: functions that return None, or what is wrong; two run at a time."""

    def __init__(self, arguments, jobs=2):
        self.arguments, self.jobs = arguments, jobs
        self.lock = threading.Lock()
        self.passed = self.failed = 0
        self.list = []

    def add(self, name, function, *rest):
        if self.arguments.only in name:
            self.list.append((name, function, rest))

    def one(self, test):
        name, function, rest = test
        started = time.time()
        try:
            problem = function(*rest)
        except Exception as error:  # a test must not take the others with it
            problem = "%s: %s" % (type(error).__name__, error)
        with self.lock:
            self.passed += not problem
            self.failed += bool(problem)
            print("%s %d - %s  # %.1f s" % ("not ok" if problem else "ok",
                                            self.passed + self.failed, name,
                                            time.time() - started), flush=True)
            if problem:
                print("# " + problem.strip().replace("\n", "\n# "), flush=True)

    def run(self):
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            list(pool.map(self.one, self.list))
        print("%d passed, %d failed" % (self.passed, self.failed))
        return self.failed == 0 and self.passed > 0
