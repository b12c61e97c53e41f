/**
 * Gradient ascent: the input that excites a unit most. From nearly gray, Adam changes the picture x along the derivative of
 * the target, of a picture moved at random in each step, held back by what the options say:
 *
 *   x ← x + η · Adam(∂/∂x [t(move(x)) − λ_TV · TV(x) − λ₂ · ‖x − ½‖² − λ_d · similarity])
 *
 * A whole step is one compiled program; the picture, Adam's state and the position of the random numbers are its variables.
 * Sources: Erhan et al. 2009 (units), Simonyan et al. 2014 (classes, L2), Yosinski et al. 2015 (blur), Mordvintsev et al. 2015
 * (jitter), Olah et al. 2017 (the rest).
 *
 * Where it misleads: it finds one input that excites the unit more than any photograph; without moves and priors it is noise
 * that names a class as surely (Szegedy et al. 2014), and what makes it look like something is largely the priors.
 */
import { pause } from "#platform";
import { checkSeed, describeGiven, NdArray, NumericError, OptionError, type Shape } from "../../array/index.ts";
import { type Compiled, compile } from "../../engines/index.ts";
import { scalarVariable, type Tensor, Variable } from "../../graph/index.ts";
import { checkModel, type Model } from "../../nn/index.ts";
import { add, cast, div, equal, floor, gradient, less, mul, neg, reshape, select, sub, sum } from "../../ops/index.ts";
import { adam, type Optimizer } from "../../optim/index.ts";
import type { Arrays } from "../../train/index.ts";
import { checkIndex, classTarget, type Inside, type Target } from "../probe/index.ts";
import { type AscentOptions, type AscentSettings, readAscentOptions } from "./ascent-options.ts";
import { blurred, type Form, initialParameters, type Planes, pictured, planesOf } from "./parametrization.ts";
import { similarity, squaredNorm, totalVariation } from "./priors.ts";
import { relaxedRules } from "./relaxed.ts";
import { moved } from "./transformations.ts";

/** What ascent has found. */
export interface Ascended {
  /** The inputs, `f32` [n, …input]; pictures in 0 … 1. */
  readonly inputs: NdArray;
  /** The target of each input as it is, `f32` [n]. */
  readonly scores: NdArray;
  /** What the network says of them, by output, [n, …]. */
  readonly outputs: Arrays;
  /** The target in each step, of moved inputs, `f32` [steps, n]. */
  readonly history: NdArray;
}

/** How a run goes on. */
export interface AscentRun {
  /**
   * Called after each step with its number, from 1, the targets of the moved inputs, `f32` [n], and a function that gives the
   * inputs as they are now. The next step waits for what it returns; if it throws, the run ends with that error.
   */
  readonly onStep?:
    | ((step: number, scores: NdArray, look: () => Promise<Omit<Ascended, "history">>) => unknown)
    | undefined;
}

/**
 * Ascends for one index, or for several at once: a class, a channel or a unit, as the target says; −1 is the strongest of
 * each input in each step.
 */
export type Ascent = (index: number | readonly number[], run?: AscentRun) => Promise<Ascended>;

/**
 * A function that finds inputs that excite units of a network. It compiles a program for each number of inputs when that
 * first comes, which then serves all units.
 * @example
 * const ascend = createAscent(model, { target: channelTarget("layer2.1.conv2") });
 * const { inputs, scores } = await ascend(17); // f32 [1, 3, 32, 32]
 * const { outputs } = await createAscent(model)([3, 5]); // a cat and a dog
 * @throws OptionError for unknown options, and models of several inputs or of integers; ShapeError for targets that do not
 *   fit; calls throw NumericError if the target or the picture becomes NaN or infinite
 */
export function createAscent(model: Model, options: AscentOptions = {}): Ascent {
  checkModel("createAscent", model);
  const [name, input] = onlyInput(model);
  const settings = readAscentOptions(options, input);
  checkSeed(settings.seed);
  const target = options.target ?? classTarget();
  const layer = diversityLayer(target, settings);
  const climbers = new Map<number, Climber>();
  let last: Promise<unknown> = Promise.resolve();
  return (index, run = {}) => {
    const indices = indexList(index);
    const climber =
      climbers.get(indices.length) ??
      createClimber({ model, name, target, layer, settings, planes: planesOf(indices.length, input) }, options.engine);
    climbers.set(indices.length, climber);
    // Runs share their variables, so they follow each other.
    const next = last.then(() => climb(climber, new NdArray(indices, [indices.length], "i32"), settings, run));
    last = next.catch(() => {});
    return next;
  };
}

/** @throws OptionError for several inputs, and for integers */
function onlyInput({ inputs }: Model): [name: string, shape: Shape] {
  const [[name, { shape, dtype }], ...others] = Object.entries(inputs);
  if (others.length > 0)
    throw new OptionError(`ascent: the model has the inputs ${Object.keys(inputs).join(", ")}; ascent is for one`);
  if (dtype !== "f32") throw new OptionError("ascent: the input has integers, which have no derivative");
  return [name, shape];
}

/** @throws OptionError if diversity is wanted and no layer is known */
function diversityLayer({ paths = [], name }: Target, { diversity, diversityLayer: given }: AscentSettings) {
  if (diversity === 0) return undefined;
  const layer = given ?? paths[0];
  if (layer !== undefined) return layer;
  throw new OptionError(`ascent: diversity of ${name} needs a layer to measure it in; give diversityLayer`);
}

/** @throws OptionError for other numbers than integers from −1 on, and for none */
function indexList(given: number | readonly number[]): Int32Array {
  const indices = typeof given === "number" ? [given] : given;
  const isList = Array.isArray(indices) && indices.length > 0;
  const odd = isList ? indices.find((i) => !Number.isInteger(i) || i < -1) : given;
  if (odd === undefined) return Int32Array.from(indices);
  throw new OptionError(
    `ascent: index ${describeGiven(odd)}, expected a class or unit, an integer from 0 on, or several`,
  );
}

