/**
 * Writes sequences with a network of a target and other inputs, step by step: what follows from the other inputs, such as an
 * encoder's outputs, is computed once; a step takes one token of each row and the states before it, of recurrent layers,
 * causal convolutions and positions. Both are compiled programs, one for each shape of their inputs.
 */
import { NdArray, OptionError, ShapeError } from "../../array/index.ts";
import type { EngineChoice } from "../../engines/index.ts";
import type { Tensor, TensorTree } from "../../graph/index.ts";
import { type GivenValue, lengthName, type Model, valuesBefore } from "../../nn/index.ts";
import { broadcastTo, gather, logSoftmax, reshape } from "../../ops/index.ts";
import { type BatchProgram, perBatchType } from "../programs.ts";
import type { Arrays, Tensors } from "../tasks/index.ts";

/** What a decoder needs to know. */
export interface DecoderOptions {
  /** The input with the tokens that are written, `i32` [n, steps]. Default `target`. */
  readonly target?: string | undefined;
  /** How many sequences are written for each sample. */
  readonly width: number;
  /** The engine, or its name. Default: the fastest available. */
  readonly engine?: EngineChoice | undefined;
}

/** Sequences that are being written. */
export interface Decoding {
  /** Of the next token, [n, tokens] at first, [n · width, tokens] after each step: a sample's rows are neighbors. */
  readonly logProbabilities: NdArray;
  /**
   * Goes on.
   * @param tokens the next token of each row, `i32` [n · width]
   * @param parents the row that each row continues
   */
  next(tokens: Int32Array, parents: Int32Array): Promise<Decoding>;
}

/** The results of a program: states by name are [k, rows, …]. */
interface Results<T> {
  readonly logProbabilities: T;
  readonly states: Readonly<Record<string, T>>;
  readonly values: Readonly<Record<string, T>>;
  readonly lengths: Readonly<Record<string, T>>;
}

type Traced = Results<Tensor> & TensorTree;

/** `prefix:name`, so that records of several kinds go into one. */
const prefixed = <T>(prefix: string, record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [`${prefix}:${name}`, value]));

