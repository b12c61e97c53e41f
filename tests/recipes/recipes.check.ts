/** Every recipe runs, from its data to its figure, on a few samples; what it reaches on all of them stands in its page. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const data = process.env.FOVEA_DATA ?? join(root, "../shared/data");
const folder = mkdtempSync(join(tmpdir(), "fovea-recipes-"));
afterAll(() => rmSync(folder, { recursive: true }));

function run(recipe: string, ...options: string[]) {
  const compiler = pathToFileURL(join(root, "scripts/typescript.mjs")).href;
  const hook = ["--disable-warning=DEP0205", "--conditions=fovea-source", "--import", compiler];
  return spawnSync(process.execPath, [...hook, join(root, "recipes", recipe), ...options], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, FOVEA_DATA: data, FOVEA_CACHE: join(folder, "cache") },
  });
}

/** A few samples for one epoch. */
const FEW = ["--limit", "100", "--epochs", "1", "--threads", "1"];

/** What each prints, and the data that it needs. */
const recipes = [
  { recipe: "lenet5-mnist.ts", needs: "mnist", options: [], prints: /^test error \d+\.\d\d %: \d+ of 100 digits\n$/ },
  { recipe: "lenet5-mnist.ts", needs: "mnist", options: ["--distort"], prints: /^test error .* of 100 digits\n$/ },
  {
    recipe: "rotation-invariant.ts",
    needs: "mnist",
    options: [],
    prints: /^invariant, upright digits +(\d+\.\d\d) +\1$/m,
  },
  {
    recipe: "cifar10-fast.ts",
    needs: "cifar10",
    options: ["--nets", "2"],
    prints: /^all 2 nets, ten crops +\d+\.\d\d % of 100/m,
  },
  ...["plain", "aligned", "variational"].map((net) => ({
    recipe: "autoencoder.ts",
    needs: "mnist",
    options: ["--net", net],
    prints: new RegExp(
      `^${net} autoencoder, 32 numbers: mean squared error 0\\.\\d{5} of mnist/test\\n(?:the codes hold .* nats\\n)?` +
        "nearest neighbor .* %\\n.*codes of 10 .* %\\n.*pixels of 10 .* %\\npictures are in runs/",
    ),
  })),
  {
    recipe: "segmentation.ts",
    needs: "",
    options: ["--data", "scenes", "--net", "transposed"],
    prints:
      /^background +\d+\.\d\d %\n(?:.*\n)+transposed on scenes, epoch 1: mean IoU \d+\.\d\d %, pixels .* test pictures\n$/,
  },
  {
    recipe: "documents.ts",
    needs: "imdb",
    options: [],
    prints:
      /^whole reviews .* of 100 reviews\n20 % of the sentences, chosen .* of 100 reviews\n.*, any .* of 100 reviews\n$/,
  },
  {
    recipe: "answers.ts",
    needs: "trec-qa",
    options: [],
    prints:
      /^development, mixed questions +MAP 0\.\d{3} ± 0\.000, MRR .*\ntest, mixed .*\ntest, all questions .* \(1 seeds\)\n$/,
  },
  {
    recipe: "sentences.ts",
    needs: "sentences",
    options: ["--seeds", "2"],
    prints: /^trec, kim, vectors random: test \d+\.\d\d ± \d+\.\d\d % \(\d+\.\d\d, \d+\.\d\d\)\n$/,
  },
  {
    recipe: "sentences.ts",
    needs: "sentences",
    options: ["--set", "sst1", "--net", "dynamic", "--vectors", "static", "--seeds", "1"],
    prints: /^sst1, dynamic, vectors static: /,
  },
  {
    recipe: "sentences.ts",
    needs: "sentences",
    options: ["--set", "mr", "--vectors", "two", "--folds", "1"],
    prints: /^mr, kim, vectors two: /,
  },
  {
    recipe: "ngrams.ts",
    needs: "shakespeare",
    quick: ["--limit", "500"],
    options: ["--orders", "2"],
    says: /^$/,
    prints:
      /^p\(corn \| cows eat\) = 4\/11\n(.*\n){4}words, order 1: perplexity \d+\.\d\d, (.*\n){4}a sample of 5-grams: /,
  },
  ...[[], ["--net", "lecture"], ["--data", "scenes"], ["--net", "lecture", "--data", "scenes"]].map((options) => ({
    ...{ recipe: "boxes.ts", needs: options.includes("scenes") ? "" : "bccd-boxes", options, quick: FEW },
    says: /epoch 1 of 1, loss \d+\.\d+, .*held out (map|box\.meanIoU) \d+\.\d\d %/,
    prints:
      options[0] === "--net"
        ? /^validation, epoch 1: class .*\ntest, epoch 1: class \d+\.\d\d %, mean IoU \d\.\d{3}\n$/
        : /^test, epoch 1: AP50 \d/m,
  })),
  {
    recipe: "translation.ts",
    needs: "multi30k",
    options: ["--model", "convolution"],
    prints: /^validation, greedy: BLEU .*\ntest, beam of 5: BLEU .*\n$/,
  },
  {
    recipe: "captions.ts",
    needs: "",
    options: [],
    prints: /^attention, greedy: BLEU-1 .*\n(.*\n){3}vector, beam of 5: .*, exactly right [\d.]+ %\n$/,
  },
  ...(
    [
      ["sticks", "maps", ""],
      ["mouse", "maps", "pose-mouse"],
      ["faces", "regression", "face-keypoints"],
      ["people", "maps", "pose-lspet"],
    ] as const
  ).map(([data, net, needs]) => ({
    ...{ recipe: "pose.ts", needs, options: ["--data", data, "--net", net] },
    quick: undefined,
    says: /epoch 1 of 1, loss \d+\.\d+, pck \d+\.\d\d %/,
    prints: new RegExp(`^${net} of ${data}: \\d+\\.\\d\\d px, .* % of .*, PCK@0.1 .* test pictures\\n$`, "m"),
  })),
  ...[[], ["--large"], ["--conv"]].map((options) => ({
    ...{ recipe: "shakespeare.ts", needs: "shakespeare", options },
    prints: /^test \d\.\d{4} nats a character, \d\.\d{4} bits, perplexity \d+\.\d{3}\n/,
  })),
];

