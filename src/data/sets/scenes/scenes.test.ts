import { expect, describe as group, it } from "vitest";
import { type NdArray, OptionError, sameArray } from "../../../array/index.ts";
import { rowOf } from "../../columns/column.ts";
import { isRagged } from "../../columns/ragged.ts";
import { parts } from "../../part-names.ts";
import { sliceRows } from "../../rows.ts";
import { COVERED } from "./canvas.ts";
import { colorNames, objectColors } from "./colors.ts";
import { jointNames } from "./figure.ts";
import {
  boxScenes,
  captionScenes,
  captionTokenizer,
  maskScenes,
  objectScenes,
  poseScenes,
  shapeScenes,
} from "./index.ts";
import { LEAST_VISIBLE } from "./layout.ts";
import { stampObject } from "./object.ts";
import { drawDescribed, drawFigureScene, drawSeveral, drawSingle, type SceneAddress } from "./scene.ts";
import { describe, sentenceSizes, sentenceWords } from "./sentence.ts";
import { capsule, SHAPE_REACH, shapeNames, shapes } from "./shapes.ts";

const SIZE = 64;
const at = (index: number, size = SIZE): SceneAddress => ({ size, seed: 3, part: "train", index });
const several = Array.from({ length: 40 }, (_, i) => drawSeveral(at(i), 6));
const described = Array.from({ length: 60 }, (_, i) => drawDescribed(at(i)));
const figures = Array.from({ length: 40 }, (_, i) => drawFigureScene(at(i)));

/** The extents of the pixels of a number, looked for one by one. */
function extents(plane: Uint8Array, size: number, number: number): number[] {
  const pixels = [...plane.keys()].filter((i) => plane[i] === number);
  const [xs, ys] = [pixels.map((i) => i % size), pixels.map((i) => Math.floor(i / size))];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs) + 1, Math.max(...ys) + 1];
}

group("shapes", () => {
  /** Areas in units of the radius squared: π r² and the like, with the scale of each. */
  const areas = {
    circle: Math.PI * 0.9 ** 2,
    square: 2 * 1.15 ** 2,
    triangle: ((3 * Math.sqrt(3)) / 4) * 1.25 ** 2,
    star: 5 * 0.42 * Math.sin(Math.PI / 5) * 1.25 ** 2,
    ring: Math.PI * (1 - 0.48 ** 2),
    cross: 8 * 0.32 - 4 * 0.32 ** 2,
    // Square of half diagonal 0.72, and two half circles on its edges.
    heart: (2 * 0.72 ** 2 + Math.PI * (0.72 * Math.SQRT1_2) ** 2) * 1.2 ** 2,
  };

  it.each(Object.entries(areas))("has the area of a %s", (name, area) => {
    const look = {
      shape: shapeNames.indexOf(name as keyof typeof areas),
      color: 0,
      place: { x: 100, y: 100, radius: 60, turn: 0.4 },
    };
    const covered = stampObject(200, look).coverage.reduce((sum, share) => sum + share, 0);
    expect(covered / 60 ** 2).toBeCloseTo(area, 1);
  });

  it("cuts one circle out of another for a moon", () => {
    const moon = shapes[shapeNames.indexOf("moon")];
    expect(moon(-0.6, 0)).toBeLessThan(0);
    expect(moon(0.3, 0)).toBeGreaterThan(0);
    expect(moon(-1.1, 0)).toBeCloseTo(0.1);
  });

  it("reaches no farther than stamps do", () => {
    const angles = Array.from({ length: 360 }, (_, degrees) => (degrees * Math.PI) / 180);
    const reach = SHAPE_REACH + 0.01;
    const inside = shapes.map((shape) =>
      Math.min(...angles.map((a) => shape(reach * Math.cos(a), reach * Math.sin(a)))),
    );
    expect(Math.min(...inside)).toBeGreaterThan(0);
  });

  it("gives a line round ends", () => {
    const line = capsule(0, 0, 10, 0, 2);
    for (const [x, y, distance] of [
      [5, 0, -2],
      [5, 3, 1],
      [-4, 0, 2],
      [13, 4, 3],
    ])
      expect(line(x, y)).toBeCloseTo(distance, 9);
  });
});

