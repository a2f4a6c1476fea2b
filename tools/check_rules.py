#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Holds docs/rules/*.md and the sources against each other.

Errors: a `[test: ...]` that names no test; a comment `rules: CHAPTER NUMBER` in tests/, kernel/, arch/
or include/ that names no rule; with --strict also an item of an "Observable subtleties" list without a
test.  --update writes the names of tests into the documents: into the innermost `[test: ...]` around the
rule that the comment above the test names.  Names written there by hand stay."""
import argparse
import glob
import os
import re
import sys
import textwrap

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
WIDTH = 100
NONE = "none"

HEADING = re.compile(r"#{2,3} (?:(\d+(?:\.\d+)?)\.? )?(.*)")
ITEM = re.compile(r"(\d+)\. ")
ROW = re.compile(r"\| (\d+[a-z]?) \|")
MARK = re.compile(r"[ \t]*\[test:\s*([^\]]*?)\s*\]")
TEST = re.compile(r"(?:/\*((?:(?!\*/).)*)\*/\s*(?:^#[^\n]*\n)*)?^TEST\((\w+),\s*(\w+)\)", re.S | re.M)
SUBTLETY = "subtlety"


class Mark:
    """One `[test: ...]`: where it stands, and its names."""

    def __init__(self, chapter, place, names):
        self.chapter = chapter
        self.place = place
        self.names = names


def name_of(chapter, place):
    return "%s %s" % (chapter, place.replace(SUBTLETY + ".", SUBTLETY + " "))


def split_names(text):
    return [n for n in re.split(r"[,\s]+", text) if n and n != NONE]


def parent(place):
    return place.rpartition(".")[0]


class Chapter:
    """A document: its places ("5", "5.2", "5.2.7", "subtlety.7"), and its marks in the order of the text."""

    def __init__(self, path):
        self.path = path
        self.name = os.path.basename(path)[:-3]
        with open(path, encoding="utf-8") as f:
            self.lines = join_marks(f.read()).splitlines()
        self.places = {}        # in the order of the text
        self.marks = []
        section = place = ""
        for line in self.lines:
            heading, item, row = HEADING.match(line), ITEM.match(line), ROW.match(line)
            if heading:
                is_list = heading[2] == "Observable subtleties"
                section = place = SUBTLETY if is_list else heading[1] or section
                self.places[place] = True
            elif item or row:
                place = "%s.%s" % (section, (item or row)[1])
                self.places[place] = True
            elif line and not line[0].isspace():
                place = section
            self.marks += [Mark(self.name, place, split_names(m[1])) for m in MARK.finditer(line)]

    def find(self, place):
        """The mark of the place, or of the innermost one around it that has one."""
        while place:
            found = [m for m in self.marks if m.place == place]
            if found:
                return found[0]
            place = parent(place)
        return None

    def write(self):
        marks = iter(self.marks)
        with open(self.path, "w", encoding="utf-8") as f:
            f.writelines(rewrite(line, marks) + "\n" for line in self.lines)


def join_marks(text):
    """Puts each mark into one line, behind the text it belongs to."""
    text = re.sub(r"\[test:[^\]]*\]", lambda m: " ".join(m[0].split()), text)
    return re.sub(r"(?<=\S)\n[ \t]+(?=\[test:)", " ", text)


def rewrite(line, marks):
    """The line with its mark as it is now: in a table where it stands, elsewhere in lines of its own."""
    if not MARK.search(line):
        return line
    label = "[test: %s]" % (", ".join(next(marks).names) or NONE)
    if line.startswith("|"):
        return MARK.sub(" " + label, line)
    body = MARK.sub("", line).rstrip()
    item = ITEM.match(line)
    indent = " " * (len(item[0]) if item else len(line) - len(line.lstrip()))
    label = textwrap.fill(label, WIDTH, initial_indent=indent, subsequent_indent=indent,
                          break_long_words=False, break_on_hyphens=False)
    return body + "\n" + label if body else label


TOKEN = re.compile(r"docs/rules\.md|\"[^\"]*\"|[\s,*]+|\((?P<remark>[^()]*)\)"
                   r"|(?P<number>\d+[a-z]?(?:\.\d+[a-z]?)*)|(?P<word>[a-z]\w*)")
JOINING = ("and", "to")
STEPS = re.compile(r"(?:^|\s)(\d+[a-z]?)(?:-(\d+))?$")


def steps(remark, place, chapter):
    """The steps a remark names, as in `x86_64 3.5 (map 6-8)`, if the section numbers its steps."""
    found = STEPS.search(remark)
    if not found:
        return []
    labels = [found[1]] if not found[2] else [str(n) for n in range(int(found[1]), int(found[2]) + 1)]
    return [p for p in ("%s.%s" % (place, label) for label in labels) if p in chapter.places]


def references(text, chapters):
    """What follows `rules:`: pairs of chapter and place, and a word that is no chapter but should be."""
    found, chapter, prefix, at = [], None, "", 0
    while True:
        token = TOKEN.match(text, at)
        if not token:
            return found, ""
        if token["word"] in chapters:
            chapter, prefix = token["word"], ""
        elif token["word"] == SUBTLETY and chapter:
            prefix = SUBTLETY + "."
        elif token["word"] and token["word"] not in JOINING:
            is_prose = chapter and not re.match(r" (subtlety )?\d", text[token.end():])
            return found, "" if is_prose else token["word"]
        elif token["number"] and chapter:
            found.append((chapter, prefix + token["number"]))
        elif token["remark"] and found:
            within = steps(token["remark"], found[-1][1], chapters[chapter])
            found[-1:] = [(chapter, place) for place in within] or found[-1:]
        at = token.end()


def sources(*patterns):
    for pattern in patterns:
        for path in sorted(glob.glob(os.path.join(ROOT, pattern), recursive=True)):
            with open(path, encoding="utf-8") as f:
                yield os.path.relpath(path, ROOT), f.read()


def check_references(chapters):
    errors = 0
    for path, text in sources("tests/**/*.[chS]", "kernel/*.[chS]", "arch/**/*.[chS]", "include/**/*.h"):
        for match in re.finditer(r"\b[Rr]ules: ", text):
            line = text.count("\n", 0, match.start()) + 1
            found, nonsense = references(text[match.end():], chapters)
            if nonsense:
                errors += report("%s:%d: no chapter %s" % (path, line, nonsense))
            for chapter, place in found:
                if place not in chapters[chapter].places:
                    errors += report("%s:%d: no rule %s" % (path, line, name_of(chapter, place)))
    return errors


def find_tests(chapters):
    tests = {}
    for _, text in sources("tests/*.c"):
        for match in TEST.finditer(text):
            comment = (match[1] or "").partition("rules: ")[2]
            tests["%s.%s" % (match[2], match[3])] = references(comment, chapters)[0]
    return tests


def exists(name, tests):
    return os.path.exists(os.path.join(ROOT, "tests", name)) if "/" in name else name in tests


def check_names(chapters, tests):
    errors = 0
    for chapter in chapters.values():
        for mark in chapter.marks:
            for name in mark.names:
                if not exists(name, tests):
                    errors += report("%s: no test %s" % (name_of(mark.chapter, mark.place), name))
    return errors


def add_names(chapters, tests):
    for chapter in chapters.values():
        for mark in chapter.marks:
            mark.names = [n for n in mark.names if exists(n, tests)]
    for name, places in tests.items():
        for chapter, place in places:
            mark = chapters[chapter].find(place)
            near = [m for m in chapters[chapter].marks
                    if mark and (m.place == mark.place or m.place.startswith(place + "."))]
            if mark is None:
                report("%s: no [test: ] for %s" % (name_of(chapter, place), name))
            elif not any(name in m.names for m in near):
                mark.names.append(name)


def untested(chapters):
    """Subtleties, and other rules, that no test holds."""
    for chapter in chapters.values():
        held = {m.place for m in chapter.marks if m.names}
        asked = {m.place for m in chapter.marks}
        for place in chapter.places:
            if place.startswith(SUBTLETY + ".") or place in asked:
                if place not in held:
                    yield chapter.name, place


def report(sentence):
    print(sentence)
    return 1


def main():
    parser = argparse.ArgumentParser(description="Rules and the tests that hold them.")
    parser.add_argument("--strict", action="store_true", help="a subtlety without a test is an error")
    parser.add_argument("--update", action="store_true", help="write the names of tests into docs/rules/")
    arguments = parser.parse_args()

    chapters = {}
    for path in sorted(glob.glob(os.path.join(ROOT, "docs/rules/*.md"))):
        chapter = Chapter(path)
        chapters[chapter.name] = chapter
    tests = find_tests(chapters)
    if arguments.update:
        add_names(chapters, tests)
        for chapter in chapters.values():
            chapter.write()

    errors = check_names(chapters, tests) + check_references(chapters)
    missing = list(untested(chapters))
    subtleties = [m for m in missing if m[1].startswith(SUBTLETY)]
    for chapter, place in missing:
        print("no test: %s" % name_of(chapter, place))
    print("%d tests, %d errors, %d subtleties and %d other rules without a test"
          % (len(tests), errors, len(subtleties), len(missing) - len(subtleties)))
    return 1 if errors or (arguments.strict and subtleties) else 0


if __name__ == "__main__":
    sys.exit(main())
