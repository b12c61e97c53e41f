/** Names that every object inherits are names like any other: unknown where they are looked up, kept where they are given. */
import { describe, expect, it } from "vitest";
import { array, FoveaError, full, NdArray, zeros } from "../../src/array/index.ts";
import { augmentations, holdOut } from "../../src/data/index.ts";
import { selectEngine } from "../../src/engines/index.ts";
import { readSafetensors, writeSafetensors } from "../../src/formats/index.ts";
import { encodePicture, filter } from "../../src/image/index.ts";
import * as nn from "../../src/nn/index.ts";
import { mul } from "../../src/ops/index.ts";
import * as optim from "../../src/optim/index.ts";
import { fit } from "../../src/train/index.ts";

const names = Object.getOwnPropertyNames(Object.prototype);
const named = <T>(name: string, value: T): Record<string, T> => Object.fromEntries([[name, value]]);
const picture = { width: 2, height: 2, channels: 1 as const, data: new Uint8Array(4) };
const samples = { name: "s", images: zeros([4, 1, 2, 2]), labels: zeros([4], "i32"), classes: ["a", "b"] };
const build = (layer: nn.Layer) => nn.Model.build(layer, { input: [1, 2, 2] });
const own = (initial: string | { type: string }, type = "own", parameter = "w") =>
  nn.defineLayer({
    type,
    options: {},
    forward: (_, x, scope) => mul(x, scope.parameter(parameter, x.shape.slice(1), initial as "ones")),
  });

const lookups: Readonly<Record<string, (name: string) => unknown>> = {
  "an element type of zeros": (name) => zeros([1], name as "f32"),
  "an element type of full": (name) => full([1], 1, name as "f32"),
  "an element type of array": (name) => array([1], name as "f32"),
  "an element type of a cast": (name) => zeros([1]).cast(name as "f32"),
  "an element type of an array": (name) => new NdArray(new Float32Array(1), [1], name as "f32"),
  "an engine": (name) => selectEngine(name),
  "an initializer": (name) => build(own(name)()),
  "an initializer with options": (name) => build(own({ type: name })()),
  "an option of a layer": (name) => nn.conv2d(1, named(name, 1) as never),
  "a padding": (name) => nn.conv2d(1, { kernel: 1, padding: name as "same" }),
  "an option of an optimizer": (name) => optim.sgd(named(name, 1)),
  "an option of fit": (name) => fit(nn.relu(), samples, named(name, 1)),
  "an augmentation": (name) => fit(nn.flatten(), samples, { augment: [{ type: name, options: {} }] as never }),
  "an option of an augmentation": (name) => augmentations.flip(named(name, 1)),
  "a border": (name) => filter(picture, [[1]], { border: name as "zero" }),
  "a format of pictures": (name) => encodePicture(picture, { format: name as "png" }),
  "a layer type in a file": async (name) => nn.Model.fromBytes(await (await build(own("ones", name)())).toBytes()),
};

describe.each(names)("%s", (name) => {
  it.each(Object.entries(lookups))("is not %s", async (_, lookUp) => {
    const failure = await (async () => lookUp(name))().then(
      () => new Error("it was accepted"),
      (error) => error,
    );
    expect(failure).toBeInstanceOf(FoveaError);
    expect(failure.message).toContain(name);
  });

  it("may be the name of tensors, parameters, layers and classes", async () => {
    const file = readSafetensors(writeSafetensors(new Map([[name, array([7])]]), named(name, "kept")));
    expect([file.tensors.get(name)?.item(), file.metadata[name]]).toEqual([7, "kept"]);
    const layer = own("ones", name, name);
    const model = await build(nn.branches({ ...named(name, layer()), other: nn.relu() }));
    const again = await nn.Model.fromBytes(await model.toBytes(), { layers: [layer] });
    expect(again.variables.map((variable) => variable.name)).toEqual([`${name}.${name}`]);
    expect(holdOut({ ...samples, classes: [name, "b"] }, 1, 1).train.classes[0]).toBe(name);
  });
});
