#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""prove.py --work DIR --include 'FLAGS': proves what proof/*.c says about functions of the kernel.

Two steps for each file.  Frama-C/WP proves that every function meets its contract and has no run-time
error (-wp-rte); where its simplifier does not suffice, Z3 and CVC4 are asked.  Then the theorems,
`/* theorem name: expression */`, are proven by Z3 in arithmetic of 64-bit words: a function in a
theorem stands for its contract, so they say what the contracts mean together (round trips, no right
added, fields that do not overlap).  Prints a table and `prove: N functions, M goals, K unproven`."""
import argparse
import glob
import os
import re
import subprocess
import sys

TOKEN = re.compile(r"\s*(0x[0-9a-fA-F]+|\d+|[A-Za-z_]\w*|==>|<==>|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^~!<>?:().,\[\]])")
BINARY = [["<==>"], ["==>"], ["||"], ["&&"], ["|"], ["^"], ["&"], ["==", "!="], ["<", ">", "<=", ">="],
          ["<<", ">>"], ["+", "-"], ["*", "/", "%"]]
SMT = {"|": "bvor", "^": "bvxor", "&": "bvand", "<<": "bvshl", ">>": "bvlshr", "+": "bvadd", "-": "bvsub",
       "*": "bvmul", "/": "bvudiv", "%": "bvurem", "<": "bvult", ">": "bvugt", "<=": "bvule", ">=": "bvuge"}


def word(value):
    """A truth value as a word, a word as it is."""
    kind, text = value
    return text if kind == "word" else f"(ite {text} #x{1:016x} #x{0:016x})"


def truth(value):
    kind, text = value
    return text if kind == "bool" else f"(not (= {text} #x{0:016x}))"


class Expression:
    """A C expression over words and capabilities, as SMT.  A value is ("word" or "bool", text), or for a
    structure ("struct", {member: value})."""
    def __init__(self, text, contracts, names, free=None):
        self.tokens = TOKEN.findall(text)
        if "".join(self.tokens) != re.sub(r"\s", "", text):
            raise ValueError("cannot read: " + text)
        self.at, self.contracts, self.names, self.free = 0, contracts, names, free

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected=None):
        token = self.peek()
        if expected and token != expected:
            raise ValueError(f"{expected} expected, not {token}: {' '.join(self.tokens)}")
        self.at += 1
        return token

    def whole(self):
        value = self.ternary()
        if self.peek():
            raise ValueError("end expected: " + " ".join(self.tokens))
        return value

    def ternary(self):
        test = self.binary(0)
        if self.peek() != "?":
            return test
        self.take()
        yes = self.ternary()
        self.take(":")
        return ("word", f"(ite {truth(test)} {word(yes)} {word(self.ternary())})")

    def binary(self, level):
        if level == len(BINARY):
            return self.unary()
        left = self.binary(level + 1)
        while self.peek() in BINARY[level]:
            left = self.combine(self.take(), left, self.binary(level + 1))
        return left

    @staticmethod
    def combine(op, a, b):
        if op in ("&&", "||", "==>", "<==>"):
            name = {"&&": "and", "||": "or", "==>": "=>", "<==>": "="}[op]
            return ("bool", f"({name} {truth(a)} {truth(b)})")
        if op in ("==", "!="):
            if a[0] == "struct":
                same = "(and " + " ".join(f"(= {word(a[1][m])} {word(b[1][m])})" for m in a[1]) + ")"
            else:
                same = f"(= {word(a)} {word(b)})"
            return ("bool", same if op == "==" else f"(not {same})")
        kind = "bool" if op in ("<", ">", "<=", ">=") else "word"
        return (kind, f"({SMT[op]} {word(a)} {word(b)})")

    def unary(self):
        token = self.peek()
        if token in ("~", "!"):
            self.take()
            value = self.unary()
            return ("word", f"(bvnot {word(value)})") if token == "~" else ("bool", f"(not {truth(value)})")
        if token == "(" and self.tokens[self.at + 1:self.at + 3] == ["word_t", ")"]:
            self.at += 3
            return self.unary()
        return self.postfix()

    def postfix(self):
        token = self.take()
        if token == "(":
            value = self.ternary()
            self.take(")")
        elif token[0].isdigit():
            value = ("word", f"#x{int(token, 0):016x}")
        elif self.peek() == "(":
            value = self.call(token)
        else:
            value = self.name(token)
        while self.peek() == ".":
            self.take()
            member = self.take()
            if self.peek() == "[":
                member += self.take() + self.take() + self.take("]")
            value = value[1][member]
        return value

    def name(self, name):
        if name not in self.names:
            if self.free is None:
                raise ValueError("unknown name: " + name)
            self.names[name] = self.free(name)
        return self.names[name]

    def call(self, function):
        self.take("(")
        arguments = []
        while self.peek() != ")":
            arguments.append(self.ternary())
            if self.peek() == ",":
                self.take()
        self.take(")")
        return self.contracts[function].apply(arguments, self.contracts)


class Contract:
    """`ensures \\result == ...`, or one for each member, without a condition."""
    def __init__(self, ensures, parameters):
        self.parameters = parameters
        self.results = []  # (member, relation, expression)
        for clause in re.findall(r"ensures\s+(.*?);", ensures, re.S):
            match = re.match(r"\\result((?:\.[\w.\[\]]+)?)\s*(==|<==>)\s*(.*)$", clause, re.S)
            if match:
                self.results.append((match[1], match[2], match[3]))

    def apply(self, arguments, contracts):
        if not self.results:
            raise ValueError("its contract does not define the result")
        names = dict(zip(self.parameters, arguments))
        values = {}
        for member, relation, text in self.results:
            value = Expression(text, contracts, names).whole()
            values[member.lstrip(".")] = ("bool", truth(value)) if relation == "<==>" else value
        return values[""] if "" in values else ("struct", values)


def read_proof(path):
    with open(path, encoding="utf-8") as stream:
        text = stream.read()
    contracts = {}
    for spec, name, parameters in re.findall(r"/\*@(.*?)\*/\s*[^;/]*?\b(\w+)\(([^;]*?)\);", text, re.S):
        names = [p.split()[-1].lstrip("*") for p in parameters.split(",") if p.strip() != "void"]
        contracts[name] = Contract(spec, names)
    theorems = re.findall(r"/\* theorem (\w+):\s+(.*?)\*/", text, re.S)
    return contracts, theorems


def variable(name, declared):
    """Free names in theorems: c, d: capabilities; base: an address; others words."""
    def new(text):
        declared.append(f"(declare-const {text} (_ BitVec 64))")
        return ("word", text)
    if name in ("c", "d"):
        return ("struct", {"word[0]": new(name + "_0"), "word[1]": new(name + "_1")})
    return ("struct", {"at": new(name)}) if name == "base" else new(name)


def prove_theorem(text, contracts):
    declared = []
    goal = Expression(text, contracts, {}, lambda name: variable(name, declared)).whole()
    smt = "(set-logic QF_BV)\n" + "\n".join(declared) + f"\n(assert (not {truth(goal)}))\n(check-sat)\n"
    return subprocess.run(["z3", "-in", "-T:60"], input=smt, text=True, capture_output=True).stdout.strip() == "unsat"


def prove_contracts(path, contracts, include, log):
    command = ["frama-c", "-machdep", "gcc_x86_64", "-c11", "-cpp-extra-args=" + include, "-wp", "-wp-rte",
               "-wp-fct", ",".join(contracts), "-wp-prover", "z3,cvc4", "-wp-timeout", "20", "-wp-par", "1", path]
    result = subprocess.run(command, text=True, capture_output=True)
    output = result.stdout + result.stderr
    with open(log, "w", encoding="utf-8") as stream:
        stream.write(" ".join(command) + "\n" + output)
    match = re.search(r"Proved goals:\s*(\d+)\s*/\s*(\d+)", output)
    missing = [f for f in contracts if not re.search(rf"annotating function {f}\b", output)]
    failed = re.findall(r"Goal (\S+) (?::|\()?.*", "\n".join(l for l in output.split("\n")
                        if "[Failed]" in l or "[Timeout]" in l or "[Unknown]" in l))
    if result.returncode or not match:
        return 0, 1, [output.strip().split("\n")[-1]], missing
    return int(match[1]), int(match[2]), failed, missing


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", required=True)
    parser.add_argument("--include", required=True)
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    # Frama-C wants no empty flexible array inside a structure: the variant with hardware debugging has none.
    headers = os.path.join(options.work, "include")
    for tool in ("tools/gen_config.py", "tools/gen_methods.py"):
        subprocess.run([sys.executable, tool, headers, "HW_DEBUG=1"], check=True)
    options.include += " -I" + headers

    if not os.path.exists(os.path.expanduser("~/.why3.conf")):
        subprocess.run(["why3", "config", "detect"], capture_output=True)

    functions, goals, unproven = set(), 0, 0
    print(f"{'file':28} {'functions':>9} {'contract goals':>15} {'theorems':>9}")
    for path in options.files or sorted(glob.glob("proof/*.c")):
        contracts, theorems = read_proof(path)
        log = os.path.join(options.work, os.path.basename(path) + ".log")
        proved, all_goals, failed, missing = prove_contracts(path, contracts, options.include, log)
        bad = [name for name, text in theorems if not prove_theorem(text, contracts)]
        print(f"{path:28} {len(contracts):9} {f'{proved}/{all_goals}':>15} {f'{len(theorems) - len(bad)}/{len(theorems)}':>9}")
        for name in failed + bad + [m + ": no such function" for m in missing]:
            print("  unproven:", name)
        functions |= set(contracts)
        goals += all_goals + len(theorems)
        unproven += all_goals - proved + len(bad) + len(missing)
    print(f"prove: {len(functions)} functions, {goals} goals, {unproven} unproven")
    return 1 if unproven else 0


sys.exit(main())
