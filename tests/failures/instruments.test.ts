/** What a user reads when a network is looked into wrongly: one message, with what was expected and what to change. */
import { describe, expect, it } from "vitest";
import { array, NdArray, zeros } from "../../src/array/index.ts";
import type { Dataset } from "../../src/data/index.ts";
import * as inspect from "../../src/inspect/index.ts";
import * as nn from "../../src/nn/index.ts";
import { fit } from "../../src/train/index.ts";

const engine = "interpreter" as const;
/** As plain JavaScript would write it. */
const anything = (value: unknown): never => value as never;

const classes = ["ant", "bee", "cow"];
const layers = { conv: nn.conv2d(2, { kernel: 3 }), act: nn.relu(), flat: nn.flatten(), fc: nn.linear(3) };
const net = nn.Model.build(nn.sequential(layers), { input: [1, 6, 6], classes, seed: 1 });
const smooth = nn.Model.build(nn.sequential({ fc: nn.linear(4), act: nn.tanh(), out: nn.linear(3) }), {
  input: [5],
  classes,
});
const words = nn.Model.build(nn.sequential({ embed: nn.embedding(9, 4), flat: nn.flatten(), out: nn.linear(3) }), {
  input: [2],
  dtype: "i32",
});
const pair = nn.Model.build(nn.network({ left: [4], right: [4] }, ({ left, right }) => nn.linear(3)(left.add(right))));
const single = nn.Model.build(nn.linear(3), { input: [5], classes });
const broken = nn.Model.build(nn.sequential(layers), { input: [1, 6, 6], classes, seed: 1 });
broken.variables[0].value.data[0] = Number.NaN;

const pictures = zeros([2, 1, 6, 6]);
const rows = zeros([2, 5]);
const data: Dataset = {
  name: "blank",
  images: zeros([8, 1, 6, 6]),
  labels: array([0, 1, 2, 0, 1, 2, 0, 1], "i32"),
  classes,
};
const points: Dataset = { name: "points", images: zeros([8, 5]), labels: data.labels, classes };
const none: Dataset = { name: "none", images: zeros([0, 1, 6, 6]), labels: array([], "i32"), classes };
const points2 = new NdArray(new Float32Array(8), [4, 2], "f32");

/** Each program, and what it says. */
type Rows = readonly (readonly [what: string, program: () => unknown, message: string])[];

function check(name: string, table: Rows): void {
  describe(name, () => {
    it.each(table)("%s", async (_, program, message) => {
      const said = await (async () => program())().then(
        () => "nothing",
        (error: Error) => `${error.name}: ${error.message}`,
      );
      expect(said).toBe(message);
    });
  });
}

const probe = (options: object, model = net) => inspect.createProbe(model, { engine, ...options });
check("a probe", [
  [
    "of a path that is misspelt",
    () => probe({ values: ["cnv"] })(pictures),
    "OptionError: the model: there is no value 'cnv' to tap; did you mean conv?",
  ],
  [
    "of a pattern that matches nothing",
    () => probe({ values: ["layer1.*"] })(pictures),
    "OptionError: the model: no value matches 'layer1.*' to tap; known: conv, act, flat, fc",
  ],
  [
    "of a class beyond the last",
    () => probe({ gradients: ["input"] })(pictures, 3),
    "OptionError: probe: index 3, the target 'class' has 3 numbers, 0 to 2",
  ],
  [
    "of half a class",
    () => probe({ gradients: ["input"] })(pictures, 1.5),
    "OptionError: probe: index 1.5, expected a class or unit, an integer from 0 on, or -1",
  ],
  [
    "of more classes than samples",
    () => probe({ gradients: ["input"] })(pictures, [0, 1, 2]),
    "OptionError: probe: 3 indices for 2 samples",
  ],
  [
    "of pictures of another size",
    () => probe({ values: ["act"] })(zeros([2, 1, 7, 6])),
    "ShapeError: the model takes inputs of shape [n,1,6,6], got f32[2,1,7,6]",
  ],
  [
    "that derives by integers",
    () => probe({ gradients: ["input"] }, words)(array([[1, 2]], "i32")),
    "OptionError: createProbe: gradients: 'input' has integers, which have no derivative; take a layer after it, such as an embedding",
  ],
  [
    "of one input of two",
    () => probe({ values: ["output"] }, pair)(zeros([2, 4])),
    "OptionError: probe: the model has the inputs left, right; give a record of arrays, got an NdArray f32[2,4]",
  ],
  [
    "with a misspelt option",
    () => probe({ value: ["act"] }),
    "OptionError: createProbe: there is no option 'value'; did you mean values?",
  ],
  ["of no model", () => inspect.createProbe(anything({})), "OptionError: createProbe: expects a model, got an object"],
]);

