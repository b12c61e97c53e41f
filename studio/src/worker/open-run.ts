/** The run that a session has open: data, network, engine and trainer. All calls work on it. */
import { createWasmEngine, type Engine, nn } from "fovea";
import { inputShape, sampleCount } from "fovea/data";
import { createProbe, type Probe, type ProbeOptions } from "fovea/inspect";
import type { LayerRow, Opened, Recipe } from "./api.ts";
import { firstRows, loadData, type Parts, picturesOf } from "./data/load-data.ts";
import { describeModel } from "./describe-model.ts";
import { withOwnLabels } from "./labels.ts";
import { keepWeights } from "./network/keep-weights.ts";
import { networkOf, readNetwork } from "./network/read-network.ts";
import { Trainer } from "./trainer.ts";

/** Training pictures that are shown beside the data. */
const SHOWN = 24;

export interface OpenRun {
  readonly recipe: Recipe;
  readonly parts: Parts;
  readonly model: nn.Model;
  readonly engine: Engine;
  readonly trainer: Trainer;
  /** The paths of the layers, in order. */
  readonly paths: readonly string[];
  readonly layers: readonly LayerRow[];
  /** A compiled probe under a name, which is made when it is first asked for. */
  readonly probe: (name: string, options: ProbeOptions) => Probe;
}

/**
 * Reads the data, builds the network, and describes both.
 * @param former a model whose weights are kept where layers match
 * @throws the library's errors
 */
export async function openRun(
  recipe: Recipe,
  onChange: () => void,
  former?: nn.Model,
): Promise<{ readonly run: OpenRun; readonly opened: Opened }> {
  const text = readNetwork(recipe.network);
  const parts = withOwnLabels(await loadData(recipe));
  const { classes, normalization } = parts.train;
  const input = inputShape(parts.train);
  const layer = networkOf(text, input, classes.length);
  const model = nn.Model.build(layer, { input, seed: recipe.seed, classes, normalization });
  // Before the trainer: it remembers the network as it is before the first step.
  const kept = former === undefined ? [] : await keepWeights(former, model);
  // Fused multiply-adds round as the processor does: without them an address gives the same bits everywhere.
  const engine = createWasmEngine({ ...(recipe.threads > 0 && { threads: recipe.threads }), relaxed: false });
  const trainer = new Trainer(model, parts, recipe, engine, onChange);
  const described = describeModel(model);
  const probes = new Map<string, Probe>();
  const probe: OpenRun["probe"] = (name, options) => {
    const known = probes.get(name) ?? createProbe(model, { ...options, engine });
    probes.set(name, known);
    return known;
  };
  const { layers } = described;
  const paths = layers.map(({ path }) => path);
  const opened: Opened = {
    dataName: parts.train.name,
    classes,
    input,
    trainCount: sampleCount(parts.train),
    heldOutCount: sampleCount(parts.heldOut),
    sample: await picturesOf(parts.train, firstRows(parts.train, SHOWN)),
    ...described,
    stepsPerEpoch: trainer.stepsPerEpoch,
    spansRun: trainer.spansRun,
    threads: threadsOf(recipe.threads),
    kept,
  };
  return { run: { recipe, parts, model, engine, trainer, paths, layers, probe }, opened };
}

function threadsOf(wanted: number): Opened["threads"] {
  const isolated = globalThis.crossOriginIsolated === true;
  const available = navigator.hardwareConcurrency ?? 1;
  const used = isolated ? (wanted > 0 ? wanted : Math.min(8, available)) : 1;
  return { used, available, isolated };
}
