import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  array,
  type DType,
  dtypes,
  FormatError,
  NdArray,
  OptionError,
  sameArray,
  sizeOf,
  zeros,
} from "../array/index.ts";
import { halfToNumber } from "./element-types.ts";
import { readSafetensors, viewSafetensors, writeSafetensors } from "./safetensors.ts";

/** A file from a header, given as an object or as text, and data. */
function fileOf(header: unknown, data: ArrayLike<number> = []): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  file.set(data, 8 + text.length);
  return file;
}

const entry = (dtype: unknown, shape: unknown, data_offsets: unknown) => ({ dtype, shape, data_offsets });

/** What reading fails with; anything but a FormatError is passed on. */
function messageOf(file: Uint8Array): string {
  try {
    readSafetensors(file, "model.safetensors");
  } catch (error) {
    if (error instanceof FormatError) return error.message;
    throw error;
  }
  throw new Error("the file was accepted");
}

const sample = () =>
  writeSafetensors(
    [
      ["conv.weight", array([[1.5, -2, Number.NaN]])],
      ["b", array([true, false, true], "bool")],
      ["steps", array(-7, "i32")],
    ],
    { format: "fovea", a: "é" },
  );

describe("writing and reading", () => {
  it("lays a file out as the format says, metadata sorted, data at a multiple of 8", () => {
    const file = writeSafetensors([["x", array([1, 2], "u8")]], { b: "2", a: "1" });
    const header = '{"__metadata__":{"a":"1","b":"2"},"x":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}';
    const length = Math.ceil(header.length / 8) * 8;
    expect(Number(new DataView(file.buffer).getBigUint64(0, true))).toBe(length);
    expect(new TextDecoder().decode(file.subarray(8, 8 + length))).toBe(header.padEnd(length));
    expect([...file.subarray(8 + length)]).toEqual([1, 2]);
  });

  it("gives back every type, shape and name, and the same bytes again", () => {
    const dtype = fc.constantFrom(...(Object.keys(dtypes) as DType[]));
    const tensor = fc
      .tuple(dtype, fc.array(fc.nat(4), { maxLength: 4 }), fc.uint8Array({ minLength: 2048, maxLength: 2048 }))
      .map(([dtype, shape, bytes]) => {
        if (dtype === "bool") return new NdArray(bytes.map((x) => x & 1).slice(0, sizeOf(shape)), shape, dtype);
        return new NdArray(new dtypes[dtype].array(bytes.slice().buffer, 0, sizeOf(shape)), shape, dtype);
      });
    const name = fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "0", "", "é\n"));
    const named = fc.uniqueArray(fc.tuple(name, tensor), { selector: ([name]) => name, maxLength: 5 });
    const metadata = fc.dictionary(name, fc.string());
    fc.assert(
      fc.property(named, metadata, (tensors, metadata) => {
        const file = writeSafetensors(tensors, metadata);
        const read = readSafetensors(file);
        for (const [name, array] of tensors) expect(sameArray(read.tensors.get(name)!, array), name).toBe(true);
        expect(read.tensors.size).toBe(tensors.length);
        expect(Object.entries(read.metadata).sort()).toEqual(Object.entries(metadata).sort());
        expect(Buffer.compare(writeSafetensors(tensors, metadata), file)).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  it("keeps the order of the data, for names like numbers too", () => {
    const names = ["10", "b", "2", "a"];
    const file = writeSafetensors(names.map((name, i) => [name, array([i])] as const));
    expect([...readSafetensors(file).tensors.keys()]).toEqual(names);
  });

  it("reads data at any alignment, from the middle of a buffer, and does not share them", () => {
    const file = fileOf({ odd: entry("U8", [1], [0, 1]), x: entry("F64", [1], [1, 9]) }, [
      7,
      ...new Uint8Array(new Float64Array([Math.PI]).buffer),
    ]);
    for (let shift = 0; shift < 8; shift++) {
      const buffer = new Uint8Array(file.length + 8);
      buffer.set(file, shift);
      const { tensors } = readSafetensors(buffer.subarray(shift, shift + file.length));
      buffer.fill(0);
      expect(tensors.get("x")!.item()).toBe(Math.PI);
      expect(tensors.get("odd")!.item()).toBe(7);
    }
  });

  it("widens half precision exactly", () => {
    const halves = [
      [0x3c00, 1],
      [0xc000, -2],
      [0x3555, 0.333251953125],
      [0x7bff, 65504],
      [0x0400, 2 ** -14],
      [0x0001, 2 ** -24],
      [0x83ff, -1023 * 2 ** -24],
      [0x0000, 0],
      [0x8000, -0],
      [0x7c00, Number.POSITIVE_INFINITY],
      [0xfc00, Number.NEGATIVE_INFINITY],
      [0x7e00, Number.NaN],
    ];
    for (const [bits, value] of halves) expect(halfToNumber(bits)).toBe(value);
    const bytes = new Uint8Array(Uint16Array.from(halves, ([bits]) => bits).buffer);
    const { tensors } = readSafetensors(fileOf({ x: entry("F16", [12], [0, 24]) }, bytes));
    expect([...tensors.get("x")!.data]).toEqual(halves.map(([, value]) => value));
    expect(tensors.get("x")!.dtype).toBe("f32");
  });

  it("widens bfloat16 exactly", () => {
    const values = [1, -2.5, 3.140625, 2 ** -126, 2 ** -133, Number.POSITIVE_INFINITY, -0];
    const bits = new Uint32Array(Float32Array.from(values).buffer).map((x) => x >>> 16);
    const bytes = new Uint8Array(Uint16Array.from(bits).buffer);
    const { tensors } = readSafetensors(fileOf({ x: entry("BF16", [7], [0, 14]) }, bytes));
    expect([...tensors.get("x")!.data]).toEqual(values);
  });

  it.each([
    ["I8", [0xff, 0x7f], [-1, 127]],
    ["I16", [0xfe, 0xff, 0x00, 0x80], [-2, -32768]],
    ["U16", [0xff, 0xff], [65535]],
    ["U32", [0xff, 0xff, 0xff, 0x7f], [2 ** 31 - 1]],
    ["I64", [0, 0, 0, 0x80, 0xff, 0xff, 0xff, 0xff], [-(2 ** 31)]],
  ])("reads %s as i32", (dtype, bytes, values) => {
    const { tensors } = readSafetensors(fileOf({ x: entry(dtype, [values.length], [0, bytes.length]) }, bytes));
    expect(tensors.get("x")!.dtype).toBe("i32");
    expect([...tensors.get("x")!.data]).toEqual(values);
  });

  it("refuses names and metadata that cannot be written", () => {
    const x = zeros([1]);
    expect(() =>
      writeSafetensors([
        ["a", x],
        ["a", x],
      ]),
    ).toThrow(new OptionError('two tensors are called "a": names must be unique'));
    expect(() => writeSafetensors([["__metadata__", x]])).toThrow("the format reserves it");
    expect(() => writeSafetensors([], { a: 1 as unknown as string })).toThrow('metadata "a" must be a string');
  });
});

describe("what the header may not be", () => {
  it.each([
    [new Uint8Array(5), "model.safetensors: 5 bytes are too short for a safetensors file"],
    [new TextEncoder().encode("<!doctype html>"), "the limit is 100000000; is it a safetensors file?"],
    [Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 0x7b), "its header takes 9 bytes, only 1 follow; the file was cut off"],
    [fileOf("").subarray(0, 8), "the header is not JSON"],
    [fileOf("{,}"), "the header is not JSON"],
    [fileOf("[1]"), "the header is a list of 1, expected an object"],
    [fileOf("null"), "the header is null, expected an object"],
    [Uint8Array.of(4, 0, 0, 0, 0, 0, 0, 0, 0x22, 0xc3, 0x28, 0x22), "the header is not UTF-8 text"],
    [fileOf('{"x": 1, "\\u0078": 2}'), 'the header has the key "x" twice'],
    [
      fileOf('{"x": {"dtype": "U8", "shape": [0], "dtype" : "I8", "data_offsets": [0,0]}}'),
      'has the key "dtype" twice',
    ],
    [fileOf('{"__proto__": {}, "__proto__": {}}'), 'has the key "__proto__" twice'],
    [fileOf({ __metadata__: [] }), "__metadata__ is a list of 0, expected an object of strings"],
    [fileOf({ __metadata__: { epochs: 3 } }), '__metadata__ "epochs" is 3, expected a string'],
    [fileOf({ __metadata__: { "a\u0000b": null } }), '__metadata__ "a\\u0000b" is null, expected a string'],
  ])("%#: %s", (file, message) => {
    expect(messageOf(file)).toContain(message);
  });

  it("survives nesting and strings that exhaust a recursive or backtracking parser", () => {
    expect(messageOf(fileOf(`{"x":${"[".repeat(500_000)}${"]".repeat(500_000)}}`))).toMatch(/is a list of 1|not JSON/);
    const long = "y".repeat(5_000_000);
    expect(messageOf(fileOf(`{"${long}":"\\"${long}"}`)).length).toBeLessThan(400);
  });
});

describe("what an entry may not be", () => {
  const byte = [0];
  it.each([
    [7, [], "its entry is 7, expected {dtype, shape, data_offsets}"],
    [{}, [], "its dtype is missing, expected one of F32, F64"],
    [entry("F8_E4M3", [1], [0, 1]), byte, 'its dtype is "F8_E4M3", expected one of F32'],
    [entry("constructor", [1], [0, 1]), byte, 'its dtype is "constructor"'],
    [entry("U8", 1, [0, 1]), byte, "its shape is 1, expected a list of sizes"],
    [entry("U8", [1.5], [0, 1]), byte, "axis 0 of its shape is 1.5, expected a whole number"],
    [entry("U8", [1, -1], [0, 1]), byte, "axis 1 of its shape is -1"],
    [entry("U8", ["1"], [0, 1]), byte, 'axis 0 of its shape is "1"'],
    [entry("U8", [2 ** 60], [0, 1]), byte, "axis 0 of its shape is 1152921504606847000"],
    [
      entry("U8", [2 ** 30, 2 ** 30], [0, 1]),
      byte,
      "its shape [1073741824,1073741824] has more elements than can be counted",
    ],
    [entry("U8", new Array(33).fill(1), [0, 1]), byte, "its shape has 33 axes, at most 32"],
    [entry("U8", [1], undefined), byte, "its data_offsets are missing, expected two whole numbers"],
    [entry("U8", [1], [0]), byte, "its data_offsets are [0], expected two"],
    [entry("U8", [1], [0, 1, 2]), byte, "its data_offsets are [0,1,2], expected two"],
    [entry("U8", [1], [0, 0.5]), byte, "its data_offsets are [0,0.5], expected two"],
    [entry("U8", [1], [-1, 0]), byte, "its data_offsets are [-1,0], expected two"],
    [entry("U8", [1], [1, 0]), byte, "its data_offsets [1,0] end before they begin"],
    [entry("F32", [2, 3], [0, 20]), new Uint8Array(20), "F32 [2,3] takes 24 bytes, its offsets 0 to 20 hold 20"],
    [entry("U8", [2], [0, 2]), byte, "its data end at byte 2, only 1 are there; the file was cut off"],
    [entry("U8", [1], [1, 2]), [0, 0], "its data begin at byte 1, leaving a gap after byte 0"],
    [entry("BOOL", [2], [0, 2]), [1, 2], "BOOL byte 2 at element 1, expected 0 or 1"],
    [entry("U32", [1], [0, 4]), [0, 0, 0, 0x80], "U32 value 2147483648 at element 0 does not fit into i32"],
    [entry("I64", [1], [0, 8]), [0, 0, 0, 0, 1, 0, 0, 0], "I64 value 4294967296 at element 0 does not fit into i32"],
  ])("%#: %j", (value, data, message) => {
    expect(messageOf(fileOf({ "conv1.weight": value }, data))).toContain(
      `model.safetensors: tensor "conv1.weight": ${message}`,
    );
  });

  it("inherits nothing from a prototype that the file names", () => {
    const file = fileOf('{"x": {"__proto__": {"dtype": "U8"}, "shape": [0], "data_offsets": [0, 0]}}');
    expect(messageOf(file)).toContain('tensor "x": its dtype is missing');
  });

  it("refuses data that overlap, and bytes that belong to no tensor", () => {
    const overlapping = fileOf({ a: entry("U8", [2], [0, 2]), b: entry("U8", [2], [1, 3]) }, [1, 2, 3]);
    expect(messageOf(overlapping)).toContain(
      'tensor "b": its data begin at byte 1, inside those of "a", which end at 2',
    );
    expect(messageOf(fileOf({ a: entry("U8", [1], [0, 1]) }, [1, 2, 3]))).toBe(
      "model.safetensors: 2 bytes follow the last tensor, which ends at byte 1; expected none",
    );
  });

  it("cuts long names short", () => {
    expect(messageOf(fileOf({ ["n".repeat(10_000)]: 1 })).length).toBeLessThan(200);
  });
});

describe("broken files", () => {
  it("gives a FormatError for every prefix", () => {
    const file = sample();
    for (let length = 0; length < file.length; length++) expect(messageOf(file.subarray(0, length))).not.toBe("");
  });

  it("accepts or refuses, and nothing else, when bytes are changed", () => {
    const file = sample();
    const flips = fc.array(fc.tuple(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 })), {
      minLength: 1,
      maxLength: 4,
    });
    let refused = 0;
    fc.assert(
      fc.property(flips, (flips) => {
        const changed = file.slice();
        for (const [at, mask] of flips) changed[at] ^= mask;
        try {
          for (const array of readSafetensors(changed).tensors.values())
            expect(array.data.length).toBe(sizeOf(array.shape));
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
          refused++;
        }
      }),
      { numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(500);
  });
});

describe("checksums", () => {
  const tensors = [["a", array([1, 2, 3])] as const, ["__proto__", array([[1], [2]], "i32")] as const];
  const write = () => writeSafetensors(tensors, { author: "me" }, { checksums: true });

  it("are compared, and left out of the metadata", () => {
    const { tensors: read, metadata } = readSafetensors(write());
    expect([...read.keys()]).toEqual(["a", "__proto__"]);
    expect({ ...metadata }).toEqual({ author: "me" });
    expect(write()).toEqual(write());
  });

  it("are known under a damaged key", () => {
    const bytes = write();
    const at = new TextDecoder().decode(bytes).indexOf("fovea.crc32");
    for (let i = at; i < at + "fovea.crc32".length; i++)
      for (let bit = 0; bit < 8; bit++) {
        const damaged = bytes.map((byte, k) => (k === i ? byte ^ (1 << bit) : byte));
        expect(() => readSafetensors(damaged)).toThrow(FormatError);
      }
  });

  it("are checked without regard to the order in which another program wrote the tensors", () => {
    const text = new TextDecoder().decode(write());
    const sums = JSON.parse(JSON.parse(text.slice(8, text.lastIndexOf("}") + 1)).__metadata__["fovea.crc32"]);
    expect(sums).toMatchObject({ a: expect.stringMatching(/^[0-9a-f]{8}$/) });
    const header: Record<string, unknown> = {
      ["__proto__"]: { dtype: "I32", shape: [2, 1], data_offsets: [0, 8] },
      a: { dtype: "F32", shape: [3], data_offsets: [8, 20] },
      __metadata__: { "fovea.crc32": JSON.stringify(sums), author: "me" },
    };
    const data = [1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40];
    expect(readSafetensors(fileOf(header, data)).tensors.get("a")).toEqual(array([1, 2, 3]));
    data[9] = 1;
    expect(messageOf(fileOf(header, data))).toMatch(/^model\.safetensors: the checksum of tensor "a" is wrong/);
    header.__metadata__ = { "fovea.crc32": JSON.stringify(sums), author: "you" };
    expect(messageOf(fileOf(header, data))).toMatch(/^model\.safetensors: the checksum of metadata is wrong/);
    header.__metadata__ = { author: "you" };
    expect(readSafetensors(fileOf(header, data)).metadata.author).toBe("you");
  });

  it("notice another type, another shape and a tensor that is gone", () => {
    const sums = (text: string) => new TextEncoder().encode(text);
    const changed = (from: string, to: string) => {
      const text = new TextDecoder("latin1").decode(write());
      const at = text.indexOf(from);
      expect(at).toBeGreaterThan(0);
      const bytes = write();
      bytes.set(sums(to), at);
      return messageOf(bytes);
    };
    expect(changed('"F32"', '"I32"')).toMatch(/the checksum of tensor "a" is wrong/);
    expect(changed("[2,1]", "[1,2]")).toMatch(/the checksum of tensor "__proto__" is wrong/);
    expect(changed('"a":', '"b":')).toMatch(/the checksum of tensor "b" is wrong/);
  });
});

describe("what would not be read is not written", () => {
  it.each<[string, () => unknown, string]>([
    ["booleans that are none", () => writeSafetensors([["x", new NdArray(Uint8Array.of(1, 2), [2], "bool")]]), 'tensor "x" is bool and holds 2, expected 0 or 1'],
    ["many axes", () => writeSafetensors([["x", zeros(new Array(33).fill(1))]]), 'tensor "x" has 33 axes, the limit is 32'],
    ["a reserved key", () => writeSafetensors([], { "fovea.crc32": "{}" }), "metadata cannot have the key fovea.crc32: it is for checksums"],
  ])("%s", (_, write, message) => expect(write).toThrow(new OptionError(message))); // biome-ignore format: a table
});

it("can be viewed without copies, where tensors begin at multiples of their elements' size", () => {
  const tensors = [["a", array([1, 2])], ["b", array([3], "u8")], ["c", array([4])]] as const; // biome-ignore format: a line
  const bytes = writeSafetensors(tensors);
  const { tensors: viewed } = viewSafetensors(bytes, "f");
  expect(viewed).toEqual(readSafetensors(bytes).tensors);
  const isShared = [...viewed.values()].map(({ data }) => data.buffer === bytes.buffer);
  expect(isShared).toEqual([true, true, false]);
});
