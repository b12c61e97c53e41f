/**
 * Model files that claim sizes: every layer type with each of its numbers, and each axis of the input, replaced by huge
 * ones; long names, deep values, many tables. Loading one must end with a model or a FoveaError, in little time and
 * memory. Prints what broke a bound, then a summary. `full` tries more numbers, and each file without its tensors too.
 *
 *   node --conditions=fovea-source --import ./scripts/typescript.mjs tests/failures/claims.ts [full]
 */
import { FoveaError } from "../../src/array/index.ts";
import { readSafetensors, writeSafetensors } from "../../src/formats/index.ts";
import { Model } from "../../src/nn/index.ts";
import { layerTable } from "../contract/layer-table.ts";

const SECONDS = 2;
const MEGABYTES = 200;
const isFull = process.argv[2] === "full";
const all = [1e5, 1e6, 3e8, 2 ** 31, 2 ** 32 + 1, 2 ** 53 - 1, 2 ** 53, 1e308, -1, 1e-300];
const huge = isFull ? all : [3e8];

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** `value` with each of its numbers replaced in turn. */
function* variants(value: Json, number: number): Generator<{ at: string; value: Json }> {
  if (typeof value === "number") yield { at: "", value: number };
  else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      for (const variant of variants(item, number)) {
        const copy = Array.isArray(value) ? [...value] : { ...value };
        yield { at: `.${key}${variant.at}`, value: Object.assign(copy, { [key]: variant.value }) };
      }
    }
  }
}

const megabytes = (): number => process.resourceUsage().maxRSS / 1024;
const before = megabytes();
const outcomes = { refused: 0, accepted: 0, broken: 0 };

function load(name: string, bytes: Uint8Array): void {
  const [start, memory] = [performance.now(), megabytes()];
  let outcome: keyof typeof outcomes = "accepted";
  let message = "";
  try {
    Model.fromBytes(bytes);
  } catch (error) {
    message = String((error as Error).message);
    outcome = error instanceof FoveaError && message.length < 5000 ? "refused" : "broken";
  }
  const [seconds, growth] = [(performance.now() - start) / 1000, megabytes() - memory];
  if (seconds > SECONDS || growth > MEGABYTES) outcome = "broken";
  outcomes[outcome]++;
  if (outcome === "broken") {
    console.log(`${name}: ${seconds.toFixed(1)} s, ${growth.toFixed(0)} MB more: ${message.slice(0, 200)}`);
  }
}

for (const { name, layer, input, numbersBelow } of layerTable) {
  const dtype = numbersBelow === undefined ? "f32" : "i32";
  const { tensors, metadata } = readSafetensors(await Model.build(layer, { input, dtype }).toBytes());
  const description = JSON.parse(metadata.fovea) as { [key: string]: Json };
  for (const number of huge) {
    for (const { at, value } of variants({ architecture: description.architecture, input: [...input] }, number)) {
      const json = JSON.stringify({ ...description, ...(value as object) });
      load(`${name} with ${at} ${number}`, writeSafetensors(tensors, { fovea: json }));
      if (isFull) load(`${name} with ${at} ${number}, no tensors`, writeSafetensors([], { fovea: json }));
    }
  }
}

const long = "x".repeat(isFull ? 1e7 : 1e6);
const brackets = "[".repeat(1e5) + "]".repeat(1e5);
const named = (layers: readonly string[]): string =>
  layers.map((layer, i) => `{"name":"${i}","layer":${layer}}`).join(",");
const sequential = (...layers: readonly string[]): string => `{"type":"sequential","layers":[${named(layers)}]}`;
const times = (count: number, layer: string): string => sequential(...new Array<string>(count).fill(layer));

/** Architectures as they stand in files, each with an input. */
const others: readonly (readonly [name: string, architecture: string, input: string])[] = [
  ["a long type", `{"type":"${long}"}`, "[2]"],
  ["a long option", `{"type":"relu","${long}":1}`, "[2]"],
  ["a long value", `{"type":"rescale","factor":"${long}"}`, "[2]"],
  ["a long name", `{"type":"sequential","layers":[{"name":"${long}","layer":{"type":"linear","units":2}}]}`, "[2]"],
  ["a long name that nothing remembers", `{"type":"maxUnpool1d","of":"${long}"}`, "[2,2]"],
  ["a deep value", `{"type":"rescale","factor":${brackets}}`, "[2]"],
  ["deep sizes", `{"type":"zeroPad","padding":${brackets}}`, "[2,2]"],
  ["a deep initializer", `{"type":"linear","units":1,"initializer":{"type":"constant","value":${brackets}}}`, "[2]"],
  ["many sizes", `{"type":"zeroPad","padding":[${new Array(1e6).fill(1)}]}`, "[2,2]"],
  ["many axes", '{"type":"relu"}', `[${new Array(1e6).fill(1)}]`],
  ["many layers", times(2e4, '{"type":"relu"}'), "[2]"],
  ["many tables", times(100, '{"type":"adaptiveMaxPool","size":[1999,1999]}'), "[1,3,3]"],
  ["many interpolations", times(100, '{"type":"upsampleBilinear","size":[1000001,1]}'), "[1,3,1]"],
  ["maps that double", times(60, '{"type":"upsampleNearest","scale":2}'), "[1,2,2]"],
  ["a large table", '{"type":"adaptiveAvgPool","size":[3000,3000]}', "[1,2,2]"],
  ["a large table of large windows", '{"type":"adaptiveAvgPool","size":3}', "[1,100000000]"],
  ["a long mirror", '{"type":"reflectPad","padding":1}', "[1,200000000]"],
];
for (const [name, architecture, input] of others) {
  load(name, writeSafetensors([], { fovea: `{"version":1,"input":${input},"architecture":${architecture}}` }));
}

console.log(JSON.stringify({ ...outcomes, megabytes: Math.round(megabytes() - before) }));