group("scenes of objects", () => {
  it("has boxes that are the extents of what is seen", () => {
    for (const { boxes, instances } of several)
      for (const [k, box] of boxes.entries()) expect(box).toEqual(extents(instances, SIZE, k + 1));
  });

  it("gives a pixel to the front object that covers half of it, and hides no object too much", () => {
    let hiding = 0;
    for (const { objects, instances } of several) {
      const front = new Uint8Array(SIZE * SIZE);
      const areas = objects.map((look, k) => {
        const { left, top, width, coverage } = stampObject(SIZE, look);
        const covered = [...coverage.keys()].filter((i) => coverage[i] >= COVERED);
        for (const i of covered) front[(top + Math.floor(i / width)) * SIZE + left + (i % width)] = k + 1;
        return covered.length;
      });
      expect(Buffer.compare(front, instances)).toBe(0);
      for (const [k, area] of areas.entries()) {
        const seen = instances.reduce((count, number) => count + Number(number === k + 1), 0);
        expect(seen).toBeGreaterThanOrEqual(LEAST_VISIBLE * area);
        hiding += Number(seen < area);
      }
    }
    expect(hiding).toBeGreaterThan(5);
  });

  it("paints objects in their color: the nearest of all names in most of their pixels", () => {
    let right = 0;
    const scenes = Array.from({ length: 60 }, (_, i) => drawSingle(at(i)));
    for (const { pixels, instances, objects } of scenes) {
      const sum = [0, 0, 0];
      for (let i = 0; i < SIZE * SIZE; i++)
        if (instances[i] === 1) for (let c = 0; c < 3; c++) sum[c] += pixels[c * SIZE * SIZE + i];
      const hue = (tone: readonly number[]) => tone.map((value) => value / Math.hypot(...tone));
      const near = objectColors.map((tone) => hue(tone).reduce((total, value, c) => total + value * hue(sum)[c], 0));
      right += Number(near.indexOf(Math.max(...near)) === objects[0].color);
    }
    expect(right).toBe(60);
  });

  it("draws all shapes, colors and counts", () => {
    const objects = several.flatMap((scene) => scene.objects);
    expect(new Set(objects.map(({ shape }) => shape)).size).toBe(shapeNames.length);
    expect(new Set(objects.map(({ color }) => color)).size).toBe(colorNames.length);
    expect([...new Set(several.map(({ boxes }) => boxes.length))].sort()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it.each([32, 47, 128])("draws pictures of %i pixels", (size) => {
    const { pixels, instances, boxes } = drawSeveral(at(1, size), 3);
    expect([pixels.length, instances.length]).toEqual([3 * size * size, size * size]);
    expect(boxes[0]).toEqual(extents(instances, size, 1));
  });
});

group("sentences", () => {
  /** Whether `a` is where the words say, seen from `b`; axes differ by a factor of 2 at least. */
  const isTrue = (words: string, a: { x: number; y: number }, b: { x: number; y: number }): boolean => {
    const [dx, dy] = [a.x - b.x, a.y - b.y];
    if (words === "left of") return dx < 0 && -dx >= 2 * Math.abs(dy);
    if (words === "right of") return dx > 0 && dx >= 2 * Math.abs(dy);
    if (words === "above") return dy < 0 && -dy >= 2 * Math.abs(dx);
    return words === "below" && dy > 0 && dy >= 2 * Math.abs(dx);
  };

  it("are true of their scenes", () => {
    const seen = new Set<string>();
    for (const { objects } of described) {
      const { words, names } = describe(objects);
      const [, firstText, relation, secondText] = /^a (.*?)(?: (left of|right of|above|below) a (.*))?$/.exec(
        words.join(" "),
      )!;
      const named = names.filter((name) => name >= 0).map((name) => objects[name]);
      expect(named.length).toBe(objects.length);
      for (const [i, text] of [firstText, secondText].slice(0, named.length).entries()) {
        const { size, color, shape, place } = named[i];
        expect(text).toBe(`${size} ${colorNames[color]} ${shapeNames[shape]}`);
        const [least, most] = sentenceSizes[size];
        expect(place.radius / SIZE).toBeGreaterThanOrEqual(least);
        expect(place.radius / SIZE).toBeLessThanOrEqual(most);
      }
      if (named.length === 2) expect(isTrue(relation, named[0].place, named[1].place)).toBe(true);
      for (const word of words) expect(sentenceWords).toContain(word);
      seen.add(relation ?? "alone");
    }
    expect([...seen].sort()).toEqual(["above", "alone", "below", "left of", "right of"]);
  });

  it("do not depend on the order of objects", () => {
    for (const { objects } of described)
      expect(describe([...objects].reverse()).words).toEqual(describe(objects).words);
  });

  it("name the small object first, else the one on the left or above", () => {
    const look = (size: "small" | "large", x: number, y: number) => ({
      ...{ size, shape: 0, color: 0 },
      place: { x, y, radius: 8, turn: 0 },
    });
    const text = (...objects: ReturnType<typeof look>[]): string => describe(objects).words.join(" ");
    expect(text(look("large", 10, 30), look("small", 50, 30))).toBe("a small red circle right of a large red circle");
    expect(text(look("small", 30, 50), look("small", 30, 10))).toBe("a small red circle above a small red circle");
    expect(text(look("large", 50, 30), look("large", 10, 30))).toBe("a large red circle left of a large red circle");
    expect(describe([look("small", 30, 50), look("small", 30, 10)]).names).toEqual([-1, -1, -1, 1, -1, -1, -1, -1, 0]);
  });
});

group("stick figures", () => {
  it("have all joints in the figure, or behind what is before it", () => {
    let hidden = 0;
    for (const scene of figures)
      for (const name of jointNames) {
        const [x, y] = scene.figure.body[name].map(Math.round);
        const isHidden = scene.hidden[y * SIZE + x] === 1;
        expect(scene.mask[y * SIZE + x] === 1 || isHidden, `${name} at ${x}, ${y}`).toBe(true);
        hidden += Number(isHidden);
      }
    expect(hidden).toBeGreaterThan(0);
  });

  it("have boxes that are the extents of what is seen", () => {
    for (const { mask, box } of figures) expect(box).toEqual(extents(mask, SIZE, 1));
  });

  it("face the viewer: shoulders and hips of the right side are on the left", () => {
    for (const {
      figure: { body },
    } of figures) {
      expect(body["right shoulder"][0]).toBeLessThan(body["left shoulder"][0]);
      expect(body["right hip"][0]).toBeLessThan(body["left hip"][0]);
      expect(body["head top"][1]).toBeLessThan(body.neck[1]);
    }
  });
});

group("data sets of scenes", () => {
  const few = { train: 8, validation: 4, test: 4, seed: 5 };
  const all = { objectScenes, boxScenes, maskScenes, poseScenes, captionScenes };

  it.each(Object.entries(all))("%s repeats, and shares no picture between parts and seeds", (_, scenes) => {
    const [one, again, other] = [scenes(few), scenes(few), scenes({ ...few, seed: 6 })];
    const seen = new Set<string>();
    for (const part of parts) {
      const images = one[part].columns.image.values as NdArray;
      expect(images.shape).toEqual([few[part], 3, SIZE, SIZE]);
      expect(sameArray(images, again[part].columns.image.values as NdArray)).toBe(true);
      for (const set of [one, other])
        for (let i = 0; i < few[part]; i++) seen.add((set[part].columns.image.values as NdArray).row(i).data.join());
    }
    expect(seen.size).toBe(2 * (8 + 4 + 4));
  });

  it("draws the same first scenes of any larger count", () => {
    const [small, large] = [objectScenes(few).train, objectScenes({ ...few, train: 20 }).train].map(
      ({ columns }) => columns.image.values as NdArray,
    );
    expect(sameArray(sliceRows(large, 0, few.train), small)).toBe(true);
  });

  it("has a shape and a box for each object of several", () => {
    const { boxes, labels } = boxScenes({ ...few, objects: 4 }).train.columns;
    if (!isRagged(boxes.values) || !isRagged(labels.values)) throw new Error("expected ragged columns");
    expect(boxes.values.offsets).toEqual(labels.values.offsets);
  });

  it("has masks of the classes of the same scenes' objects", () => {
    const { mask } = maskScenes(few).train.columns;
    const { labels } = boxScenes(few).train.columns;
    for (let i = 0; i < few.train; i++) {
      const expected = new Set([0, ...rowOf(labels.values, i).data].map((label, k) => (k === 0 ? 0 : label + 1)));
      expect(new Set(rowOf(mask.values, i).data)).toEqual(expected);
    }
  });

  it("has tokens that spell the sentence, and the pixels of each object that is named", () => {
    const { sentence, names, instances } = captionScenes(few).train.columns;
    const tokenizer = captionTokenizer();
    for (let i = 0; i < few.train; i++) {
      const numbers = [...rowOf(sentence.values, i).data];
      const text = tokenizer.decode(numbers);
      expect([...tokenizer.encode(text)]).toEqual(numbers.slice(1, -1));
      expect([numbers[0], numbers.at(-1)]).toEqual([tokenizer.numberOf("<bos>"), tokenizer.numberOf("<eos>")]);
      const named = rowOf(names.values, i).data;
      for (const [k, number] of numbers.entries()) {
        const isNoun = shapeNames.some((shape) => tokenizer.numberOf(shape) === number);
        expect(named[k] >= 0).toBe(isNoun);
        if (isNoun) expect(rowOf(instances.values, i).data).toContain(named[k] + 1);
      }
    }
  });

  it("marks hidden joints as not visible", () => {
    const { visible } = poseScenes({ ...few, train: 40 }).train.columns;
    const shown = [...(visible.values as NdArray).data];
    expect(new Set(shown)).toEqual(new Set([0, 1]));
  });

  it("gives classes for classification", () => {
    const { train, test } = shapeScenes(few);
    expect([train.images.shape, train.classes, test.name]).toEqual([
      [8, 3, 64, 64],
      shapeNames,
      "scenes/object/test (seed 5)",
    ]);
  });

  it("takes no wrong options", () => {
    expect(() => objectScenes({ size: 8 })).toThrow("objectScenes: size must be an integer of at least 32, got 8");
    expect(() => boxScenes({ objects: 0 })).toThrow("boxScenes: objects must be an integer from 1 to 20, got 0");
    expect(() => poseScenes({ train: -1 })).toThrow(OptionError);
    expect(() => captionScenes({ seed: 2 ** 32 })).toThrow(OptionError);
  });
});
