#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""gen_reference.py OUTDIR: the API reference.

OUTDIR/reference/*.html are its pages, OUTDIR/man/*.3 its manual pages.  Object methods come from
libsel4/methods.py, system calls from the comments in their headers.
"""
import html
import os
import re
import runpy
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SEL4 = os.path.join(HERE, "..", "libsel4", "include", "sel4")
SYSCALL_HEADERS = ("syscalls.h", "syscalls_master.h", "syscalls_mcs.h", "functions.h", "faults.h",
                   "start.h", "arch/mapping.h", "arch/syscalls.h")

CONFIGURATIONS = {
    "classic": "classic kernels (not MCS)", "MCS": "MCS kernels",
    "classic+SMP": "classic kernels for more than one processor",
    "HWDBG": "kernels with HW_DEBUG=1", "VTX": "kernels with VT-x",
    "VTX64": "kernels with VT-x and 64-bit guests", "IOMMU": "kernels with VT-d",
}

# Where docs/rules.md tells what a method does in detail: by method, else by object.
METHOD_RULES = {
    "seL4_TCB_ReadRegisters": "threads 3.1", "seL4_TCB_WriteRegisters": "threads 3.2",
    "seL4_TCB_CopyRegisters": "threads 3.3", "seL4_TCB_Configure": "threads 3.4",
    "seL4_TCB_SetSpace": "threads 3.4", "seL4_TCB_SetIPCBuffer": "threads 3.4",
    "seL4_TCB_SetPriority": "threads 3.5", "seL4_TCB_SetMCPriority": "threads 3.5",
    "seL4_TCB_SetSchedParams": "threads 3.5", "seL4_TCB_BindNotification": "threads 3.6",
    "seL4_TCB_UnbindNotification": "threads 3.6", "seL4_TCB_Suspend": "threads 3.7",
    "seL4_TCB_Resume": "threads 3.9", "seL4_TCB_SetTLSBase": "threads 3.10",
    "seL4_TCB_SetFlags": "threads 3.11", "seL4_TCB_SetAffinity": "threads 3.12",
    "seL4_TCB_SetBreakpoint": "x86_64 10", "seL4_TCB_GetBreakpoint": "x86_64 10",
    "seL4_TCB_UnsetBreakpoint": "x86_64 10", "seL4_TCB_ConfigureSingleStepping": "x86_64 10",
    "seL4_CNode_Copy": "capabilities 5.2", "seL4_CNode_Mint": "capabilities 5.2",
    "seL4_CNode_Move": "capabilities 5.2", "seL4_CNode_Mutate": "capabilities 5.2",
    "seL4_CNode_Revoke": "capabilities 5.3", "seL4_CNode_Delete": "capabilities 5.4",
    "seL4_CNode_CancelBadgedSends": "capabilities 5.5", "seL4_CNode_SaveCaller": "capabilities 5.6",
    "seL4_CNode_Rotate": "capabilities 5.7",
    "seL4_IRQControl_Get": "interrupts 2.1", "seL4_IRQControl_GetIOAPIC": "interrupts 2.2",
    "seL4_IRQControl_GetMSI": "interrupts 2.2",
}
OBJECT_RULES = {
    "seL4_Untyped": "untyped 3 to 7", "seL4_TCB": "threads 3", "seL4_CNode": "capabilities 5",
    "seL4_IRQHandler": "interrupts 3", "seL4_DomainSet": "threads 6.1",
    "seL4_X86_Page": "x86_64 3.5", "seL4_X86_PageTable": "x86_64 3.6",
    "seL4_X86_PageDirectory": "x86_64 3.6", "seL4_X86_PDPT": "x86_64 3.6",
    "seL4_X86_ASIDControl": "x86_64 3.8", "seL4_X86_ASIDPool": "x86_64 3.8",
    "seL4_X86_IOPort": "x86_64 7", "seL4_X86_IOPortControl": "x86_64 7",
}


def load_methods():
    table = runpy.run_path(os.path.join(HERE, "..", "libsel4", "methods.py"))
    methods = [method for _, block in table["METHODS"] for method in block]
    return methods, table["COMMON_ERRORS"]


def method_entry(method, common):
    """A method as (name, one line, prototype, sections); a section is (title, rows or text)."""
    name = method["name"]
    params = [(method["service"], "_service", None, "the invoked capability")] + method.get("params", [])
    results = method.get("results")
    returns = f"{name}_t" if results else "seL4_Error"
    joined = [f"{kind}{'' if kind.endswith('*') else ' '}{word}" for kind, word, *_ in params]
    sections = [("Parameters", [(word, text) for _, word, _, text in params])]
    if results:
        sections.append(("Results", [("error", "the error, seL4_NoError if none")] +
                         [(f"{kind} {word}", text) for kind, word, _, text in results]))
    if method.get("rights"):
        sections.append(("Rights", method["rights"] + "."))
    errors = [("seL4_NoError", "it is done")] + list(common) + list(method.get("errors", []))
    sections.append(("Errors, in the order they are looked for", errors))
    rules = METHOD_RULES.get(name) or OBJECT_RULES.get(method["service"])
    if rules:
        sections.append(("Rules", f"docs/rules.md, {rules}."))
    if method["when"] != "always":
        sections.append(("Configurations", f"Only in {CONFIGURATIONS[method['when']]}."))
    return name, method["does"], f"{returns} {name}({', '.join(joined)});", sections


COMMENTED = re.compile(r"/\* ((?:[^*]|\*(?!/))*?) ?\*/\n(?:LIBSEL4_INLINE_FUNC )?"
                       r"((?:[\w*]+ )+\**)((?:seL4|sel4)_\w+)\(([^)]*(?:\)\([^)]*\)[^)]*)?)\)\s*[{;]")


