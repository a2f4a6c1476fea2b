#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""prove.py --work DIR --include 'FLAGS': proves what proof/*.c says about functions of the kernel.

For each file Frama-C/WP proves, with Z3 and CVC4 through Why3, that every function meets its contract
and has no run-time error (-wp-rte), and the lemmas; and looks for preconditions, loop invariants and
contracts of called functions that contradict themselves, from which anything would follow (-wp-smoke-tests).

What needs arithmetic of bits is proven by Z3 on bit vectors that are wide enough to be ACSL's
integers: lemmas about `\\forall word_t` that WP could not prove, and the theorems, `/* theorem name:
expression */`, in which a function stands for its contract, so they say what the contracts mean together.

A contract behind `/* trusted: why */` is not proven; it is counted.  What a proven function calls must
have a contract.  Prints a table and `prove: N functions, M goals, K unproven, T trusted`."""
import argparse
import glob
import os
import re
import subprocess
import sys

TOKEN = re.compile(r"\s*(0x[0-9a-fA-F]+|\d+|[A-Za-z_]\w*|==>|<==>|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^~!<>?:().,\[\]])")
BINARY = [["<==>"], ["==>"], ["||"], ["&&"], ["|"], ["^"], ["&"], ["==", "!="], ["<", ">", "<=", ">="],
          ["<<", ">>"], ["+", "-"], ["*", "/", "%"]]
SMT = {"|": "bvor", "^": "bvxor", "&": "bvand", "+": "bvadd", "-": "bvsub", "*": "bvmul", "/": "bvudiv",
       "%": "bvurem", "<": "bvslt", ">": "bvsgt", "<=": "bvsle", ">=": "bvsge"}
WIDTH = 136  # bits that a value may have, its sign included; checked below


class Value:
    """text: SMT, of truth (bits == 0) or of an integer with at most so many bits besides the sign."""
    def __init__(self, text, bits, negative=False):
        if bits >= WIDTH:
            raise ValueError("numbers of more bits than are calculated with")
        self.text, self.bits, self.negative = text, bits, negative


def number(value):
    return f"(_ bv{value} {WIDTH})"


def integer(value):
    """A truth value as an integer, an integer as it is."""
    return value if value.bits else Value(f"(ite {value.text} {number(1)} {number(0)})", 1)


def truth(value):
    return f"(not (= {value.text} {number(0)}))" if value.bits else value.text


def as_word(value):
    """The cast to word_t."""
    low = f"((_ extract 63 0) {integer(value).text})"
    return Value(f"((_ zero_extend {WIDTH - 64}) {low})", 64)


class Expression:
    """A C expression over integers and capabilities, as SMT.  What it is: a Value, or for a structure
    {member: Value}.  free: makes the variable of a name that is not among names."""
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
        yes = integer(self.ternary())
        self.take(":")
        no = integer(self.ternary())
        return Value(f"(ite {truth(test)} {yes.text} {no.text})", max(yes.bits, no.bits), yes.negative or no.negative)

    def binary(self, level):
        if level == len(BINARY):
            return self.unary()
        left = self.binary(level + 1)
        while self.peek() in BINARY[level]:
            left = self.combine(self.take(), left, self.binary(level + 1))
        return left

    def combine(self, op, a, b):
        if op in ("&&", "||", "==>", "<==>"):
            name = {"&&": "and", "||": "or", "==>": "=>", "<==>": "="}[op]
            return Value(f"({name} {truth(a)} {truth(b)})", 0)
        if op in ("==", "!="):
            pairs = [(a[m], b[m]) for m in a] if isinstance(a, dict) else [(a, b)]
            same = "(and " + " ".join(f"(= {integer(x).text} {integer(y).text})" for x, y in pairs) + ")"
            return Value(same if op == "==" else f"(not {same})", 0)
        a, b = integer(a), integer(b)
        if op in ("<<", ">>"):
            return self.shift(op, a, b)
        if op in ("<", ">", "<=", ">="):
            return Value(f"({SMT[op]} {a.text} {b.text})", 0)
        if op in ("/", "%") and (a.negative or b.negative):
            raise ValueError("division of what may be negative")
        bits = {"+": max(a.bits, b.bits) + 1, "-": max(a.bits, b.bits) + 1, "*": a.bits + b.bits,
                "/": a.bits, "%": a.bits}.get(op, max(a.bits, b.bits))
        negative = op == "-" or (a.negative and b.negative if op == "&" else a.negative or b.negative)
        value = f"({SMT[op]} {a.text} {b.text})"
        # In C the provers know nothing of division by zero; neither does this.
        return Value(self.unless(f"(= {b.text} {number(0)})", value) if op in ("/", "%") else value, bits, negative)

    def shift(self, op, a, b):
        """By up to 63; what another shift gives is not known."""
        if op == "<<" and a.bits + 63 >= WIDTH:
            far, bits = 16, a.bits + 16
            while bits + 16 < WIDTH:
                far, bits = far + 16, bits + 16
        else:
            far, bits = 63, a.bits + (63 if op == "<<" else 0)
        value = f"({'bvshl' if op == '<<' else 'bvashr'} {a.text} {b.text})"
        return Value(self.unless(f"(bvugt {b.text} {number(far)})", value), bits, a.negative)

    def unless(self, condition, value):
        return f"(ite {condition} {self.free(None).text} {value})" if self.free else value

    def unary(self):
        token = self.peek()
        if token == "!":
            self.take()
            return Value(f"(not {truth(self.unary())})", 0)
        if token == "~":
            self.take()
            value = integer(self.unary())
            return Value(f"(bvnot {value.text})", value.bits, True)
        if token == "(" and self.tokens[self.at + 1:self.at + 3] == ["word_t", ")"]:
            self.at += 3
            return as_word(self.unary())
        return self.postfix()

    def postfix(self):
        token = self.take()
        if token == "(":
            value = self.ternary()
            self.take(")")
        elif token[0].isdigit():
            value = Value(number(int(token, 0)), max(1, int(token, 0).bit_length()))
        elif self.peek() == "(":
            value = self.call(token)
        else:
            value = self.name(token)
        while self.peek() == ".":
            self.take()
            member = self.take()
            if self.peek() == "[":
                member += self.take() + self.take() + self.take("]")
            value = value[member]
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
        return self.contracts[function].apply(arguments, self.contracts, self.free)


class Contract:
    """`ensures condition ==> \\result == ...`, the condition optional, for the result or each member; not known where
    no condition, or not every precondition, holds.  trusted: why, or None."""
    def __init__(self, spec, parameters, trusted):
        self.parameters, self.trusted = parameters, trusted
        self.requires = re.findall(r"requires\s+(.*?);", spec, re.S)
        self.results = []  # (condition, member, relation, expression)
        for clause in re.findall(r"ensures\s+(.*?);", spec, re.S):
            match = re.match(r"(?:([^\\]*?)\s*==>\s*)?\\result((?:\.[\w.\[\]]+)?)\s*(==|<==>)\s*(.*)$", clause, re.S)
            if match:
                self.results.append(match.groups())

    def apply(self, arguments, contracts, free):
        if not self.results:
            raise ValueError("its contract does not define the result")
        names, values = dict(zip(self.parameters, arguments)), {}

        def evaluate(text):
            return Expression(text, contracts, names, self.fresh(free)).whole()

        requires = [truth(evaluate(text)) for text in self.requires]
        for condition, member, relation, text in self.results:
            value = evaluate(text)
            if bool(value.bits) != (relation == "=="):
                raise ValueError("no definition of the result: " + text)
            conditions = requires + ([truth(evaluate(condition))] if condition else [])
            if conditions:
                value, other = integer(value), integer(values.get(member, free(None)))
                value = Value(f"(ite (and true {' '.join(conditions)}) {value.text} {other.text})",
                              max(value.bits, other.bits), value.negative or other.negative)
            values[member] = Value(truth(value), 0) if relation == "<==>" else value
        values = {member.lstrip("."): value for member, value in values.items()}
        return values[""] if "" in values else values

    @staticmethod
    def fresh(free):
        def only_unnamed(name):
            if name is not None:
                raise ValueError("unknown name: " + name)
            return free(None)
        return only_unnamed


class Proof:
    """A file: contracts, theorems, and lemmas that are about words."""
    def __init__(self, path):
        with open(path, encoding="utf-8") as stream:
            text = stream.read()
        self.path, self.contracts = path, {}
        for trusted, spec, name, parameters in re.findall(
                r"(?:/\* trusted: ([^*]*?)\s*\*/\s*)?/\*@((?:(?!\*/).)*)\*/\s*[^;/#]*?\b(\w+)\(([^;]*?)\);", text, re.S):
            names = [p.split()[-1].lstrip("*") for p in parameters.split(",") if p.strip() != "void"]
            self.contracts[name] = Contract(spec, names, trusted or None)
        self.options = " ".join(re.findall(r"/\* options: ([^*:]*?)(?::[^*]*)? \*/", text)).split()
        self.proven = [name for name, contract in self.contracts.items() if not contract.trusted]
        self.theorems = re.findall(r"/\* theorem (\w+):\s+(.*?)\*/", text, re.S)
        # What cannot be read here, WP reads.
        self.lemmas = dict.fromkeys(re.findall(r"\blemma (\w+)[:{]", text), "")
        self.lemmas.update(re.findall(r"\blemma (\w+):\s+(.*?);\s*(?=lemma|axiomatic|logic|predicate|\*/)", text, re.S))

    def of_words(self, lemma):
        """Whether a lemma is about all words, and true."""
        match = re.match(r"\\forall word_t [\w, ]+;(.*)$", lemma, re.S)
        return bool(match) and prove_words(match[1], self.contracts)


def prove_words(text, contracts):
    """Of all words; c, d: capabilities; base: an address."""
    declared = []

    def word(name):
        declared.append(f"(declare-const {name} (_ BitVec 64))")
        return Value(f"((_ zero_extend {WIDTH - 64}) {name})", 64)

    def free(name):
        if name is None:
            declared.append(f"(declare-const unknown{len(declared)} (_ BitVec {WIDTH}))")
            return Value(f"unknown{len(declared) - 1}", 1)
        if name in ("c", "d"):
            return {f"word[{i}]": word(f"{name}_{i}") for i in range(2)}
        return {"at": word(name)} if name == "base" else word(name)

    goal = truth(Expression(text, contracts, {}, free).whole())
    smt = "(set-logic QF_BV)\n" + "\n".join(declared) + f"\n(assert (not {goal}))\n(check-sat)\n"
    return subprocess.run(["z3", "-in", "-T:60"], input=smt, text=True, capture_output=True).stdout.strip() == "unsat"


class Wp:
    """Runs Frama-C/WP on a file."""
    def __init__(self, path, include, log, options):
        command = ["frama-c", "-machdep", "gcc_x86_64", "-c11", "-cpp-extra-args=" + include, "-wp", "-wp-rte",
                   "-wp-prover", "z3,cvc4", "-wp-par", "2"] + options + [path]
        result = subprocess.run(command, text=True, capture_output=True)
        self.output = result.stdout + result.stderr
        with open(log, "w", encoding="utf-8") as stream:
            stream.write(" ".join(command) + "\n" + self.output)
        match = re.search(r"Proved goals:\s*(\d+)\s*/\s*(\d+)", self.output)
        self.goals = int(match[2]) if match else 0
        self.smoke = len(re.findall(r"\] Smoke-test ", self.output))
        self.failed = re.findall(r"\[(?:Failed|Timeout|Unknown|Stepout)\] (?:Goal|Smoke-test) (\S+)", self.output)
        if result.returncode or not match:
            self.failed.append(self.output.strip().split("\n")[-1])
        elif self.goals - int(match[1]) > len(self.failed):
            self.failed.append("goals that the log names")


def calls(graph):
    """Who calls whom, from Frama-C's call graph."""
    with open(graph, encoding="utf-8") as stream:
        edges = re.findall(r'"\S+ (\w+) \(\d+\)" -> "\S+ (\w+) \(\d+\)"', stream.read())
    return set(edges)


