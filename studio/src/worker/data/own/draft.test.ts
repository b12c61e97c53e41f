import { expect, test } from "vitest";
import { classOfPath, isIgnored, shownPath } from "./class-of-path.ts";
import { Draft } from "./draft.ts";
import { planesOf, squareIn } from "./square.ts";

/** Decodes a blob of one letter to four pixels of its code; others are no pictures. */
const decode = async (file: Blob): Promise<Uint8Array> => {
  const text = await file.text();
  if (text.length !== 1) throw new Error("not a picture that this browser reads");
  return new Uint8Array(4).fill(text.charCodeAt(0));
};
const file = (path: string, text = "a") => ({ path, file: new Blob([text]) });
const draftOf = async (...files: ReturnType<typeof file>[]): Promise<Draft> => {
  const draft = new Draft({ side: 2, channels: 1 }, decode);
  await draft.add(files, "loose");
  return draft;
};

test("the folder of a picture is its class, in the order in which they come", async () => {
  const names = ["pets/cat/1.png", "pets/dog/1.png", "pets/cat/2.png", "3.png", "pets\\dog\\2.png", "pets/dog/3.png"];
  const draft = await draftOf(...names.map((name, i) => file(name, "abcdef"[i])));
  expect(draft.state.classes).toEqual([
    { name: "cat", count: 2 },
    { name: "dog", count: 3 },
    { name: "loose", count: 1 },
  ]);
  expect([...draft.classes.values()].map((pictures) => pictures.map(([first]) => String.fromCharCode(first)))).toEqual([
    ["a", "c"],
    ["b", "e", "f"],
    ["d"],
  ]);
});

test("what cannot be read is counted, and the first are named with the reason", async () => {
  const texts = Array.from({ length: 9 }, (_, i) => file(`cat/${i}.txt`, "no picture"));
  const { state } = await draftOf(file("cat/0.png"), file("cat/empty.png", ""), ...texts);
  expect(state.unreadable.count).toBe(10);
  expect(state.unreadable.first).toHaveLength(5);
  expect(state.unreadable.first.slice(0, 2)).toEqual([
    { path: "cat/empty.png", reason: "the file is empty" },
    { path: "cat/0.txt", reason: "not a picture that this browser reads" },
  ]);
  expect(state.classes).toEqual([{ name: "cat", count: 1 }]);
});

test("files that systems add are passed over in silence", async () => {
  const { state } = await draftOf(file("a/.DS_Store", "?"), file("__MACOSX/a/1.png"), file("a/Thumbs.db", "?"));
  expect(state.unreadable.count).toBe(0);
  expect(state.classes).toEqual([]);
});

const problems: readonly (readonly [what: string, paths: readonly string[], said: string | undefined])[] = [
  ["no picture", [], "There are no pictures yet"],
  ["no folder", ["1.png", "2.png"], "All pictures are of one class, 'loose'"],
  ["two pictures in two classes", ["cat/1.png", "dog/1.png"], "'cat' has one picture: a class needs two or more"],
  ["a class with one picture", ["cat/1.png", "cat/2.png", "dog/1.png"], "'dog' has one picture"],
  ["two classes with two", ["cat/1.png", "cat/2.png", "dog/1.png", "dog/2.png"], undefined],
];

test.each(problems)("%s: one sentence says what to do", async (_, paths, said) => {
  const { state } = await draftOf(...paths.map((path) => file(path)));
  if (said === undefined) expect(state.problem).toBeUndefined();
  else expect(state.problem).toContain(said);
});

test("a class without pictures is said, too", async () => {
  const draft = await draftOf(file("cat/1.png"), file("cat/2.png"));
  draft.addClass("dog");
  expect(draft.state.problem).toContain("'dog' has no pictures");
});

test("classes are renamed in their place, and removed with their pictures", async () => {
  const draft = await draftOf(file("a/1.png"), file("b/1.png"), file("c/1.png"));
  draft.rename("b", " bird ");
  expect(draft.state.classes.map(({ name }) => name)).toEqual(["a", "bird", "c"]);
  expect(() => draft.rename("a", "c")).toThrow("there is a class 'c' already");
  expect(() => draft.rename("a", " ")).toThrow("a class has a name");
  draft.removeClass("a");
  expect(draft.state.classes.map(({ name }) => name)).toEqual(["bird", "c"]);
});

test("pictures are shown and removed from the newest on", async () => {
  const draft = await draftOf(file("x/1.png", "a"), file("x/2.png", "b"), file("x/3.png", "c"));
  const letters = () => String.fromCharCode(...draft.newest("x", 2).bytes.filter((_, i) => i % 4 === 0));
  expect(letters()).toBe("cb");
  expect(draft.newest("x", 2).shape).toEqual([2, 1, 2, 2]);
  draft.removePicture("x", 1);
  expect(letters()).toBe("ca");
});

test("more bytes than memory allows are refused", () => {
  const draft = new Draft({ side: 2, channels: 1 }, decode);
  const large = { length: 2 ** 28 } as Uint8Array;
  draft.put(large, "a");
  draft.put(large, "a");
  expect(() => draft.put(new Uint8Array(4), "a")).toThrow("more than 512 MB; choose a smaller side");
});

test("odd paths lead nowhere", () => {
  expect(classOfPath("../../etc/passwd", "x")).toBe("etc");
  expect(classOfPath("/a\u0000b/\u0007c/1.png", "x")).toBe("c");
  expect(classOfPath("./1.png", "x")).toBe("x");
  expect(classOfPath(`${"long".repeat(50)}/1.png`, "x")).toHaveLength(40);
  expect(isIgnored("cat/1.png")).toBe(false);
  expect(shownPath(`${"deep/".repeat(40)}1.png`)).toHaveLength(61);
});

test("the middle square is cut; gray is BT.601", () => {
  expect(squareIn({ width: 30, height: 20 })).toEqual({ left: 5, top: 0, length: 20 });
  expect(squareIn({ width: 3, height: 6 })).toEqual({ left: 0, top: 1.5, length: 3 });
  const pixels = [255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 9, 9, 9, 255];
  expect([...planesOf(pixels, 1)]).toEqual([76, 150, 29, 9]);
  expect([...planesOf(pixels, 3)]).toEqual([255, 0, 0, 9, 0, 255, 0, 9, 0, 0, 255, 9]);
});
