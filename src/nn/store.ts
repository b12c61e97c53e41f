/** The variables of a network: created by the first trace, reused by later ones. */
import { type NdArray, type Shape, ShapeError, StateError, sameShape } from "../array/index.ts";
import { formatType, type LateValue, scalarVariable, type TensorType, Variable } from "../graph/index.ts";
import type { Initial } from "./initializers.ts";

/** Random numbers for training: a seed, and a position that each training step advances. */
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

/** The source of the first values of variables: initializers, or a file. What is drawn late takes no memory before. */
export type ValueSource = (path: string, type: TensorType, initial: Initial) => NdArray | LateValue;

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

  /** From now on every variable must exist. */
  close(): void {
    this.#open = false;
  }

  find(path: string, type: TensorType, initial: Initial, trainable: boolean): Variable {
    const known = this.variables.get(path);
    if (known !== undefined) return checkVariableShape(known, type.shape, this.#open);
    if (!this.#open)
      throw new StateError(`the network asked for a new parameter, ${path}; its parameters are fixed when it is built`);
    const variable = new Variable(path, this.#source(path, type, initial), { trainable });
    this.variables.set(path, variable);
    return variable;
  }
}

function checkVariableShape(variable: Variable, shape: Shape, isBuilding: boolean): Variable {
  if (sameShape(variable.shape, shape)) return variable;
  throw new ShapeError(
    `parameter ${variable.name} is ${formatType(variable)}, this input asks for [${shape}]; ` +
      (isBuilding
        ? "a layer that is applied more than once needs inputs of the same size"
        : "the network was built for inputs of another shape"),
  );
}
