#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""docs.py [--update] OUTPUTS DOCUMENT...: the code and output that documents show are the real ones.

A comment in a document says what the fenced block below it is:
    <!-- output: NAME -->            what that program said, from OUTPUTS/NAME.txt (made by run.py)
    <!-- output: NAME numbers -->    the same, but numbers differ from run to run
    <!-- code: PATH FUNCTION... -->  functions of a source file
Without --update a block that differs is an error; with it, blocks are replaced."""
import os
import re
import sys

BLOCK = re.compile(r"<!-- (output|code): ([^\n]*?) -->\n(?:```\w*\n(.*?)^```\n)?", re.S | re.M)


def output_text(name, folder):
    """What the program said, without the kernel's own lines before it."""
    with open(f"{folder}/{name}.txt", encoding="utf-8") as file:
        lines = [line.rstrip() for line in file.read().split("\n")]
    for number, line in enumerate(lines):
        if line.startswith("root task: "):
            lines = lines[number + 1:]
            break
    return "\n".join(lines).strip("\n") + "\n"


def code_text(path, functions):
    with open(path, encoding="utf-8") as file:
        source = file.read()
    parts = []
    for name in functions:
        match = re.search(r"(?:^/\*(?:[^*]|\*(?!/))*\*/\n)?^[a-z][^\n;]*\b" + re.escape(name) +
                          r"\([^;{]*\)\n\{\n.*?^\}\n", source, re.S | re.M)
        if not match:
            sys.exit(f"{path}: there is no function {name}")
        parts.append(match.group(0))
    return "\n".join(parts)


def same(shown, real, numbers_vary, update):
    """The kernel's own words about refused calls may get better without every document being wrong."""
    if not update:
        shown, real = (re.sub(r"^refused: .*$", "refused:", text, flags=re.M) for text in (shown, real))
    if numbers_vary:
        shown, real = (re.sub(r" +", " ", re.sub(r"\d+", "#", text)) for text in (shown, real))
    return shown == real


def main():
    update = "--update" in sys.argv
    folder, *documents = [word for word in sys.argv[1:] if word != "--update"]
    different = 0
    for document in documents:
        with open(document, encoding="utf-8") as file:
            text = file.read()

        def check(match):
            nonlocal different
            kind, words, shown = match.group(1), match.group(2).split(), match.group(3)
            if kind == "code":
                real, language, vary = code_text(words[0], words[1:]), "c", False
            elif not os.path.exists(f"{folder}/{words[0]}.txt"):
                print(f"# {document}: {words[0]} has not been run, its output is not checked")
                return match.group(0)
            else:
                real, language, vary = output_text(words[0], folder), "", "numbers" in words
            if shown is not None and same(shown, real, vary, update):
                return match.group(0)
            different += 1
            if not update:
                print(f"# {document}: {match.group(2)}: the text shows\n{shown}# it should be\n{real}")
            return f"<!-- {kind}: {match.group(2)} -->\n```{language}\n{real}```\n"

        changed = BLOCK.sub(check, text)
        if update and changed != text:
            with open(document, "w", encoding="utf-8") as file:
                file.write(changed)
    if update:
        print(f"{different} blocks replaced")
    else:
        print(f"{'not ok' if different else 'ok'} 1 - code and output in the documents are real")
        sys.exit(different != 0)


main()
