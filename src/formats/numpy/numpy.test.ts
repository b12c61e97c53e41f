/** The fixtures are written by NumPy: `tests/fixtures/formats/make.py`. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { array, FormatError, type NdArray, OptionError, sameArray, zeros } from "../../array/index.ts";
import { writeZip, ZipArchive } from "../zip/index.ts";
import { readNpy, writeNpy } from "./npy.ts";
import { readNpz, writeNpz } from "./npz.ts";

const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../../tests/fixtures/formats/${name}`, import.meta.url)));
const expected = JSON.parse(new TextDecoder().decode(fixture("expected.json")));
const plain = ({ shape, data }: NdArray) => ({ shape: [...shape], values: [...data] });
const text = (value: string) => new TextEncoder().encode(value);
const errorOf = async (run: () => unknown): Promise<unknown> => {
  try {
    return await run();
  } catch (error) {
    return error;
  }
};

/** A .npy file from its header as text, and data. */
const npy = (header: string, data: ArrayLike<number> = [], version = 1): Uint8Array =>
  Uint8Array.from([
    0x93,
    ...text("NUMPY"),
    version,
    0,
    header.length & 0xff,
    header.length >> 8,
    ...text(header),
    ...Array.from(data),
  ]);
const of = (descr: string, shape: string, fortran = "False") =>
  `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`;

describe("files that NumPy wrote", () => {
  it.each(["arrays.npz", "arrays.deflated.npz"])("%s has the same names, shapes and values", async (name) => {
    const { tensors } = await readNpz(fixture(name), name);
    expect(Object.fromEntries(Array.from(tensors, ([key, found]) => [key, plain(found)]))).toEqual(expected[name]);
    const types = Array.from(tensors, ([key, { dtype }]) => `${key.replace(/\..*/, "")}:${dtype}`);
    expect(types.slice(0, 5)).toEqual(["f2:f32", "f4:f32", "f4:f32", "f8:f64", "cube:i32"]);
  });

  it("cube.npy, in Fortran's order, is row-major for us", () => {
    expect(plain(readNpy(fixture("cube.npy")))).toEqual(expected["cube.npy"].array);
  });

  it("may have headers as Python 2 wrote them, or with other spaces", () => {
    expect(readNpy(npy("{ 'shape':(2L,1L) , 'fortran_order' :False,'descr':'|u1'}", [1, 2])).toNested()).toEqual([
      [1],
      [2],
    ]);
    expect(readNpy(npy(of("'|b1'", "()"), [1])).toNested()).toBe(true);
  });
});

describe("writing", () => {
  const named: [string, NdArray][] = [
    ["a/b", array([[1.5, -2]])],
    ["é", array([true], "bool")],
    ["n", array(3, "i32")],
    ["u", array([255], "u8")],
    ["d", array([0.1], "f64")],
    ["empty", zeros([0, 2])],
  ];

  it("gives back what was written, with the same bytes for the same input", async () => {
    const file = writeNpz(named);
    const { tensors } = await readNpz(file);
    expect([...tensors.keys()]).toEqual(named.map(([name]) => name));
    for (const [name, values] of named) expect(sameArray(tensors.get(name)!, values), name).toBe(true);
    expect(writeNpz(named)).toEqual(file);
  });

  it("lays .npy files out as NumPy does, byte for byte", async () => {
    const archive = new ZipArchive(fixture("arrays.npz"), "x", 0);
    for (const name of ["f4", "u1", "b1", "scalar", "empty"]) {
      const file = await archive.read(archive.entries.get(`${name}.npy`)!);
      expect(Buffer.compare(writeNpy(readNpy(file)), file), name).toBe(0);
    }
  });

  it("refuses what would not be read", () => {
    expect(() => writeNpz([named[0], named[0]])).toThrow(
      new OptionError('two entries of a zip archive are called "a/b.npy"'),
    );
    expect(() => writeNpz([["a", 1 as unknown as NdArray]])).toThrow("writeNpy: the array must be an NdArray, got 1");
    expect(() => writeNpz(1 as unknown as [])).toThrow("writeNpz: expects a list of [name, array], got 1");
    expect(() => writeNpz(["a"] as unknown as [])).toThrow('writeNpz: an entry must be [name, array], got "a"');
  });
});

describe("refused", () => {
  it.each<[string, Uint8Array, string]>([
    ["another file", text("<html>"), "it does not begin as a .npy file does, with 0x93 NUMPY"],
    ["an unknown version", npy("", [], 4), "it has version 4 of the format, expected 1, 2 or 3"],
    ["a header that is cut off", npy(of("'<f4'", "(1,)")).subarray(0, 30), "bytes should follow byte"],
    ["no dictionary", npy("[1]"), 'its header is no dictionary: "[1]"'],
    ["code", npy("{'descr': exit(), 'shape': ()}"), "its header is not understood"],
    ["objects", npy(of("'|O'", "(1,)"), [1]), "its elements are of type \"'|O'\", expected floats of 2, 4 or 8 bytes"],
    ["texts", npy(of("'<U3'", "(1,)"), new Array(12)), "convert them with astype"],
    ["records", npy(of("[('a', '<f4')]", "(1,)"), new Array(4)), "its elements are records of several fields"],
    ["a missing order", npy("{'descr': '<f4', 'shape': (1,)}"), "does not say whether it is in Fortran's order"],
    ["a shape that is none", npy(of("'<f4'", "(,)")), 'its shape is "(,)", expected a tuple of sizes'],
    ["many axes", npy(of("'<f4'", `(${"1,".repeat(33)})`)), "its shape has 33 axes, at most 32 are supported"],
    ["more than can be counted", npy(of("'<f4'", "(9007199254740991, 9)")), "has more elements than can be counted"],
    [
      "data that are cut off",
      npy(of("'<f4'", "(2,)"), [0, 0]),
      "its header promises [2], 8 bytes of data; there are 2: it was cut off",
    ],
    ["data that are too long", npy(of("'|u1'", "(0,)"), [0]), "there are 1: it holds more than it says"],
    [
      "values that do not fit",
      npy(of("'<u4'", "(1,)"), [0, 0, 0, 128]),
      "U32 value 2147483648 at element 0 does not fit into i32",
    ],
  ])("%s", async (_, bytes, message) => {
    const error = await errorOf(() => readNpy(bytes, "x.npy"));
    expect(error).toBeInstanceOf(FormatError);
    expect((error as Error).message).toMatch(/^x\.npy: /);
    expect((error as Error).message).toContain(message);
  });

  it("takes no long time for spaces without end", () => {
    expect(() => readNpy(npy(of("'<f4'", `(1,${" ".repeat(60_000)}L)`)))).toThrow("expected a tuple of sizes");
  });

  it("a limit that is none", async () => {
    const limit = "1 GB" as unknown as number;
    expect(await errorOf(() => readNpz(writeNpz([]), "x.npz", { limit }))).toEqual(
      new OptionError('limit must be a number of bytes, got "1 GB"'),
    );
  });

  it("an archive with something else in it, by name", async () => {
    const file = writeZip([["readme.txt", text("x")]]);
    expect(await errorOf(() => readNpz(file, "x.npz"))).toEqual(
      new FormatError('x.npz: entry "readme.txt" is no .npy file, of which .npz files consist'),
    );
    const inside = writeZip([["a.npy", text("x")]]);
    expect(await errorOf(() => readNpz(inside, "x.npz"))).toMatchObject({
      message: expect.stringMatching(/^x\.npz: entry "a\.npy": it does/),
    });
  });
});
