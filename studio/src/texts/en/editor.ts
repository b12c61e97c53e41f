/** The editor of the network. */
const figure = (count: number): string => count.toLocaleString("en");

export const editor = {
  view: "Form",
  views: [
    ["text", "text"],
    ["blocks", "blocks"],
  ] as const,
  presets: "Begin with",
  ready: "Networks written out",
  zoo: "By name",
  text: "Network, a layer a line",
  line: "line",
  output: "output",
  parameters: "parameters",
  multiplyAdds: "multiply-adds",
  shape: (shape: readonly number[]) => shape.join(" × "),
  count: figure,
  short: (count: number) =>
    count < 1e4
      ? figure(count)
      : Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 }).format(count),
  total: "In all",
  input: (shape: readonly number[], classes: number) => `pictures ${shape.join(" × ")}, ${classes} classes`,
  apply: "Use this network",
  keepWeights: "Layers that stay the same keep their weights",
  used: (kept: readonly string[]) =>
    kept.length === 0
      ? "In use, with new weights in all layers."
      : `In use. These keep their weights: ${kept.join(", ")}. The address alone begins with new ones.`,
  opening: "Looking at the data",
  tooLong: (length: number, most: number) =>
    `The network takes ${figure(length)} characters of the address; the limit is ${figure(most)}: make it shorter, such as by repeating whole blocks.`,
  blocks: "Layers in order",
  block: (number: number, name: string) => `Layer ${number}: ${name}`,
  up: (number: number, name: string) => `Move layer ${number}, ${name}, up`,
  down: (number: number, name: string) => `Move layer ${number}, ${name}, down`,
  remove: (number: number, name: string) => `Delete layer ${number}, ${name}`,
  add: "Add a layer",
  more: "More options",
  fewer: "Fewer options",
  source: "Text of the layer",
  architecture: (name: string) => `${name} stands for all its layers: write out a network to change single ones.`,
  blocksNeedText: "Blocks show what can be read: mend the text first.",
  keys: "Alt and ↑ or ↓ move a layer.",
};
