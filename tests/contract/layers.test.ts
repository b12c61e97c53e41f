/**
 * The contract of a layer, for every one of them: derivatives as central differences have them, with respect to input and
 * parameters, while training and not; the same numbers on every engine; the same layer after saving and loading.
 */
import { describe, expect, it } from "vitest";
import { NdArray, Random, sizeOf } from "../../src/array/index.ts";
import { compile, createInterpreter, type Engine } from "../../src/engines/index.ts";
import { type Tensor, trace } from "../../src/graph/index.ts";
import { Application } from "../../src/nn/application.ts";
import { layerCatalog } from "../../src/nn/catalog.ts";
import * as nn from "../../src/nn/index.ts";
import { initialize } from "../../src/nn/initializers.ts";
import { type ValueSource, VariableStore } from "../../src/nn/store.ts";
import { gradient, mul, sum } from "../../src/ops/index.ts";
import { checkGradient, compare, FLOAT32_TOLERANCE } from "../../src/testing/index.ts";
import { usable } from "../support/engines.ts";
import { layerTable, type Row } from "./layer-table.ts";

const BATCH = 3;

const modes = [{ training: false }, { training: true }];

function inputOf({ name, input, numbersBelow }: Row, float: "f32" | "f64"): NdArray {
  const shape = [BATCH, ...input];
  const random = new Random(1, name);
  const data = Float64Array.from({ length: sizeOf(shape) }, () =>
    numbersBelow === undefined ? random.uniform(-2, 2) : random.integer(numbersBelow),
  );
  return new NdArray(data, shape, "f64").cast(numbersBelow === undefined ? float : "i32");
}

/** As the layer starts them, but away from 0 and from each other; those that count stay whole. */
const valuesIn =
  (float: "f32" | "f64"): ValueSource =>
  (path, { shape, dtype }, initial) => {
    const random = new Random(2, path);
    const values = initialize(initial, shape, random).cast("f64");
    if (dtype !== "f32") return values.cast(dtype);
    for (let i = 0; i < values.size; i++) values.data[i] += random.uniform(0.1, 0.5);
    return values.cast(float);
  };

/** The layer's variables, made by a first application inside a trace whose results are not used. */
function storeOf(row: Row, x: Tensor, float: "f32" | "f64"): VariableStore {
  const store = new VariableStore(5, valuesIn(float));
  new Application(store, {}).run(row.layer, x);
  return store;
}

const trainable = (store: VariableStore) => [...store.variables.values()].filter((variable) => variable.trainable);

/** Output, derivatives and state, for each mode. */
function resultsOn(engine: Engine, row: Row, x: NdArray): Promise<NdArray[][]> {
  const results = modes.map(async (mode) => {
    const step = compile(
      (input) => {
        const store = storeOf(row, input, "f32");
        const y = new Application(store, mode).run(row.layer, input);
        const weighted = sum(mul(y, y));
        const wanted = [...(x.dtype === "f32" ? [input] : []), ...trainable(store).map((v) => v.read())];
        const state = [...store.variables.values()].filter((v) => !v.trainable).map((v) => v.read());
        return { y, slopes: gradient(weighted, wanted), state };
      },
      [x],
      { engine },
    );
    const { y, slopes, state } = await step(x);
    return [y, ...slopes, ...state];
  });
  return Promise.all(results);
}

describe.each(layerTable)("$name", (row) => {
  it.skipIf(row.otherwise !== undefined).each(modes)("has the derivatives that differences show, %o", (mode) => {
    const x = inputOf(row, "f64");
    // Parameters are inputs of the body, which puts them in the variables' place.
    let values: NdArray[] = [];
    trace(
      (input) => {
        values = trainable(storeOf(row, input, "f64")).map(({ value }) => value);
      },
      [x],
    );
    checkGradient(
      (input, ...parameters) => {
        const store = storeOf(row, input, "f64");
        trainable(store).forEach((variable, i) => {
          variable.assign(parameters[i]);
        });
        return [new Application(store, mode).run(row.layer, input)];
      },
      [x, ...values],
      row.name,
    );
  });

  const others = usable.filter(({ name }) => name !== "interpreter");
  /** All engines are compared with the same. */
  let expected: Promise<NdArray[][]> | undefined;
  it.each(others)("computes the same on $name as on the interpreter", async ({ engine }) => {
    const x = inputOf(row, "f32");
    expected ??= resultsOn(createInterpreter(), row, x);
    const [wanted, found] = await Promise.all([expected, resultsOn(engine, row, x)]);
    for (const [m, mode] of modes.entries()) {
      wanted[m].forEach((value, i) => {
        compare(value, found[m][i], FLOAT32_TOLERANCE, `${row.name}, training ${mode.training}, result ${i}`);
      });
    }
  });

  it("is the same after saving and loading", async () => {
    const { layer, input, numbersBelow } = row;
    const model = nn.Model.build(layer, { input, dtype: numbersBelow === undefined ? "f32" : "i32", seed: 3 });
    const loaded = nn.Model.fromBytes(await model.toBytes());
    expect(await loaded.toBytes()).toEqual(await model.toBytes());
    expect(JSON.stringify(loaded.layer)).toBe(JSON.stringify(layer));
    const x = inputOf(row, "f32");
    const outputs = [model, loaded].map((one) =>
      compile((tensor) => ({ y: one(tensor) }), [x], { engine: createInterpreter() })(x),
    );
    const [ours, theirs] = await Promise.all(outputs);
    expect(theirs.y.data).toEqual(ours.y.data);
  });
});

it("covers every layer of the catalog", () => {
  const seen = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if ("type" in value && typeof value.type === "string") seen.add(value.type);
    Object.values(value).forEach(visit);
  };
  for (const { layer } of layerTable) visit(JSON.parse(JSON.stringify(layer)));
  const types = [...layerCatalog().values()].map(({ definition }) => definition.type);
  const missing = types.filter((type) => !seen.has(type));
  expect(missing.map((type) => `the layer '${type}' wants a row in tests/contract/layer-table.ts`)).toEqual([]);
});