def prove_functions(proof, include, base):
    """Goals and what is not proven.  What a proven function ensures cannot contradict itself: whether a
    call can return is asked only where a trusted contract is relied on, since each question takes its whole time."""
    graph = base + ".dot"
    subprocess.run(["frama-c", "-machdep", "gcc_x86_64", "-c11", "-cpp-extra-args=" + include, "-cg", graph, proof.path],
                   capture_output=True, check=True)
    edges = sorted(edge for edge in calls(graph) if edge[0] in proof.proven)
    bad = [f"{a} calls {b}, which has no contract" for a, b in edges if b not in proof.contracts]
    relying = {a for a, b in edges if b not in proof.proven}
    goals = 0
    for some, name, extra in ((relying, ".trusting.log", []),
                              (set(proof.proven) - relying, ".log", ["-wp-no-smoke-dead-call"])):
        if not some:
            continue
        wp = Wp(proof.path, include, base + name, ["-wp-fct", ",".join(sorted(some)), "-wp-timeout", "60", "-wp-smoke-tests",
                "-wp-no-smoke-dead-code", "-wp-smoke-timeout", "1"] + extra + proof.options)
        goals += wp.goals - wp.smoke
        bad += wp.failed
        bad += [f + ": no such function" for f in some if not re.search(rf"annotating function {f}\b", wp.output)]
    return goals, bad


