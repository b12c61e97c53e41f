/** The chosen number as an equation: how its terms are written, by how the operation combines them. */

import type { Shown } from "../numbers.ts";
import { figure } from "../operations/figures.ts";
import { operations } from "../operations/operations.ts";
import { indexOf } from "../operations/shapes.ts";
import type { Chosen, Term } from "../operations/terms.ts";

/** `before term join term join term after = value`. */
export interface Equation {
  readonly before: string;
  readonly terms: readonly { readonly text: string; readonly isZero: boolean }[];
  readonly join: string;
  readonly after: string;
  /** The library's. */
  readonly value: number;
  readonly notes: readonly string[];
}

/** Negative numbers behind a sign stand in brackets. */
const factor = (value: number): string => (value < 0 ? `(${figure(value)})` : figure(value));

const product = ({ left, right, product: value }: Term) => ({
  text: `${figure(left)}·${factor(right)}`,
  isZero: value === 0,
});
const single = ({ left }: Term) => ({ text: figure(left), isZero: left === 0 });

const sumOf = (terms: readonly Term[], value: number, after = ""): Equation => ({
  ...{ before: "", terms: terms.map(product), join: "+", after, value, notes: [] },
});

type Rule = (shown: Shown, chosen: Chosen, terms: readonly Term[], value: number) => Equation;

const forward: Readonly<Record<"sum" | "maximum" | "mean", Rule>> = {
  sum: ({ scene }, _, terms, value) => {
    const { bias } = scene.request;
    return sumOf(terms, value, bias === 0 ? "" : ` + ${factor(bias)}`);
  },
  maximum: (_, __, terms, value) => {
    const inside = terms.filter(({ meeting }) => meeting.x >= 0);
    return { before: "max(", terms: inside.map(single), join: ",", after: ")", value, notes: [] };
  },
  mean: ({ scene }, _, terms, value) => {
    const { kernel } = scene.request.sizes;
    return { before: "(", terms: terms.map(single), join: "+", after: `) / ${kernel ** 2}`, value, notes: [] };
  },
};

const functions: Readonly<Record<"activation" | "softmax" | "normalization", Rule>> = {
  activation: ({ scene }, _, terms, value) => ({
    ...{ before: `${scene.request.activation}(`, terms: terms.map(single), join: "", after: ")", value, notes: [] },
  }),
  softmax: ({ scene }, { index }, terms, value) => ({
    before: `exp(${figure(scene.request.x.data[index])}) / (`,
    terms: terms.map(({ left }) => ({ text: `exp(${figure(left)})`, isZero: false })),
    join: "+",
    after: ")",
    value,
    notes: [],
  }),
  normalization: ({ scene, computed }, { index }, _, value) => {
    const { x, sizes, scale, offset, epsilon } = scene.request;
    const [, row, column] = indexOf(index, x.shape);
    const group = sizes.over === "batch" ? column : row;
    const [mean, variance] = [computed.statistics!.mean[group], computed.statistics!.variance[group]];
    return {
      before: `${factor(scale)}·`,
      terms: [
        {
          text: `(${figure(x.data[index])} − ${factor(mean)}) / √(${figure(variance)} + ${epsilon})`,
          isZero: false,
        },
      ],
      join: "",
      after: ` + ${factor(offset)}`,
      value,
      notes: [`μ = ${figure(mean)}`, `σ² = ${figure(variance)}`],
    };
  },
};

/** The equation of an output, or of a derivative; its value is the library's. */
export function equationOf(shown: Shown, chosen: Chosen, terms: readonly Term[], isBackward: boolean): Equation {
  const { scene, computed } = shown;
  if (isBackward) {
    const derivatives = chosen.of === "x" ? computed.dx : computed.dw;
    return sumOf(terms, derivatives?.data[chosen.index] ?? 0);
  }
  const value = computed.y.data[chosen.index];
  const { combines } = operations[scene.operation];
  const rule = combines === "function" ? functions[scene.operation as keyof typeof functions] : forward[combines];
  return rule(shown, chosen, terms, value);
}
