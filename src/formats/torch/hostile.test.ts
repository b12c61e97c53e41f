/** PyTorch archives as an enemy writes them: sound archives and pickles, whose contents lie. */
import { describe, expect, it } from "vitest";
import { FormatError } from "../../array/index.ts";
import { writeZip } from "../zip/index.ts";
import { readTorchTensors } from "./read-torch.ts";

type Part = string | number | readonly Part[];

/** Programs of a pickle: texts are characters, numbers bytes. */
const flat = (part: Part): number[] =>
  typeof part === "number" ? [part] : typeof part === "string" ? [...Buffer.from(part, "latin1")] : part.flatMap(flat);

const text = (value: string): Part => ["X", value.length & 255, value.length >> 8, 0, 0, value];
const integer = (n: number): Part => [0x8a, 8, [...new Uint8Array(BigInt64Array.of(BigInt(n)).buffer)]];
const tuple = (...items: readonly Part[]): Part => ["(", items, "t"];
const call = (name: string, ...args: readonly Part[]): Part => [
  `c${name.replace(/\.(?=\w+$)/, "\n")}\n`,
  tuple(...args),
  "R",
];
const storage = (key: string, length: number, type = "Float"): Part => [
  tuple(text("storage"), `ctorch\n${type}Storage\n`, text(key), text("cpu"), integer(length)),
  "Q",
];
const sizes = (values: readonly number[]): Part => tuple(...values.map(integer));

interface View {
  readonly key?: string;
  readonly length?: number;
  readonly type?: string;
  readonly offset?: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly notes?: Part;
}

const tensor = ({ key = "0", length = 4, type = "Float", offset = 0, shape, strides, notes }: View): Part =>
  call(
    "torch._utils._rebuild_tensor_v2",
    storage(key, length, type),
    ...[integer(offset), sizes(shape), sizes(strides), 0x89, "}", ...(notes === undefined ? [] : [notes])],
  );

const dict = (entries: Readonly<Record<string, Part>>): Part => [
  "}(",
  Object.entries(entries).map(([k, v]) => [text(k), v]),
  "u",
];

/** An archive with a pickle and storages of zeros. */
function archive(value: Part, storages: Readonly<Record<string, number>> = { 0: 16 }, more: [string, string][] = []) {
  return writeZip([
    ["x/data.pkl", Uint8Array.from(flat([0x80, 2, value, "."]))],
    ...Object.entries(storages).map(([key, bytes]) => [`x/data/${key}`, new Uint8Array(bytes)] as const),
    ...more.map(([path, contents]) => [path, Buffer.from(contents)] as const),
  ]);
}

async function messageOf(bytes: Uint8Array): Promise<string> {
  try {
    return `accepted: ${[...(await readTorchTensors(bytes, "x.pth")).tensors.values()].map(({ shape }) => `[${shape}]`)}`;
  } catch (error) {
    if (error instanceof FormatError) return error.message;
    throw error;
  }
}

const one = { shape: [4], strides: [1] };

