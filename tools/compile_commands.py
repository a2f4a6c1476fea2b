#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""compile_commands.py OUT COMMAND FILE... [-- COMMAND FILE...]: the compilation database for editors."""
import json
import os
import sys


def main():
    out, groups = sys.argv[1], [[]]
    for argument in sys.argv[2:]:
        if argument == "--":
            groups.append([])
        else:
            groups[-1].append(argument)
    entries = [{"directory": os.getcwd(), "file": file, "command": f"{command} -c {file}"}
               for command, *files in groups for file in files]
    os.makedirs(os.path.dirname(out), exist_ok=True)
    with open(out, "w", encoding="utf-8") as stream:
        json.dump(entries, stream, indent=1)
        stream.write("\n")


main()
