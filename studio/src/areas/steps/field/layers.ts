/** The stack of layers as text in the address: `c3.1.1.0~p2.2.1.0`, kernel, stride, dilation and padding of each. */
import type { FieldLayer } from "../../../worker/steps/api.ts";

const KINDS = { c: "conv", p: "pool" } as const;

/** What the explorer begins with: LeNet's layers. */
export const FIRST_LAYERS = "c5.1.1.2~p2.2.1.0~c5.1.1.0~p2.2.1.0";
export const MOST_LAYERS = 8;

export const fieldLimits = {
  kernel: [1, 9],
  stride: [1, 4],
  dilation: [1, 4],
  padding: [0, 8],
} as const satisfies Readonly<Record<string, readonly [least: number, most: number]>>;

export type FieldNumber = keyof typeof fieldLimits;

/** The layers of a text; what is none is left out. */
export const readLayers = (text: string): FieldLayer[] =>
  text
    .split("~")
    .map((word) => {
      const kind = KINDS[word[0] as keyof typeof KINDS];
      const numbers = word.slice(1).split(".").map(Number);
      const names = Object.keys(fieldLimits) as FieldNumber[];
      const fits =
        numbers.length === names.length &&
        names.every((name, i) => {
          const [least, most] = fieldLimits[name];
          return Number.isInteger(numbers[i]) && numbers[i] >= least && numbers[i] <= most;
        });
      if (kind === undefined || !fits) return undefined;
      const [kernel, stride, dilation, padding] = numbers;
      return { kind, kernel, stride, dilation, padding };
    })
    .filter((layer) => layer !== undefined)
    .slice(0, MOST_LAYERS);

export const writeLayers = (layers: readonly FieldLayer[]): string =>
  layers
    .map(({ kind, kernel, stride, dilation, padding }) => `${kind[0]}${[kernel, stride, dilation, padding].join(".")}`)
    .join("~");
