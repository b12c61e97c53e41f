import { expect, it } from "vitest";
import { OptionError } from "../array/index.ts";
import { createCatalog, defineFactory, type Factory, fromJson, madeOrNamed, positive, withDefault } from "./index.ts";

interface Shape {
  readonly corners: number;
  readonly size: number;
}

const shapeOf = (type: string, corners: number): Factory<{ readonly size?: number }, Shape> =>
  defineFactory({
    type,
    where: `shape ${type}`,
    options: { size: withDefault(positive(), 1) },
    make: ({ size }) => ({ corners, size }),
  });

const shapes = { square: shapeOf("square", 4), triangle: shapeOf("triangle", 3) };
const catalog = createCatalog("shape", shapes);
const isShape = (value: unknown): value is Shape => typeof value === "object" && value !== null && "corners" in value;
const kind = madeOrNamed(catalog, "square", isShape);

it("a factory fills in defaults, and says what it takes", () => {
  expect(shapes.square()).toEqual({ corners: 4, size: 1 });
  expect(shapes.square({ size: 2 }).size).toBe(2);
  expect([shapes.square.type, shapes.square.optionNames]).toEqual(["square", ["size"]]);
  expect(() => shapes.square({ siz: 2 } as object)).toThrow(
    new OptionError("shape square: there is no option 'siz'; did you mean size?"),
  );
});

it("a catalog knows its names and no others", () => {
  expect(catalog.names).toEqual(["square", "triangle"]);
  expect(catalog.get("triangle")).toBe(shapes.triangle);
  expect([catalog.has("square"), catalog.has("constructor")]).toEqual([true, false]);
  expect(() => catalog.get("squre")).toThrow(new OptionError("there is no shape 'squre'; did you mean square?"));
  expect(() => catalog.get("constructor", "draw")).toThrow("draw: there is no shape 'constructor'; known: square");
});

it("things are made of their JSON form", () => {
  expect(fromJson(catalog, { type: "triangle", size: 3 })).toEqual({ corners: 3, size: 3 });
  expect(() => fromJson(catalog, { type: "circle" })).toThrow("there is no shape 'circle'");
  expect(() => fromJson(catalog, { type: "square", size: -1 })).toThrow("shape square: size must be a number above 0");
  expect(() => fromJson(catalog, "square")).toThrow('shape: expected { type, … }, got "square"');
});

it("a name stands for the thing with default options", () => {
  expect(kind.expects).toBe("a shape, such as square(), or the name of one");
  expect(kind.read("triangle")).toEqual({ corners: 3, size: 1 });
  expect(kind.read(shapes.square({ size: 2 }))).toEqual({ corners: 4, size: 2 });
  expect(kind.read(3)).toBeUndefined();
  expect(kind.hint?.(shapes.square)).toBe("; call it: square()");
  expect(() => kind.read("cube")).toThrow("there is no shape 'cube'");
});
