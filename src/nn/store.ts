/** Where the variables of a network live while it is traced: made by the first trace, found again by every later one. */
import {
  didYouMean,
  type NdArray,
  OptionError,
  type Shape,
  ShapeError,
  StateError,
  sameShape,
  streamOf,
} from "../array/index.ts";
import { shorten } from "../array/shorten.ts";
import {
  atPath,
  formatType,
  joinPath,
  scalarVariable,
  type Tensor,
  type TensorType,
  Variable,
} from "../graph/index.ts";
import { add } from "../ops/index.ts";
import type { Initial } from "./initializers.ts";
import type { Layer, Scope } from "./layer.ts";

/** Random numbers for training: a seed, and a position that each training step moves on. */
export interface RandomState {
  /** `i32` scalar; fixed during a run. */
  readonly seed: Variable;
  /** `i32` scalar, advanced by 1 in each training step that draws. */
  readonly position: Variable;
}

export const randomState = (seed: number): RandomState => ({
  seed: scalarVariable("random.seed", seed | 0, "i32"),
  position: scalarVariable("random.position", 0, "i32"),
});

/** Where the first values of variables come from: initializers, or a file. */
export type ValueSource = (path: string, type: TensorType, initial: Initial) => NdArray;

/** The variables of one network by path, in the order in which layers asked for them. */
export class VariableStore {
  readonly variables = new Map<string, Variable>();
  readonly random: RandomState;
  readonly #source: ValueSource;
  #open = true;

  constructor(seed: number, source: ValueSource) {
    this.#source = source;
    this.random = randomState(seed);
  }

  /** From now on every variable must be there already. */
  close(): void {
    this.#open = false;
  }

  find(path: string, type: TensorType, initial: Initial, trainable: boolean): Variable {
    const known = this.variables.get(path);
    if (known !== undefined) return checkShape(known, type.shape);
    if (!this.#open)
      throw new StateError(`the network asked for a new parameter, ${path}; its parameters are fixed when it is built`);
    const variable = new Variable(path, this.#source(path, type, initial), { trainable });
    this.variables.set(path, variable);
    return variable;
  }
}

function checkShape(variable: Variable, shape: Shape): Variable {
  if (sameShape(variable.shape, shape)) return variable;
  throw new ShapeError(
    `parameter ${variable.name} is ${formatType(variable)}, this input asks for [${shape}]; ` +
      "the network was built for inputs of another shape",
  );
}

/** Options of applying a model inside a trace. */
export interface ApplyOptions {
  /** Whether dropout draws and running statistics move. Default false. */
  readonly training?: boolean | undefined;
  /** Sees the output of every layer below the outermost one as it is traced, inner layers first. */
  readonly onLayer?: ((path: string, layer: Layer, output: Tensor) => void) | undefined;
  /**
   * The states of recurrent layers before the first step, by path: `{ "0.h": …, "0.c": … }`, each [layers · directions, n,
   * units]. Default zeros. With states, given or asked for, a sequence may have another number of steps than `input`.
   */
  readonly states?: Readonly<Record<string, Tensor>> | undefined;
  /** Gets the states after the last step, by the same names. */
  readonly onState?: ((name: string, state: Tensor) => void) | undefined;
}

/** What a layer left for later ones, and the layer's path. */
interface Left {
  readonly by: string;
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** One application of a network: hands out scopes and notes whether random numbers were drawn. */
export class Application {
  readonly #store: VariableStore;
  readonly #options: ApplyOptions;
  readonly #left = new Map<string, Left>();
  readonly #taken = new Set<string>();
  #drew = false;

  constructor(store: VariableStore, options: ApplyOptions) {
    this.#store = store;
    this.#options = options;
  }

  run(layer: Layer, x: Tensor): Tensor {
    const y = layer.forward(x, this.#scope(""));
    this.#checkStates();
    if (this.#drew) this.#store.random.position.assign(add(this.#store.random.position.read(), 1));
    return y;
  }

  /** @throws OptionError for a state that no layer has taken */
  #checkStates(): void {
    const stranger = Object.keys(this.#options.states ?? {}).find((name) => !this.#taken.has(name));
    if (stranger !== undefined)
      throw new OptionError(`the model: no layer has a state '${stranger}'${didYouMean(stranger, [...this.#taken])}`);
  }

  #scope(path: string): Scope {
    const variable = (name: string, type: TensorType, initial: Initial, trainable: boolean) =>
      this.#store.find(joinPath(path, name), type, initial, trainable);
    return {
      path,
      training: this.#options.training ?? false,
      parameter: (name, shape, initial) => variable(name, { shape, dtype: "f32" }, initial, true).read(),
      state: (name, shape, initial, dtype = "f32") => variable(name, { shape, dtype }, initial, false),
      apply: (name, layer, x) => {
        const inner = joinPath(path, name);
        const y = atPath(inner, () => layer.forward(x, this.#scope(inner)));
        this.#options.onLayer?.(inner, layer, y);
        return y;
      },
      stateBefore: (name) => {
        const full = joinPath(path, name);
        this.#taken.add(full);
        return this.#options.states?.[full];
      },
      stateAfter: (name, state) => this.#options.onState?.(joinPath(path, name), state),
      remember: (name, tensors) => {
        const by = this.#left.get(name)?.by ?? path;
        if (by !== path) {
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
