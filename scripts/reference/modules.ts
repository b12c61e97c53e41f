/** Pages of whole entries and rooms: everything that they export, file by file. */
import { source } from "./entries.ts";
import { contents, groupsOf, section } from "./groups.ts";
import { heading, page } from "./markdown.ts";

interface Module {
  readonly title: string;
  readonly introduction: string;
  /** The entry that exports what the page tells of. */
  readonly entry: string;
  /** The rooms and files whose exports are on the page. Default: all. */
  readonly from?: readonly string[];
}

const MAIN = "src/entries/main.ts";

const modules: Readonly<Record<string, Module>> = {
  "arrays.md": {
    title: "Arrays and errors",
    introduction:
      'Host values: `import { array, NdArray, zeros } from "fovea"`. Compiled functions take and return typed arrays with a ' +
      "shape; none has to be disposed of. Every error that is raised on purpose is a `FoveaError`.",
    entry: MAIN,
    from: ["src/array/"],
  },
  "compile.md": {
    title: "Tracing and compiling",
    introduction:
      'From a function over symbolic tensors to a program: `import { compile, evaluate, Variable } from "fovea"`. State between ' +
      "steps is kept in variables, gradients extend the graph, and a custom op is a record. See also [operations](ops.md) and " +
      "[engines](engines.md).",
    entry: MAIN,
    from: ["src/engines/", "src/graph/", "src/ops/trace.ts"],
  },
  "options.md": {
    title: "Options",
    introduction:
      'Schemas of options, for ops and layers of your own: `import { integer, withDefault } from "fovea"`. A schema gives types, ' +
      "checks, defaults and error messages; what it holds is plain JSON.",
    entry: MAIN,
    from: ["src/options/"],
  },
  "data.md": {
    title: "Data",
    introduction:
      'Data sets, batches and augmentation: `import { imageFolder, mnist } from "fovea/data"`. A data set has pictures (or other ' +
      "arrays), labels and class names; it is held in memory, or its pictures are read when they are needed.",
    entry: "src/entries/data.ts",
  },
  "train.md": {
    title: "Training and evaluation",
    introduction:
      'The training loop, predictions and evaluation: `import { evaluateModel, fit, predict } from "fovea/train"`.',
    entry: "src/entries/train.ts",
  },
  "image.md": {
    title: "Pictures",
    introduction:
      'Reading and writing pictures, filters, classical features and warps: `import { loadPicture, canny } from "fovea/image"`.',
    entry: "src/entries/image.ts",
  },
  "text.md": {
    title: "Text",
    introduction:
      'Texts cut into tokens and numbered, word vectors, n-gram models: `import { learnTokenizer, ngramModel } from "fovea/text"`. ' +
      "[What there is for text](../text.md).",
    entry: "src/entries/text.ts",
  },
  "models.md": {
    title: "Architectures",
    introduction: 'Networks by name: `import { lenet5 } from "fovea/models"`.',
    entry: "src/entries/models.ts",
  },
  "inspect.md": {
    title: "Inspection",
    introduction:
      'Layers, parameters, multiply-adds and receptive fields of a network: `import { summarize } from "fovea/inspect"`.',
    entry: "src/entries/inspect.ts",
  },
  "formats.md": {
    title: "File formats",
    introduction:
      'Readers and writers of files: `import { readTensors, readTar } from "fovea/formats"`. Sizes in a file are checked ' +
      "before memory is allocated for them; an invalid file is a `FormatError`. No code in a file is run.",
    entry: "src/entries/formats.ts",
  },
  "onnx.md": {
    title: "ONNX",
    introduction:
      'Models as ONNX files, for other runtimes: `import { toOnnx } from "fovea/onnx"`. [What is written how](../onnx.md).',
    entry: "src/entries/onnx.ts",
  },
  "testing.md": {
    title: "Testing",
    introduction: 'Tests of the contract of a custom op: `import { checkOp } from "fovea/testing"`.',
    entry: "src/entries/testing.ts",
  },
};

function modulePage({ title, introduction, entry, from = [""] }: Module): string {
  const isOnPage = (file: string): boolean => from.some((start) => file.startsWith(start));
  const groups = groupsOf(
    source()
      .exportsOf(entry)
      .filter(({ file }) => isOnPage(file)),
  );
  return page(heading(1, title), introduction, contents(groups), ...groups.map((group) => section(group)));
}

export const modulePages: Readonly<Record<string, () => string>> = Object.fromEntries(
  Object.entries(modules).map(([name, module]) => [name, () => modulePage(module)]),
);