const attribute = (method: string, options: object = {}, model = net, inputs = pictures) =>
  inspect.attribute(model, inputs, anything({ method, engine, ...options }));
check("attribution", [
  [
    "by a method that does not exist",
    () => attribute("gradcam"),
    "OptionError: attribute: there is no method 'gradcam'; did you mean grad-cam?",
  ],
  [
    "with an option of another method",
    () => attribute("gradient", { steps: 9 }),
    "OptionError: attribute, gradient: there is no option 'steps'; known: none",
  ],
  [
    "of maps where there are none",
    () => attribute("grad-cam", {}, smooth, rows),
    "OptionError: grad-cam: the network has no layer with maps, [n, channels, …spatial] of more than one position; take a method without layer, such as integrated-gradients",
  ],
  [
    "of a layer without maps",
    () => attribute("grad-cam", { layer: "fc" }),
    "OptionError: grad-cam: there is no layer 'fc' with maps of more than one position; known: conv, act",
  ],
  [
    "of rectifiers where there are none",
    () => attribute("guided-backpropagation", {}, smooth, rows),
    "OptionError: guided-backpropagation: it is another rule for ReLU, and the network has none; take gradient or integrated-gradients",
  ],
  [
    "of a class that does not exist",
    () => attribute("gradient", { index: "dog" }),
    "OptionError: attribute: there is no class 'dog'; did you mean cow?",
  ],
  [
    "by a window that is too large",
    () => attribute("occlusion", { window: 7 }),
    "OptionError: occlusion: window 7, the axis has 6 positions",
  ],
  [
    "of a network with NaN",
    () => attribute("gradient", {}, broken),
    "NumericError: attribute: the target of sample 0 is NaN, expected a finite number; look at the layers' values for the first that is not",
  ],
  [
    "of a baseline of another shape",
    () => attribute("integrated-gradients", { baseline: zeros([1, 5, 5]) }),
    "ShapeError: attribute: the baseline of 'input' is [1,5,5], expected [1,6,6] or [2,1,6,6]",
  ],
]);

check("what excites a unit", [
  [
    "in a layer that does not exist",
    () => inspect.topSamples(net, data, { layers: ["con"], engine }),
    "OptionError: the model: there is no value 'con' to tap; did you mean conv?",
  ],
  [
    "of a channel that does not exist",
    async () => inspect.topOf((await inspect.topSamples(net, data, { layers: ["act"], engine }))[0], 2),
    "OptionError: topOf: channel 2 of act, expected an integer from 0 to 1",
  ],
  [
    "of NaN",
    () => inspect.topSamples(broken, data, { layers: ["conv"], engine }),
    "NumericError: topSamples: unit 0 of conv is NaN for sample 0; look for NaN in the sample or the weights",
  ],
  [
    "of integers",
    () => inspect.createAscent(words),
    "OptionError: ascent: the input has integers, which have no derivative",
  ],
  [
    "of two inputs",
    () => inspect.createAscent(pair),
    "OptionError: ascent: the model has the inputs left, right; ascent is for one",
  ],
  [
    "turned, without pictures",
    () => inspect.createAscent(smooth, { turn: 5 }),
    "OptionError: ascent: turn and scale are for pictures, the input is [5]; leave them out",
  ],
  [
    "in colors of a gray picture",
    () => inspect.createAscent(net, { decorrelate: true }),
    "OptionError: ascent: decorrelate is for pictures of three channels, the input is [1,6,6]; leave it out",
  ],
  [
    "relaxed for half a step",
    () => inspect.createAscent(net, { relaxed: 0.5 }),
    "OptionError: ascent: relaxed must be an integer of at least 0, got 0.5",
  ],
  [
    "of a channel that is not there",
    () => inspect.createAscent(net, { target: inspect.channelTarget("act"), steps: 1, engine })(7),
    "OptionError: ascent: index 7, the target 'channel of act' has 2 numbers, 0 to 1",
  ],
  [
    "dreamed of without a layer",
    () => inspect.dream(net, anything(pictures), anything({})),
    "OptionError: dream: give the layer that is to answer, or a target",
  ],
  [
    "projected from a channel that is not there",
    () => inspect.deconvProjections(net, zeros([1, 1, 6, 6]), { layer: "act", channels: [5], engine }),
    "OptionError: deconvProjections: channel 5 of act, expected an integer from 0 to 1",
  ],
]);