/** What recipes that train say of it. */
const EPOCHS = /epoch 1 of [12], loss \d+\.\d+, [\w. ]+ \d+\.\d\d/;

describe.each(recipes)("recipes/$recipe $options", ({ recipe, needs, options, prints, ...more }) => {
  it.skipIf(needs !== "" && !existsSync(join(data, needs)))(`runs on ${needs || "built-in data"}`, () => {
    const { quick = FEW, says = EPOCHS } = more;
    const { stdout, stderr, status } = run(recipe, ...quick, ...options);
    expect(stderr).toMatch(says);
    expect(status).toBe(0);
    expect(stdout).toMatch(prints);
  });
});

it("are all tried here", () => {
  const isRecipe = (name: string) =>
    name.endsWith(".ts") && !["cell-windows.ts", "sentence-sets.ts", "support.ts"].includes(name);
  const programs = readdirSync(join(root, "recipes")).filter(isRecipe);
  expect(programs).toEqual([...new Set(recipes.map(({ recipe }) => recipe))].toSorted());
});

it.each([
  [["--epochs", "0"], "--epochs 0: expected a whole number of at least 1"],
  [["--limit", "ten"], "--limit ten: expected a whole number of at least 1"],
  [["--engine", "gpu"], "there is no engine 'gpu'"],
  [["--distrot"], "Unknown option '--distrot'"],
])("say in a line what is wrong with %j", (options, message) => {
  const { stdout, stderr, status } = run("lenet5-mnist.ts", ...options);
  expect({ stdout, status }).toEqual({ stdout: "", status: 2 });
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).toContain(message);
});
