import { describe, expect, it } from "vitest";
import { FormatError } from "../../array/index.ts";
import { Cursor } from "../cursor.ts";
import { PickledGlobal, type PickledObject } from "./pickled-object.ts";
import { plainGlobals } from "./plain-globals.ts";
import { readPickle } from "./read-pickle.ts";

/** The bytes of a program: texts are characters, numbers bytes. */
const program = (...parts: readonly (string | number)[]): Uint8Array =>
  new Uint8Array(
    Buffer.concat(
      [0x80, 4, ...parts, "."].map((part) =>
        typeof part === "number" ? Uint8Array.of(part) : Buffer.from(part, "latin1"),
      ),
    ),
  );

const run = (bytes: Uint8Array): unknown =>
  readPickle(new Cursor(bytes, (problem) => new FormatError(`x.pkl: ${problem}`)), {
    global: (name) => plainGlobals.get(name),
    persistent: (id) => ["kept", id],
  });

const messageOf = (bytes: Uint8Array): string => {
  try {
    return `accepted: ${String(run(bytes))}`;
  } catch (error) {
    if (error instanceof FormatError) return error.message;
    throw error;
  }
};

/** A program that calls a function of Python. */
const call = (module: string, name: string, ...args: readonly (string | number)[]) => [
  `c${module}\n${name}\n`,
  ...args,
  "R",
];
const u32 = (n: number): number[] => [n & 255, (n >> 8) & 255, (n >> 16) & 255, n >>> 24];
const repeated = (part: string, count: number): string => part.repeat(count);

describe("the value of a pickle", () => {
  it.each<[string, (string | number)[], unknown]>([
    ["None", ["N"], null],
    ["truth", [0x88], true],
    ["a byte", ["K", 200], 200],
    ["two bytes", ["M", 1, 2], 513],
    ["four bytes, signed", ["J", 255, 255, 255, 255], -1],
    ["a long integer", [0x8a, 2, 0, 0xff], -256],
    ["zero as a long integer", [0x8a, 0], 0],
    ["an integer that is no exact number", [0x8a, 8, 1, 0, 0, 0, 0, 0, 0, 0x40], 2n ** 62n + 1n],
    ["a double", ["G", 0x3f, 0xf8, 0, 0, 0, 0, 0, 0], 1.5],
    ["a text", [0x8c, 2, "\xc3\xa9"], "é"],
    ["a text of Python 2", ["U", 1, "\xe9"], "é"],
    ["bytes", ["C", 2, 1, 2], Uint8Array.of(1, 2)],
    [
      "bytes of protocol 2",
      call("_codecs", "encode", 0x8c, 2, "\xc3\xa9", 0x8c, 6, "latin1", 0x86),
      Uint8Array.of(0xe9),
    ],
    ["tuples", ["K", 1, 0x85, ")N", 0x87], [[1], [], null]],
    ["a tuple of many", ["(K", 1, "K", 2, "K", 3, "K", 4, "t"], [1, 2, 3, 4]],
    ["a list", ["](K", 1, "K", 2, "eNa"], [1, 2, null]],
    [
      "a dictionary",
      ["}(", 0x8c, 1, "a", "K", 1, "u", 0x8c, 1, "b", "Ns"],
      new Map<string, unknown>([
        ["a", 1],
        ["b", null],
      ]),
    ],
    ["a set", [0x8f, "(K", 1, "K", 2, 0x90], new Set([1, 2])],
    ["a frozen set", ["(K", 1, 0x91], new Set([1])],
    ["the same thing twice", ["]", 0x94, "h", 0, 0x86], [[], []]],
    ["something that is kept elsewhere", ["K", 7, "Q"], ["kept", 7]],
    ["an ordered dictionary", call("collections", "OrderedDict", "]", ")K", 1, 0x86, "a", 0x85), new Map([[[], 1]])],
    [
      "a number of NumPy",
      call(
        "numpy.core.multiarray",
        "scalar",
        ...call("numpy", "dtype", 0x8c, 2, "f4", 0x89, 0x88, 0x87),
        "C",
        4,
        0,
        0,
        0xc0,
        0x3f,
        0x86,
      ),
      1.5,
    ],
    ["a frame, which says nothing", [0x95, 1, 0, 0, 0, 0, 0, 0, 0, "N"], null],
  ])("%s", (_, parts, value) => {
    expect(run(program(...parts))).toEqual(value);
  });

  it("of a class that is not known is kept in parts, and nothing of it runs", () => {
    const system = run(program(...call("os", "system", 0x8c, 2, "ls", 0x85))) as PickledObject;
    expect([system.type, system.args]).toEqual(["os.system", ["ls"]]);
    const space = run(program("cargparse\nNamespace\n)", 0x81, "}", 0x8c, 2, "lr", "K", 1, "sb")) as PickledObject;
    expect([space.type, space.state]).toEqual(["argparse.Namespace", new Map([["lr", 1]])]);
    const list = run(program("cmine\nList\n)", 0x81, "(NNe", 0x8c, 1, "k", "Ns")) as PickledObject;
    expect([list.items, list.entries]).toEqual([[null, null], new Map([["k", null]])]);
    expect(run(program("cos\nsystem\n"))).toEqual(new PickledGlobal("os.system"));
  });
});