def prove_file(proof, include, work):
    """Goals and what is not proven."""
    base = os.path.join(work, os.path.basename(proof.path))
    goals, bad = prove_functions(proof, include, base) if proof.proven else (0, [])
    goals += len(proof.theorems)
    goals += len(proof.lemmas)
    left = [name for name, text in proof.lemmas.items() if not proof.of_words(text)]
    if left:
        wp = Wp(proof.path, include, base + ".lemmas.log", ["-wp-prop=" + ",".join(left), "-wp-timeout", "10"])
        bad += wp.failed + ["lemmas that WP does not know"] * (wp.goals != len(left))
    return goals, bad + [name for name, text in proof.theorems if not prove_words(text, proof.contracts)]


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

    functions, trusted, goals, unproven = set(), set(), 0, 0
    print(f"{'file':28} {'functions':>9} {'goals':>6} {'unproven':>9}")
    model = "proof/model.h"
    for path in options.files or [model] + sorted(glob.glob("proof/*.c")):
        proof = Proof(path)
        include = options.include + (" -xc" if path == model else " -include " + model)
        of_file, bad = prove_file(proof, include, options.work)
        print(f"{path:28} {len(proof.proven):9} {of_file:6} {len(bad):9}", flush=True)
        for what in bad:
            print("  unproven:", what)
        functions |= set(proof.proven)
        trusted |= {name for name, contract in proof.contracts.items() if contract.trusted}
        goals += of_file
        unproven += len(bad)
    print(f"prove: {len(functions)} functions, {goals} goals, {unproven} unproven, {len(trusted - functions)} trusted")
    return 1 if unproven else 0


sys.exit(main())