/** All that a program is made of. */
interface Task {
  readonly model: Model;
  readonly name: string;
  readonly target: Target;
  readonly layer: string | undefined;
  readonly settings: AscentSettings;
  readonly planes: Planes;
}

/** The programs for a number of inputs, and their state. */
interface Climber {
  readonly target: Target;
  /** How many numbers the index chooses from; `undefined` if it has no choice. */
  readonly choices: number | undefined;
  readonly planes: Planes;
  readonly parameters: Variable;
  readonly optimizer: Optimizer;
  readonly position: Variable;
  readonly step: Compiled<{ scores: Tensor }>;
  readonly look: Compiled<{ inputs: Tensor; scores: Tensor; outputs: Record<string, Tensor> }>;
}

/** After how many steps the picture is blurred. */
const BLUR_EVERY = 4;

function createClimber(task: Task, engine: AscentOptions["engine"]): Climber {
  const { settings, planes } = task;
  const form: Form = settings;
  const parameters = new Variable("picture", initialParameters(planes, settings.seed));
  const optimizer = adam({ learningRate: settings.learningRate });
  const position = scalarVariable("position", 0, "i32");
  const seed = scalarVariable("seed", settings.seed | 0, "i32");
  const types = [{ shape: [planes[0]], dtype: "i32" }] as const;
  const step = compile(
    (index) => {
      const pictures = pictured(parameters.read(), form);
      const { scores, inside } = inspected(
        task,
        moved(pictures, settings, { seed: seed.read(), position: position.read() }),
        index,
      );
      const loss = penalties(task, pictures, inside).reduce(add, neg(sum(scores)));
      const isRelaxed = less(position.read(), settings.relaxed);
      const rules = settings.relaxed > 0 ? relaxedRules(isRelaxed) : undefined;
      optimizer.update([parameters], gradient(loss, [parameters.read()], { rules }));
      if (settings.blur > 0) fade(parameters, position.read(), settings);
      position.assign(add(position.read(), 1));
      return { scores };
    },
    types,
    { engine },
  );
  let choices: number | undefined;
  const look = compile(
    (index) => {
      const pictures = pictured(parameters.read(), form);
      const { scores, inside } = inspected(task, pictures, index);
      choices = task.target.choices?.(inside).shape[1];
      const inputs = reshape(pictures, [planes[0], ...task.model.inputs[task.name].shape]);
      return { inputs, scores, outputs: { ...inside.outputs } };
    },
    types,
    { engine },
  );
  return { target: task.target, choices, planes, parameters, optimizer, position, step, look };
}

/** The target of pictures, and what it is computed from. */
function inspected({ model, name, target, layer, planes }: Task, pictures: Tensor, index: Tensor) {
  const asked = [...(target.paths ?? []), ...(layer === undefined ? [] : [layer])];
  const taps = asked.filter((path) => !model.outputs.includes(path));
  const values: Record<string, Tensor> = {};
  const onTap = (path: string, value: Tensor): void => {
    values[path] = value;
  };
  const x = reshape(pictures, [planes[0], ...model.inputs[name].shape]);
  const outputs = model.apply({ [name]: x }, { taps, onTap });
  const inside: Inside = { outputs, values: { ...outputs, ...values } };
  return { scores: target.score(inside, index), inside };
}

/** What holds back, by the weights of the options: scalars. */
function penalties({ layer, settings }: Task, pictures: Tensor, { values }: Inside): Tensor[] {
  const { totalVariation: tv, l2, diversity, bounded } = settings;
  const parts: readonly (readonly [number, () => Tensor])[] = [
    [tv, () => totalVariation(pictures)],
    [l2, () => squaredNorm(pictures, bounded ? 1 / 2 : 0)],
    [diversity, () => similarity(values[layer!])],
  ];
  return parts.filter(([weight]) => weight > 0).map(([weight, part]) => mul(part(), weight));
}

/** Blurs the picture if it is its turn. */
function fade(parameters: Variable, position: Tensor, { blur, ...form }: AscentSettings): void {
  const now = cast(add(position, 1), "f32");
  const isTurn = equal(sub(now, mul(floor(div(now, BLUR_EVERY)), BLUR_EVERY)), 0);
  const sharp = parameters.read();
  parameters.assign(select(isTurn, blurred(sharp, blur, form), sharp));
}

async function climb(
  climber: Climber,
  index: NdArray,
  { steps, seed }: AscentSettings,
  run: AscentRun,
): Promise<Ascended> {
  const { target, choices, planes, parameters, optimizer, position, step, look } = climber;
  checkIndex("ascent", target, index.data, choices);
  const { learningRate } = optimizer;
  for (const variable of optimizer.variables) if (variable !== learningRate) variable.value.data.fill(0);
  position.value.data.fill(0);
  parameters.value = initialParameters(planes, seed);
  const history = new Float32Array(steps * index.size);
  for (let i = 0; i < steps; i++) {
    const { scores } = await step(index);
    const odd = scores.data.findIndex((score) => !Number.isFinite(score));
    if (odd >= 0)
      throw new NumericError(
        `ascent: the target of input ${odd} is ${scores.data[odd]} in step ${i + 1}; look for NaN in the weights, or take a lower learningRate`,
      );
    history.set(scores.data as Float32Array, i * index.size);
    await run.onStep?.(i + 1, scores, () => look(index));
    if (i % 16 === 15) await pause();
  }
  const { inputs, scores, outputs } = await look(index);
  return { inputs, scores, outputs, history: new NdArray(history, [steps, index.size], "f32") };
}