check("statistics", [
  [
    "of no samples",
    () => inspect.layerStatistics(net, none, { engine }),
    "OptionError: layerStatistics: there are no samples",
  ],
  [
    "of a single layer",
    () => inspect.layerStatistics(single, points, { engine }),
    "OptionError: layerStatistics: the network is a single layer, without inner ones",
  ],
  [
    "of samples of another size",
    () => inspect.layerStatistics(smooth, data, { engine }),
    "ShapeError: the model takes inputs of shape [n,5], got f32[8,1,6,6]",
  ],
  [
    "in every half step",
    () => inspect.trainingStatistics({ every: 0.5 }),
    "OptionError: trainingStatistics: every must be an integer of at least 1, got 0.5",
  ],
  [
    "that fit cannot take",
    () => fit(net, data, { engine, statistics: anything(inspect.trainingStatistics) }),
    "OptionError: fit: statistics must be statistics, such as trainingStatistics(), got a function; call it: trainingStatistics()",
  ],
  [
    "of filters that are none",
    () => inspect.filterPictures(net, { layer: "act" }),
    "OptionError: filterPictures: 'act' has no filters; known: conv",
  ],
  [
    "in a histogram without bins",
    () => inspect.histogram([1, 2], { bins: 0 }),
    "OptionError: histogram: bins must be an integer of at least 1, got 0",
  ],
]);

check("receptive fields and steps", [
  [
    "of an input that does not exist",
    () => inspect.receptiveFields(net, { input: "inptu" }),
    "OptionError: receptiveFields: there is no input 'inptu'; did you mean input?",
  ],
  [
    "over no samples",
    () => inspect.effectiveField(net, "act", { samples: 0 }),
    "OptionError: effectiveField: samples must be an integer of at least 1, got 0",
  ],
  [
    "of a path that is none",
    () => inspect.effectiveField(net, anything({ layer: "act" }), { engine }),
    "OptionError: receptiveFields: there is no value '[object Object]'; known: conv, act, flat, fc, output",
  ],
  [
    "of several samples in numbers",
    () => inspect.explainStep(net, pictures, "conv"),
    "OptionError: explainStep: input is [2,1,6,6], expected one sample, [1,1,6,6]",
  ],
  [
    "of a layer that does not exist",
    () => inspect.explainStep(net, zeros([1, 1, 6, 6]), "cov"),
    "OptionError: explainStep: there is no layer 'cov'; did you mean conv?",
  ],
]);

check("the space of a layer", [
  [
    "of a layer that does not exist",
    () => inspect.layerFeatures(net, data, "atc", { engine }),
    "OptionError: the model: there is no value 'atc' to tap; did you mean act or fc?",
  ],
  [
    "of more neighbors than there are",
    () => inspect.nearestNeighbors(points2, { k: 9, engine }),
    "OptionError: nearestNeighbors: k 9, but a query has only 3 other rows to be near to",
  ],
  [
    "of queries of another width",
    () => inspect.nearestNeighbors(points2, { queries: zeros([2, 3]), engine }),
    "ShapeError: nearestNeighbors: queries have 3 numbers a row, features 2",
  ],
  [
    "of more components than numbers",
    () => inspect.pca(points2, { components: 3 }),
    "OptionError: pca: 3 components of 4 rows of 2 numbers; there are 2",
  ],
  [
    "of more perplexity than points",
    () => inspect.tsne(points2, { perplexity: 30 }),
    "OptionError: tsne: perplexity 30 for 4 points, expected a number from 1 to 1, a third of the other points",
  ],
  [
    "of more neighbors than points",
    () => inspect.umap(points2, { neighbors: 15 }),
    "OptionError: umap: neighbors 15 of 4 points, expected at most as many as there are",
  ],
  [
    "compared over other samples",
    () => inspect.linearCka(points2, zeros([3, 2]), { engine }),
    "ShapeError: linearCka: x has 4 samples, y 3; give features of the same samples",
  ],
  [
    "compared over three samples",
    () => inspect.ckaMatrix(net, data, net, { batch: 3, engine }),
    "OptionError: ckaMatrix: a batch of 3 samples, expected at least 4; give more, or a larger batch",
  ],
  [
    "compared in NaN",
    () => inspect.ckaMatrix(net, data, broken, { engine }),
    "NumericError: CKA: conv has values that are not finite",
  ],
]);