describe("refused", () => {
  it.each<[string, Uint8Array, string]>([
    ["nothing", new Uint8Array(0), "a pickle of protocol 2 or later should begin here"],
    ["protocol 0", Uint8Array.from(Buffer.from("I1\n.")), "a pickle of protocol 2 or later should begin here"],
    ["a later protocol", Uint8Array.of(0x80, 6), "it has protocol 6, expected 2 to 5"],
    ["an unknown opcode", program("I"), "the opcode 0x49 is not known (before byte 3)"],
    ["no end", program("N").subarray(0, -1), "1 bytes should follow byte 3, 0 do"],
    ["no value", program(), "a value is missing"],
    ["a value below the mark", program("N(", 0x85), "a value is missing"],
    ["no mark", program("e"), "a mark is missing"],
    ["a text beyond the end", program("X", 255, 255, 255, 255), "4294967295 bytes should follow byte 7"],
    [
      "a number beyond all",
      program(0x8d, ...new Array(8).fill(255)),
      "the number 18446744073709551615 before byte 11 is too large",
    ],
    ["no text", program(0x8c, 1, 0xff), "a text is not UTF-8"],
    [
      "a huge integer",
      program(0x8b, ...u32(70_000), repeated("\x7f", 70_000)),
      "an integer has 70000 bytes, at most 1024 are read",
    ],
    ["a name without end", program(`c${repeated("x", 5000)}`), "there is no line of at most 1024 bytes"],
    ["a name that is no text", program("NN", 0x93), "the name of a class is not a text"],
    ["elements of no list", program("NNa"), "elements are added to null, expected a list"],
    ["entries of no dictionary", program("NNNs"), "entries are added to null, expected a dictionary"],
    ["a key without a value", program("}(Nu"), "a dictionary has a key without a value"],
    ["elements of no set", program("](N", 0x90), "elements are added to []"],
    ["a call of no function", program("N)R"), "null is called, expected a class or function"],
    ["arguments that are no tuple", program("cos\nsystem\nNR"), "arguments are null, expected a tuple"],
    ["a memory that is empty", program("h", 0), "no value is remembered under the number 0"],
    ["a place in memory far away", program("Nr", ...u32(2 ** 31)), "a value is remembered under the number"],
    ["more on the stack than can be", program(repeated("N", 1_100_000)), "it nests or lists more than 1048576 values"],
    ["more marks than can be", program(repeated("(", 1_100_000)), "it nests or lists more than 1048576 values"],
    ["more objects than a file of this size has", program(repeated("}0", 300_000)), "its objects would take more than"],
    [
      "a copy of a dictionary again and again",
      program(
        "}q",
        0,
        "(",
        ...Array.from({ length: 5000 }, (_, i) => ["M", i & 255, i >> 8, "N"]).flat(),
        "u0",
        ...call("collections", "OrderedDict", "h", 0, 0x85),
        ...new Array(500).fill(call("collections", "OrderedDict", "h", 0, 0x85)).flat(),
      ),
      "it has more than 20000 dictionary keys that are numbers; it is hostile",
    ],
  ])("%s", (_, bytes, message) => {
    const found = messageOf(bytes);
    expect(found).toContain(message);
    expect(found).toMatch(/^x\.pkl: /);
  });

  it("keys that are numbers, or texts that hash like numbers, beyond those of any checkpoint", () => {
    const keys = Array.from({ length: 20_001 }, (_, i) => `\x8c\x05${10_000 + i}N`).join("");
    expect(messageOf(program("}(", keys, "u"))).toContain("more than 20000 dictionary keys that are numbers");
    const names = Array.from({ length: 20_001 }, (_, i) => `\x8c\x06w${10_000 + i}N`).join("");
    expect(messageOf(program("}(", names, "u"))).toBe("accepted: [object Map]");
  });
});
