/**
 * What folding batch normalization into filters could gain: `npm run bench:folding`, or `node scripts/folding.mjs
 * [--engine name] [--threads n] [--seconds s]`. The bottlenecks of ResNet-50's four stages predict one picture, with a
 * normalization after each convolution, and with a bias alone, which is what folding would leave. Both take turns; printed
 * are the least milliseconds of each stage. The ratio is an upper bound: folded filters must also be computed once.
 */
import { parseArgs } from "node:util";
import { compile, f32, full, nn, openEngine } from "fovea";

const { values: options } = parseArgs({
  options: {
    engine: { type: "string", default: "auto" },
    threads: { type: "string", default: "1" },
    seconds: { type: "string", default: "30" },
  },
});

/** Filters of the two first convolutions, height and width of maps, and how many blocks there are. */
const stages = [
  [64, 56, 3],
  [128, 28, 4],
  [256, 14, 6],
  [512, 7, 3],
];

const engine = await openEngine(options.engine, { threads: Number(options.threads) });

function convolution(filters, kernel, isNormalized) {
  const conv = nn.conv2d(filters, { kernel, padding: (kernel - 1) / 2, bias: !isNormalized });
  return isNormalized ? [conv, nn.batchNorm2d()] : [conv];
}

function bottleneck(filters, isNormalized) {
  const convolutions = [
    [filters, 1],
    [filters, 3],
    [4 * filters, 1],
  ].map(([n, kernel]) => convolution(n, kernel, isNormalized));
  const body = convolutions.flatMap((layers, i) => (i === 0 ? layers : [nn.relu(), ...layers]));
  return nn.sequential(nn.residual(nn.sequential(...body)), nn.relu());
}

function predictor([filters, size, blocks], isNormalized) {
  const input = [4 * filters, size, size];
  const layer = nn.sequential(...Array.from({ length: blocks }, () => bottleneck(filters, isNormalized)));
  const model = nn.Model.build(layer, { input });
  // Residual blocks add up: smaller filters keep maps without normalization from overflowing.
  for (const { value } of model.variables.filter(({ shape }) => shape.length > 1))
    for (let i = 0; i < value.size; i++) value.data[i] *= 0.5;
  const maps = full([1, ...input], 0.1);
  const predict = compile((x) => model(x), [f32(1, ...input)], { engine });
  return () => predict(maps);
}

const contestants = ["normalized", "biased"].map((name) => ({
  name,
  stages: stages.map((stage) => ({ predict: predictor(stage, name === "normalized"), best: Number.POSITIVE_INFINITY })),
}));

async function round(order) {
  for (const { stages } of order)
    for (const stage of stages) {
      const start = performance.now();
      await stage.predict();
      stage.best = Math.min(stage.best, performance.now() - start);
    }
}

for (const end = performance.now() + 1000 * Number(options.seconds); performance.now() < end; ) {
  await round(contestants);
  await round([...contestants].reverse());
}

const totals = contestants.map(({ stages }) => stages.reduce((sum, { best }) => sum + best, 0));
for (const [i, { name, stages }] of contestants.entries())
  console.log(
    `${name.padEnd(12)}${stages.map(({ best }) => best.toFixed(2).padStart(8)).join("")}   all ${totals[i].toFixed(2)} ms`,
  );
console.log(`normalized / biased ${(totals[0] / totals[1]).toFixed(3)}`);
