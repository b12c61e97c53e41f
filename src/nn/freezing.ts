/**
 * Frozen layers, for training on top of a trained network. A frozen layer keeps its parameters, and works as when
 * predicting: batch normalization uses its running statistics and does not change them, dropout passes everything on.
 *
 * Patterns say which: names of layers or parameters, in which `*` stands for anything. A layer's name stands for all inside
 * it: `layer1` for `layer1.0.conv1.weight` too.
 */
import { describeGiven, namePattern, OptionError } from "../array/index.ts";
import { quoted } from "../formats/index.ts";
import type { Variable } from "../graph/index.ts";
import type { Kind } from "../options/index.ts";

/** Patterns of layers and parameters that are not to be trained. */
export const freezeKind: Kind<readonly string[]> = {
  expects: 'a list of names or patterns of layers, such as ["conv1", "layer1.*"]',
  read: (value) => (isPatterns(value) ? value : undefined),
  hint: (value) => (typeof value === "string" ? `; put it into a list: [${JSON.stringify(value)}]` : ""),
};

const isPatterns = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((pattern) => typeof pattern === "string" && pattern !== "");

/** A path and the paths of the layers around it. */
const around = (path: string): string[] => {
  const names = path.split(".");
  return names.map((_, i) => names.slice(0, i + 1).join("."));
};

/** Whether a layer or parameter at a path is frozen. `layer1.*` freezes the layer `layer1` as a whole. */
export function frozenBy(patterns: readonly string[]): (path: string) => boolean {
  if (patterns.length === 0) return () => false;
  const matches = patterns.map(namePattern);
  return (path) => around(path).some((one) => matches.some((match) => match(one) || match(`${one}.`)));
}

/** What parameters are asked of: a model. */
interface WithVariables {
  /** Parameters and other saved state. */
  readonly variables: readonly Variable[];
}

/**
 * The parameters of a model to train: those that are not frozen, for `minimize` in a training loop of one's own.
 * @param freeze names or patterns of layers and parameters, as `fit` and `model(x, { freeze })` take them
 * @example
 * const freeze = ["features.*"];
 * const step = compile((x, y) => {
 *   const loss = nn.crossEntropy(model(x, { training: true, freeze }), y);
 *   minimize(loss, optimizer, { variables: nn.parametersToTrain(model, freeze) });
 * }, types);
 * @throws OptionError for a pattern that matches nothing, and where nothing is left to train
 */
export function parametersToTrain({ variables }: WithVariables, freeze: readonly string[] = []): Variable[] {
  if (!isPatterns(freeze))
    throw new OptionError(`parametersToTrain: freeze must be ${freezeKind.expects}, got ${describeGiven(freeze)}`);
  checkFreeze(variables, freeze);
  const isFrozen = frozenBy(freeze);
  const trained = variables.filter(({ name, trainable }) => trainable && !isFrozen(name));
  if (trained.length === 0 && freeze.length > 0)
    throw new OptionError(
      `freeze: ${freeze.map(quoted).join(", ")} freezes all parameters; leave the last layer to be trained`,
    );
  return trained;
}

/** @throws OptionError for a pattern that matches no layer and no parameter, which is probably misspelled */
function checkFreeze(variables: readonly Variable[], freeze: readonly string[]): void {
  for (const pattern of freeze) {
    const isFrozen = frozenBy([pattern]);
    if (variables.some(({ name }) => isFrozen(name))) continue;
    const outermost = [...new Set(variables.map(({ name }) => name.split(".")[0]))];
    throw new OptionError(
      `freeze: no layer or parameter matches ${quoted(pattern)}; the outermost layers are ${outermost.join(", ")}`,
    );
  }
}
