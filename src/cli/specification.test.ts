import { describe, expect, it } from "vitest";
import { OptionError } from "../array/index.ts";
import { parseSpecification } from "./specification.ts";

describe("a thing with options in one word", () => {
  it.each<[string, string, object]>([
    ["sgd", "sgd", {}],
    ["sgd:momentum=0.9", "sgd", { momentum: 0.9 }],
    ["rmsprop:smoothing=.9,centered=true,epsilon=1e-8", "rmsprop", { smoothing: 0.9, centered: true, epsilon: 1e-8 }],
    ["multiStep:milestones=30,60,factor=0.2", "multiStep", { milestones: [30, 60], factor: 0.2 }],
    ["adam:betas=0.9,0.99,decay=decoupled", "adam", { betas: [0.9, 0.99], decay: "decoupled" }],
    ["x:flag=false,empty=", "x", { flag: false, empty: "" }],
  ])("%s", (text, name, options) => expect(parseSpecification(text)).toEqual({ name, options }));

  it.each(["", ":a=1", "sgd:", "sgd:0.9", "sgd:a=1,a=2"])("'%s' is none", (text) => {
    expect(() => parseSpecification(text)).toThrow(OptionError);
  });
});
