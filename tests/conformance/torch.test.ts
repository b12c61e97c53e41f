/** Agreement with PyTorch: every case that is found, on every engine; what cannot be run yet is skipped by name. */
import { beforeAll, describe, expect, it } from "vitest";
import { CapabilityError } from "../../src/array/index.ts";
import { createInterpreter, type Engine } from "../../src/engines/index.ts";
import { candidates } from "../support/engines.ts";
import { type Case, conformanceFolder, type Family, listFamilies, type Tensors } from "./cases.ts";
import { checkCase, prepare, refusing } from "./operation.ts";
import { operations } from "./operations.ts";

/** A float32 result carries some roundings (2⁻²⁴ ≈ 6e-8 each) of sums of up to some hundred terms. */
const FLOAT32 = 1e-5;
/** Double precision leaves the rounding to float32 of the expected values and of the results, half of 2⁻²³ each. */
const FLOAT64 = 2 ** -23;

interface Setting {
  readonly name: string;
  readonly engine: Engine;
  readonly tolerance: number;
}

const settings: readonly Setting[] = [
  ...candidates.flatMap((candidate) =>
    "engine" in candidate ? [{ name: candidate.name, engine: refusing(candidate.engine), tolerance: FLOAT32 }] : [],
  ),
  { name: "interpreter in float64", engine: createInterpreter({ float64: true }), tolerance: FLOAT64 },
];

/** The ops that must not fall silent: where there are cases of them, they are run. */
const REQUIRED = [
  ...["maxout", "gelu", "batch_norm", "layer_norm", "group_norm", "local_response_norm", "embedding", "train_residual"],
  ...["conv1d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d"],
  ...["max_pool1d", "max_pool3d", "avg_pool1d", "avg_pool3d", "adaptive_avg_pool2d", "max_unpool2d"],
  ...["conv2d", "max_pool2d", "avg_pool2d", "linear", "cross_entropy", "nll_loss", "mse_loss"],
  ...["rnn_tanh", "rnn_relu", "lstm", "gru", "k_max_pool1d"],
  ...["l1_loss", "smooth_l1_loss", "bce_with_logits", "kl_div", "ctc_loss"],
  ...["sgd", "sgd_momentum", "sgd_nesterov_wd", "adam", "adam_wd", "adamw", "rmsprop", "adagrad", "adadelta"],
  ...["step", "multistep", "exponential", "cosine", "one_cycle", "plateau", "train_lenet5"],
];

const folder = conformanceFolder();
const families = folder === undefined ? [] : listFamilies(folder);
const plans = families.map(({ cases }) => cases.map((chosen) => ({ chosen, plan: prepare(chosen, operations) })));
const passed = new Map<string, number>();
const counted = (op: string, setting: string): string => `${op} on ${setting}`;

for (const candidate of candidates) {
  if ("reason" in candidate) it.skip(`agrees with PyTorch on ${candidate.name}: ${candidate.reason}`, () => {});
}

if (folder === undefined) {
  it.skip("agrees with PyTorch: no cases here; let FOVEA_CONFORMANCE name a folder that has torch/ in it", () => {});
}

families.forEach((family, i) => {
  describeFamily(family, plans[i]);
});

function describeFamily({ name, load }: Family, cases: (typeof plans)[number]): void {
  const runnable = cases.flatMap(({ chosen, plan }) => ("skip" in plan ? [] : [{ chosen, plan }]));
  describe(`${name}: ${runnable.length} of ${cases.length} cases are run`, () => {
    let tensorsOf: (chosen: Case) => Tensors;
    beforeAll(() => {
      tensorsOf = load();
    });
    for (const { chosen, plan } of cases) if ("skip" in plan) it.skip(`case ${chosen.case}: ${plan.skip}`, () => {});
    for (const setting of runnable.length > 0 ? settings : []) {
      for (const { chosen, plan } of runnable) {
        it(`case ${chosen.case}, ${chosen.op}, on the ${setting.name}`, async ({ skip }) => {
          const tensors = tensorsOf(chosen);
          const lacks = await reasonToSkip(() => checkCase(plan, tensors, setting));
          if (lacks !== undefined) skip(lacks);
          const key = counted(chosen.op, setting.name);
          passed.set(key, (passed.get(key) ?? 0) + 1);
        });
      }
    }
  });
}

/** What the engine cannot do, if that is what ended the run. */
async function reasonToSkip(run: () => Promise<void>): Promise<string | undefined> {
  try {
    await run();
  } catch (error) {
    if (error instanceof CapabilityError) return error.message;
    throw error;
  }
  return undefined;
}

// Without cases there is nothing to compare, as is said above.
describe.skipIf(folder === undefined)("the ops that must not fall silent", () => {
  const all = plans.flat();
  it.for(REQUIRED)("%s was compared", (op, { skip }) => {
    const cases = all.filter(({ chosen }) => chosen.op === op);
    if (cases.length === 0) skip(`there are no cases of ${op} here`);
    const runnable = cases.filter(({ plan }) => !("skip" in plan));
    expect(runnable.length).toBeGreaterThan(0);
    for (const { name, engine } of settings) {
      if (engine.name === "interpreter") expect(passed.get(counted(op, name))).toBe(runnable.length);
    }
  });
});