/** The entries with a prefix, without it. */
const withPrefix = <T>(prefix: string, record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(
    Object.entries(record)
      .filter(([name]) => name.startsWith(`${prefix}:`))
      .map(([name, value]) => [name.slice(prefix.length + 1), value]),
  );

/** Each sample, along an axis, `times` in a row. */
function repeated(x: Tensor, times: number, axis = 0): Tensor {
  if (times === 1) return x;
  const [before, after] = [x.shape.slice(0, axis + 1), x.shape.slice(axis + 1)];
  const spread = broadcastTo(reshape(x, [...before, 1, ...after]), [...before, times, ...after]);
  return reshape(spread, [...x.shape.slice(0, axis), x.shape[axis] * times, ...after]);
}

/** Rows of a state [k, rows, …] by their numbers. */
function rowsOf(state: Tensor, rows: Tensor): Tensor {
  const [k, , ...rest] = state.shape;
  const [count] = rows.shape;
  const index = reshape(rows, [1, count, ...rest.map(() => 1)]);
  return gather(state, broadcastTo(index, [k, count, ...rest]), 1);
}

/** The logarithms of the next token's probabilities, [n, tokens], from scores [n, 1, tokens]. */
function nextOf(outputs: Tensors): Tensor {
  const all = Object.entries(outputs);
  const scores = outputs.scores ?? (all.length === 1 ? all[0][1] : undefined);
  if (scores?.shape.length === 3 && scores.shape[1] === 1)
    return logSoftmax(reshape(scores, [scores.shape[0], scores.shape[2]]), 1);
  const got = all.map(([name, { shape }]) => `${name} [${shape.join(", ")}]`).join(", ");
  throw new ShapeError(`the decoder: expects an output scores [n, 1, tokens] for one token of the target, got ${got}`);
}

/** Writes sequences for samples. */
export interface Decoder {
  /**
   * Begins with the other inputs of the network.
   * @param inputs arrays [n, …] by name, with `NAME.length` for sequences
   * @param first the token that every sequence begins with
   */
  begin(inputs: Arrays, first: number): Promise<Decoding>;
}

/**
 * A decoder for a network such as those for translation: an input `target`, others, and the output `scores`.
 * @throws OptionError for a model without such an input
 */
export function createDecoder(model: Model, { target = "target", width, engine }: DecoderOptions): Decoder {
  const { before, after } = valuesBefore("createDecoder", model.layer, target);
  const others = Object.entries(model.inputs).filter(([name]) => name !== target);
  const names = others.flatMap(([name, { sequence }]) => (sequence ? [name, lengthName(name)] : [name]));
  /** The axis of the steps of each value, as the first program has it. */
  const axes = new Map<string, number>();

  const begin = (batch: Tensors): Traced => {
    const [states, values, lengths] = [{}, {}, {}] as Record<string, Tensor>[];
    const outputs = model.apply(batch, {
      taps: before,
      onTap: (path, value, steps) => {
        values[path] = value;
        if (steps === undefined) return;
        axes.set(path, steps.axis);
        lengths[path] = steps.lengths;
      },
      onState: (name, state) => {
        if (after.has(name.split(".")[0])) states[name] = repeated(state, width, 1);
      },
    });
    return { logProbabilities: nextOf(outputs), states, values, lengths };
  };

  const step = (batch: Tensors): Traced => {
    const states: Record<string, Tensor> = {};
    const given = Object.entries(withPrefix("value", batch)).map(([path, value]): [string, GivenValue] => {
      const lengths = batch[`length:${path}`];
      const steps = lengths && { axis: axes.get(path)!, lengths: repeated(lengths, width) };
      return [path, { value: repeated(value, width), steps }];
    });
    const inputs = Object.entries(withPrefix("input", batch)).map(([name, x]) => [name, repeated(x, width)] as const);
    const outputs = model.apply(
      { ...Object.fromEntries(inputs), [target]: batch.tokens },
      {
        given: Object.fromEntries(given),
        states: Object.fromEntries(
          Object.entries(withPrefix("state", batch)).map(([name, state]) => [name, rowsOf(state, batch.parents)]),
        ),
        onState: (name, state) => {
          states[name] = state;
        },
      },
    );
    return { logProbabilities: nextOf(outputs), states, values: {}, lengths: {} };
  };

  const beginning = perBatchType([...names, target], begin, engine);
  let going: BatchProgram<Traced> | undefined;

  const decoding = (constant: Arrays, { logProbabilities, states }: Results<NdArray>): Decoding => ({
    logProbabilities,
    next: async (tokens, parents) => {
      const rows = tokens.length;
      const batch = {
        ...constant,
        ...prefixed("state", states),
        tokens: new NdArray(tokens, [rows, 1], "i32"),
        parents: new NdArray(parents, [rows], "i32"),
      };
      going ??= perBatchType(Object.keys(batch), step, engine);
      return decoding(constant, (await going.for(batch)(...going.inputs(batch))) as Results<NdArray>);
    },
  });

  return {
    begin: async (inputs, first) => {
      const missing = names.find((name) => inputs[name] === undefined);
      if (missing !== undefined) throw new OptionError(`the decoder: the input '${missing}' is missing`);
      const [n] = inputs[names[0]].shape;
      const batch = { ...inputs, [target]: new NdArray(new Int32Array(n).fill(first), [n, 1], "i32") };
      const results = (await beginning.for(batch)(...beginning.inputs(batch))) as Results<NdArray>;
      const constant = {
        ...prefixed("input", inputs),
        ...prefixed("value", results.values),
        ...prefixed("length", results.lengths),
      };
      return decoding(constant, results);
    },
  };
}