describe("a tensor", () => {
  it.each<[string, Part, string]>([
    ["is read if it is sound", dict({ a: tensor(one) }), "accepted: [4]"],
    [
      "may have no elements anywhere",
      dict({ a: tensor({ shape: [0, 5], strides: [5, 1], offset: 99 }) }),
      "accepted: [0,5]",
    ],
    [
      "must not end behind its storage",
      dict({ a: tensor({ ...one, offset: 1 }) }),
      'x.pth: tensor "a": [4] with strides [1] ends at element 4 of a storage of 4 elements; the file is damaged',
    ],
    [
      "must not leap behind it",
      dict({ a: tensor({ shape: [2], strides: [2 ** 52] }) }),
      "ends at element 4503599627370496",
    ],
    [
      "must not be spread to gigabytes",
      dict({ a: tensor({ shape: [2 ** 30], strides: [0] }) }),
      "twice the file; save the tensors",
    ],
    [
      "must have sizes that can be counted",
      dict({ a: tensor({ shape: [2 ** 40, 2 ** 40], strides: [1, 1] }) }),
      "more than can be counted",
    ],
    [
      "must have as many strides as axes",
      dict({ a: tensor({ shape: [4], strides: [] }) }),
      "are no lists of at most 32 counts",
    ],
    [
      "must not have negative strides",
      dict({ a: tensor({ shape: [2], strides: [-1] }) }),
      "are no lists of at most 32 counts",
    ],
    [
      "must not have 33 axes",
      dict({ a: tensor({ shape: new Array(33).fill(1), strides: new Array(33).fill(1) }) }),
      "at most 32 counts",
    ],
    [
      "must have its storage",
      dict({ a: tensor({ ...one, key: "7" }) }),
      'tensor "a": its storage 7 is missing in the file',
    ],
    [
      "must agree with others on it",
      dict({ a: tensor(one), b: tensor({ ...one, type: "Long" }) }),
      'storage "0" is 4 elements of torch.FloatStorage and 4 of torch.LongStorage',
    ],
    [
      "must agree with the file on it",
      dict({ a: tensor({ ...one, length: 5 }) }),
      "storage 0 has 16 bytes, 5 elements of torch.FloatStorage take 20",
    ],
    [
      "must not be complex",
      dict({ a: tensor({ ...one, length: 2, type: "ComplexFloat", shape: [2] }) }),
      'tensor "a": elements of torch.ComplexFloatStorage cannot be read',
    ],
    [
      "must not be negated",
      dict({ a: tensor(one), b: tensor({ ...one, notes: dict({ neg: 0x88 }) }) }),
      'tensor "b" is made by torch._utils._rebuild_tensor_v2, which is not known',
    ],
    [
      "must not be made in unknown ways",
      dict({ a: tensor(one), b: call("torch._utils._rebuild_qtensor", "N") }),
      'tensor "b" is made by torch._utils._rebuild_qtensor',
    ],
    ["must have a text for its name", ["}", "N", tensor(one), "s"], "a tensor's name is null, expected a text"],
    ["must refer to a storage", dict({ a: ["K", 1, "Q"] }), "it refers to 1, expected a storage with a key"],
  ])("%s", async (_, value, message) => {
    expect(await messageOf(archive(value))).toContain(message);
  });

  it("may be one of thousands on one storage, which are not copies", async () => {
    const many = Array.from({ length: 300 }, (_, i) => [
      `t${i}`,
      tensor({ shape: [50_000], strides: [1], length: 50_000 }),
    ]);
    expect(await messageOf(archive(dict(Object.fromEntries(many)), { 0: 200_000 }))).toMatch(/^accepted/);
    const spread = Array.from({ length: 200 }, (_, i) => [
      `t${i}`,
      tensor({ shape: [2, 25_000], strides: [1, 2], length: 50_000 }),
    ]);
    expect(await messageOf(archive(dict(Object.fromEntries(spread)), { 0: 200_000 }))).toContain("twice the file");
  });
});

describe("a dictionary", () => {
  const memoized = (value: Part): Part => [value, "q", 0];
  it.each<[string, Part, string]>([
    [
      "may hold itself",
      [memoized("}"), dictEntries({ model: ["h", 0], net: ["h", 0], a: tensor(one) })],
      "accepted: [4]",
    ],
    [
      "may hold itself and nothing else",
      [memoized("}"), dictEntries({ model: ["h", 0], a: ["h", 0] })],
      "no dictionary of tensors was found",
    ],
    [
      "must be the only one",
      dict({ g: dict({ a: tensor(one) }), d: dict({ a: tensor(one) }) }),
      "tensors are in several places of it: g, d; choose one with key",
    ],
    [
      "is not needed deeper than anyone puts it",
      [...new Array(9)].reduce<Part>((inner) => dict({ model: inner }), dict({ a: tensor(one) })),
      "no dictionary of tensors was found",
    ],
  ])("%s", async (_, value, message) => {
    expect(await messageOf(archive(value))).toContain(message);
  });

  function dictEntries(entries: Readonly<Record<string, Part>>): Part {
    return ["(", Object.entries(entries).map(([k, v]) => [text(k), v]), "u"];
  }

  it("of many others without tensors is searched once", async () => {
    const words = Array.from({ length: 4000 }, (_, i) => [text(`w${i}`), "N"]);
    const again = Array.from({ length: 4000 }, (_, i) => [text(`r${i}`), ["h", 0]]);
    const value: Part = [["}q", 0, "(", words, "u0"], "}(", again, "u"];
    expect(await messageOf(archive(value))).toContain("no dictionary of tensors was found");
  });
});

describe("a module", () => {
  const module = (state: Part): Part => ["cnet\nNet\n)", 0x81, state, "b"];
  it("is read with its attributes", async () => {
    expect(await messageOf(archive(module(dict({ a: tensor(one), b: module(dict({ c: tensor(one) })) }))))).toBe(
      "accepted: [4],[4]",
    );
  });

  it("may have parts many times over, but not for ever", async () => {
    const doubled = [...new Array(40)].reduce<Part>(
      (inner, _, i) => module(["}(", text("a"), inner, "q", i, text("b"), "h", i, "u"]),
      module(dict({ x: tensor(one) })),
    );
    expect(await messageOf(archive(doubled))).toContain("its modules are nested too deeply; it is hostile");
  });
});

describe("an archive", () => {
  it("of another byte order is refused", async () => {
    expect(await messageOf(archive(dict({ a: tensor(one) }), { 0: 16 }, [["x/byteorder", "big"]]))).toContain(
      'its numbers are "big"-endian, only little-endian ones are read',
    );
    expect(await messageOf(archive(dict({ a: tensor(one) }), { 0: 16 }, [["x/byteorder", "little"]]))).toBe(
      "accepted: [4]",
    );
  });
});
