/** One application of a network inside a trace: creates the scopes of layers, and collects taps and states. */
import { didYouMean, namePattern, OptionError, ShapeError, StateError, shorten, streamOf } from "../array/index.ts";
import { atPath, childPath, located, type Tensor, type TensorType } from "../graph/index.ts";
import { add } from "../ops/index.ts";
import { frozenBy } from "./freezing.ts";
import type { Initial } from "./initializers.ts";
import type { Layer, Scope } from "./layer.ts";
import { describeInputs, layerTitle, takes } from "./place.ts";
import { type Steps, StepTracker } from "./steps.ts";
import type { VariableStore } from "./store.ts";

/** The application of a layer: its inputs and outputs. */
export interface LayerEnds {
  /** All inputs, in order. */
  readonly inputs: readonly Tensor[];
  /** All outputs, in order. */
  readonly outputs: readonly Tensor[];
}

/** An inner value that is given instead of computed. */
export interface GivenValue {
  /** The value itself. */
  readonly value: Tensor;
  /** The steps of its sequences, where their lengths differ. */
  readonly steps?: Steps | undefined;
}

/** Options of applying a model inside a trace. */
export interface ApplyOptions {
  /** Whether to train: dropout draws and running statistics are updated. Default false. */
  readonly training?: boolean | undefined;
  /**
   * While training: names or patterns of layers that work as when predicting, such as `["conv1", "layer1.*"]`. Their
   * parameters stay as they are if `minimize` gets `variables: parametersToTrain(model, freeze)`. Default: none.
   */
  readonly freeze?: readonly string[] | undefined;
  /**
   * Called with the output of every layer below the outermost as it is traced, inner layers first; with the first of several
   * outputs, and all of them in `ends`.
   */
  readonly onLayer?: ((path: string, layer: Layer, output: Tensor, ends: LayerEnds) => void) | undefined;
  /**
   * The states of recurrent layers before the first step, by path: `{ "0.h": …, "0.c": … }`, each [layers · directions, n,
   * units]. Default zeros. With `states` or `onStates`, a sequence may have another number of steps than `input`.
   */
  readonly states?: Readonly<Record<string, Tensor>> | undefined;
  /** Called with the states after the last step, by the same names. */
  readonly onState?: ((name: string, state: Tensor) => void) | undefined;
  /** Called with the output of each auxiliary head as it is traced, its path, and the weight of its loss. */
  readonly onAuxiliary?: ((path: string, output: Tensor, weight: number) => void) | undefined;
  /**
   * The paths of inner values that `onTap` gets: of layers, `features.3`, and of nodes of networks; one of several outputs
   * is `path.output`, by its name or number. In a pattern, `*` stands for anything: `features.*`.
   */
  readonly taps?: readonly string[] | undefined;
  /**
   * Called with each value of `taps` once, in their order, after the network has been applied, and with the steps of its
   * sequences, where their lengths are known.
   */
  readonly onTap?: ((path: string, value: Tensor, steps: Steps | undefined) => void) | undefined;
  /**
   * Inner values that are given, by path as for `taps`: their layers are not applied. So a decoder goes on from what the
   * encoder gave before.
   */
  readonly given?: Readonly<Record<string, GivenValue>> | undefined;
}

/** Tensors remembered by a layer for later ones, and the layer's path. */
interface Left {
  readonly by: string;
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** The maximum number of layer applications: nested networks in a file that share layers could require 2⁶⁵. */
const MAX_APPLIED = 2 ** 18;

/** The path of a layer, and that of its parameters: the same unless it shares them. */
interface ScopeLocation {
  readonly path: string;
  readonly parameters: string;
}

/** One application of a network: creates scopes and notes whether random numbers were drawn. */
export class Application {
  readonly #store: VariableStore;
  readonly #options: ApplyOptions;
  readonly #isFrozen: (path: string) => boolean;
  readonly #left = new Map<string, Left>();
  readonly #taken = new Set<string>();
  readonly #steps = new StepTracker();
  /** The values that can be tapped, by path. */
  readonly #values = new Map<string, Tensor>();
  #batch = 1;
  #applied = 0;
  #drew = false;

