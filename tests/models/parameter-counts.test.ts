/** All architectures have as many parameters as published. Building a model draws none of them. */
import { expect, it } from "vitest";
import { sizeOf } from "../../src/array/index.ts";
import { architectures } from "../../src/models/index.ts";
import { Model } from "../../src/nn/index.ts";
import { parameterCounts } from "./parameter-counts.ts";

it("every architecture has a row", () => {
  expect(Object.keys(parameterCounts).sort()).toEqual(Object.keys(architectures).sort());
});

it.each(Object.entries(parameterCounts))("%s has %i parameters", (name, count) => {
  const { [name]: network } = architectures;
  const { variables } = Model.build(network(), { input: network.input });
  const trained = variables.filter(({ trainable }) => trainable);
  expect(trained.reduce((sum, { shape }) => sum + sizeOf(shape), 0)).toBe(count);
});