def split_comment(comment):
    """A header comment as (text, [(parameter, text)], what is returned)."""
    text, params, returned, current = [], [], "", None
    for line in comment.split("\n"):
        line = re.sub(r"^ \* ?", "", line)
        match = re.match(r" {3}(\w+): (.*)", line)
        if match:
            params.append([match.group(1), match.group(2)])
            current = params[-1]
        elif line.startswith("   returns "):
            returned = line[11:]
            current = "returned"
        elif current == "returned":
            returned += " " + line.strip()
        elif current:
            current[1] += " " + line.strip()
        else:
            text.append(line.strip())
    return " ".join(text), params, returned


def syscall_entries():
    entries, previous = [], ""
    for header in SYSCALL_HEADERS:
        with open(os.path.join(SEL4, header), encoding="utf-8") as file:
            source = file.read()
        mcs = header == "syscalls_mcs.h"
        for comment, kind, name, arguments in COMMENTED.findall(source):
            if name.startswith("sel4_") and header != "start.h":
                continue
            text, params, returned = split_comment(comment)
            if text.startswith("The same"):
                text = f"As {previous}().  {text}"
            else:
                previous = name
            text = text.replace("/*", "").strip()
            sections = []
            if params:
                sections.append(("Parameters", [tuple(p) for p in params]))
            if returned:
                sections.append(("Returns", returned[0].upper() + returned[1:] + "."))
            sections.append(("Header", f"<sel4/{header}>"))
            if mcs:
                sections.append(("Configurations", "Only in MCS kernels."))
            flat = " ".join(arguments.split())
            entries.append((name, text, f"{kind}{name}({flat});", sections))
    return entries


# ---- manual pages

def roff(text):
    return text.replace("\\", "\\e").replace("-", "\\-")


def man_page(entry, version):
    name, text, prototype, sections = entry
    lines = [f'.TH {name} 3 "" "Capella {version}" "Capella programming"', ".SH NAME",
             f"{name} \\- {roff(text.split('.')[0])}", ".SH SYNOPSIS", ".B #include <sel4/sel4.h>",
             ".PP", f"{roff(prototype)}", ".SH DESCRIPTION", roff(text)]
    for title, content in sections:
        lines.append(f'.SH "{title.upper()}"')
        if isinstance(content, str):
            lines.append(roff(content))
            continue
        for term, meaning in content:
            lines += [".TP", f".B {roff(term)}", roff(meaning)]
    lines += [".SH SEE ALSO", "The pages in share/doc/capella/reference of the SDK."]
    return "\n".join(line if not line.startswith("'") else "\\&" + line for line in lines) + "\n"


# ---- HTML pages

STYLE = ("body{font:16px/1.45 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}"
         "pre{background:#f3f3f3;padding:.6em;white-space:pre-wrap}h2{border-top:1px solid #ccc;"
         "padding-top:.8em}dt{font-family:monospace;font-weight:bold}dd{margin:0 0 .3em 2em}")


def merge_variants(entries):
    """One entry for a name that classic and MCS kernels have with different parameters."""
    merged = {}
    for name, text, prototype, sections in entries:
        if name in merged:
            merged[name][3].append(("In MCS kernels", prototype))
        else:
            merged[name] = (name, text, prototype, sections)
    return list(merged.values())


def html_entry(entry):
    name, text, prototype, sections = entry
    out = [f'<h2 id="{name}">{name}</h2>', f"<p>{html.escape(text)}</p>",
           f"<pre>{html.escape(prototype)}</pre>"]
    for title, content in sections:
        out.append(f"<h3>{html.escape(title)}</h3>")
        if isinstance(content, str):
            out.append(f"<p>{html.escape(content)}</p>")
        else:
            out.append("<dl>" + "".join(f"<dt>{html.escape(term)}</dt><dd>{html.escape(meaning)}</dd>"
                                        for term, meaning in content) + "</dl>")
    return "\n".join(out)


def page(title, body):
    return ("<!DOCTYPE html>\n<html lang=en><head><meta charset=utf-8><title>"
            f"{html.escape(title)}</title><style>{STYLE}</style></head><body>\n"
            f"<h1>{html.escape(title)}</h1>\n{body}\n</body></html>\n")


def file_of(group):
    return group.replace(" ", "_") + ".html"


def write(folder, name, text):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)


def main():
    out = sys.argv[1]
    with open(os.path.join(HERE, "..", "sdk", "VERSION"), encoding="ascii") as file:
        version = file.read().strip()
    methods, common = load_methods()
    groups = {"System calls and library": syscall_entries()}
    for method in methods:
        groups.setdefault(method["service"], []).append(method_entry(method, common))
    index = []
    for group, entries in groups.items():
        entries = merge_variants(entries)
        write(f"{out}/reference", file_of(group), page(group, "\n".join(map(html_entry, entries))))
        links = "".join(f'<li><a href="{file_of(group)}#{e[0]}">{e[0]}</a>: {html.escape(e[1])}</li>'
                        for e in entries)
        index.append(f"<h2>{html.escape(group)}</h2>\n<ul>{links}</ul>")
        for entry in entries:
            write(f"{out}/man", entry[0] + ".3", man_page(entry, version))
    write(f"{out}/reference", "index.html", page(f"Capella {version}: API reference", "\n".join(index)))


main()