  constructor(store: VariableStore, options: ApplyOptions) {
    this.#store = store;
    this.#options = options;
    this.#isFrozen = frozenBy(options.freeze ?? []);
  }

  /** Applies a layer of one input. */
  run(layer: Layer, x: Tensor): Tensor {
    return this.runAll(layer, [x])[0];
  }

  /** @param lengths of the sequences in an input, `i32` [n], where they are known */
  runAll(layer: Layer, inputs: readonly Tensor[], lengths: readonly (Tensor | undefined)[] = []): readonly Tensor[] {
    this.#batch = inputs[0]?.shape[0] ?? 1;
    for (const [i, known] of lengths.entries())
      if (known !== undefined) this.#steps.begin(inputs[i], { axis: 1, lengths: known });
    expectCount(layer, inputs);
    const outputs = layer.forwardAll(inputs, this.#scope({ path: "", parameters: "" }));
    this.#checkStates();
    this.#checkGiven();
    this.#tap();
    if (this.#drew) this.#store.random.position.assign(add(this.#store.random.position.read(), 1));
    return outputs;
  }

  /** @throws OptionError for a state that no layer uses */
  #checkStates(): void {
    const stranger = Object.keys(this.#options.states ?? {}).find((name) => !this.#taken.has(name));
    if (stranger !== undefined)
      throw new OptionError(`the model: no layer has a state '${stranger}'${didYouMean(stranger, [...this.#taken])}`);
  }

  /** The outputs of a layer that the caller gives; `undefined` if they are to be computed. */
  #givenFor(layer: Layer, path: string): readonly Tensor[] | undefined {
    const { given = {} } = this.#options;
    const names = [path, ...(layer.outputs ?? []).map((output) => childPath(path, output))];
    if (!names.some((name) => Object.hasOwn(given, name))) return undefined;
    const paths = (layer.outputs?.length ?? 1) > 1 ? names.slice(1) : [path];
    return paths.map((name) => {
      const found = Object.hasOwn(given, name) ? given[name] : undefined;
      if (found === undefined) throw new OptionError(`the model: ${path} is given in part; '${name}' is missing`);
      if (found.steps !== undefined) this.#steps.begin(found.value, found.steps);
      return found.value;
    });
  }

  /** @throws OptionError for a given value that no layer has */
  #checkGiven(): void {
    const known = this.#values;
    const stranger = Object.keys(this.#options.given ?? {}).find((path) => !known.has(path));
    if (stranger !== undefined)
      throw new OptionError(
        `the model: there is no value '${shorten(stranger)}' to give${didYouMean(stranger, [...known.keys()])}`,
      );
  }

  /** @throws OptionError for a path or pattern without a value */
  #tap(): void {
    const paths = new Set(this.#options.taps?.flatMap((tap) => this.#pathsOf(tap)));
    for (const path of paths) {
      const value = this.#values.get(path)!;
      this.#options.onTap?.(path, value, this.#steps.known(value));
    }
  }

  #pathsOf(tap: string): string[] {
    const known = [...this.#values.keys()];
    const matches = namePattern(tap);
    const found = this.#values.has(tap) ? [tap] : known.filter(matches);
    if (found.length > 0) return found;
    const kind = tap.includes("*") ? "no value matches" : "there is no value";
    throw new OptionError(`the model: ${kind} '${shorten(tap)}' to tap${didYouMean(tap, known)}`);
  }

  #apply(layer: Layer, inputs: readonly Tensor[], at: ScopeLocation): readonly Tensor[] {
    return atPath(at.path, () => {
      if (++this.#applied > MAX_APPLIED)
        throw new ShapeError(`the network applies more than ${MAX_APPLIED} layers; make it smaller`);
      expectCount(layer, inputs);
      const given = this.#givenFor(layer, at.path);
      if (given !== undefined) return given;
      const outputs = layer.forwardAll(inputs, this.#scope(at));
      this.#steps.follow(layer, inputs, outputs);
      return outputs;
    });
  }

  /** Records values for taps, and reports the layer. */
  #report(layer: Layer, inputs: readonly Tensor[], outputs: readonly Tensor[], { path }: ScopeLocation): void {
    this.#values.set(path, outputs[0]);
    if (outputs.length > 1) {
      for (const [i, output] of outputs.entries()) {
        const inner = childPath(path, layer.outputs?.[i] ?? String(i));
        // The name belongs to the node of a network first.
        if (!this.#values.has(inner)) this.#values.set(inner, output);
      }
    }
    this.#options.onLayer?.(path, layer, outputs[0], { inputs, outputs });
  }

  #scope(at: ScopeLocation): Scope {
    const { path, parameters } = at;
    const variable = (name: string, type: TensorType, initial: Initial, trainable: boolean) =>
      this.#store.find(variablePath(parameters, name), type, initial, trainable);
    const applyAll: Scope["applyAll"] = (name, layer, inputs, shared = name) => {
      const inner = { path: childPath(path, name), parameters: childPath(parameters, shared) };
      const outputs = this.#apply(layer, inputs, inner);
      this.#report(layer, inputs, outputs, inner);
      return outputs;
    };
    return {
      path,
      training: (this.#options.training ?? false) && !this.#isFrozen(parameters),
      batch: this.#batch,
      parameter: (name, shape, initial) => variable(name, { shape, dtype: "f32" }, initial, true).read(),
      state: (name, shape, initial, dtype = "f32") => variable(name, { shape, dtype }, initial, false),
      apply: (name, layer, x) => applyAll(name, layer, [x])[0],
      applyAll,
      applyToRows: (name, layer, rows) => {
        const batch = this.#batch;
        this.#batch = rows.shape[0];
        try {
          return applyAll(name, layer, [rows])[0];
        } finally {
          this.#batch = batch;
        }
      },
      steps: (x) => this.#steps.of(x),
      setSteps: (y, steps) => this.#steps.begin(y, steps),
      stateBefore: (name) => {
        const full = childPath(path, name);
        this.#taken.add(full);
        return this.#options.states?.[full];
      },
      stateAfter: (name, state) => this.#options.onState?.(childPath(path, name), state),
      auxiliary: (output, weight) => this.#options.onAuxiliary?.(path, output, weight),
      remember: (name, tensors) => {
        const by = this.#left.get(name)?.by ?? parameters;
        if (by !== parameters) {
          throw new StateError(
            `layer ${path}: ${by} remembers something as '${shorten(name)}' already; take another name`,
          );
        }
        this.#left.set(name, { by, tensors });
      },
      recall: (name) => {
        const left = this.#left.get(name);
        if (left !== undefined) return left.tensors;
        const hint = didYouMean(name, [...this.#left.keys()]);
        throw new StateError(`layer ${path}: no layer before it remembers anything as '${shorten(name)}'${hint}`);
      },
      random: () => {
        this.#drew = true;
        const { seed, position } = this.#store.random;
        return { seed: seed.read(), position: position.read(), stream: streamOf(path) };
      },
    };
  }
}

/** The path of a layer's variable; one without a name has that of the layer. */
function variablePath(path: string, name: string): string {
  if (name !== "") return childPath(path, name);
  return path === "" ? "weight" : path;
}

/** @throws ShapeError for a wrong number of inputs */
function expectCount(layer: Layer, inputs: readonly Tensor[]): void {
  if (takes(layer, inputs.length)) return;
  throw new ShapeError(
    `${located(layerTitle(layer))}: takes ${describeInputs(layer)}, got ${inputs.length}; ` +
      "layers of several inputs are applied in nn.network",
  );
}
