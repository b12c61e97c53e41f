/** Neighbors, principal components, maps and alignments of features, against plain loops and NumPy. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { NdArray, NumericError, OptionError, Random, ShapeError } from "../../array/index.ts";
import { dataset, picture } from "../../data/index.ts";
import * as nn from "../../nn/index.ts";
import { calibrated } from "./affinities.ts";
import { AlignmentSums } from "./alignment.ts";
import { symmetricEigen } from "./eigen.ts";
import {
  ckaMatrix,
  lastHiddenLayer,
  layerFeatures,
  linearCka,
  nearestNeighbors,
  pca,
  projectOn,
  tsne,
  umap,
} from "./index.ts";
import { Quadtree } from "./quadtree.ts";
import { fuzzyGraph } from "./umap.ts";
import { membershipCurve } from "./umap-curve.ts";

const fixture = JSON.parse(
  readFileSync(new URL("../../../tests/fixtures/inspect/space.json", import.meta.url), "utf8"),
);
const matrix = (rows: readonly (readonly number[])[]): NdArray =>
  new NdArray(Float32Array.from(rows.flat()), [rows.length, rows[0].length], "f32");

/** float32 sums against double precision. */
const RELATIVE = 2e-5;
const near = (got: number, expected: number, relative = RELATIVE): void =>
  expect(Math.abs(got - expected)).toBeLessThanOrEqual(relative * Math.max(1e-3, Math.abs(expected)));

function random(n: number, d: number, seed = 1): NdArray {
  const source = new Random(seed, "features");
  return new NdArray(
    Float32Array.from({ length: n * d }, () => source.normal()),
    [n, d],
    "f32",
  );
}

/** Groups of points around centers far apart; point i is of group i % groups. */
function groups(n: number, d: number, count: number): NdArray {
  const [noise, centers] = [random(n, d), random(count, d, 2)];
  noise.data.forEach((x, at) => {
    noise.data[at] = x + 6 * centers.data[(Math.floor(at / d) % count) * d + (at % d)];
  });
  return noise;
}

async function sameGroup(positions: NdArray, count: number): Promise<number> {
  const { rows } = await nearestNeighbors(positions, { k: 3, metric: "euclidean" });
  return rows.data.filter((row, at) => row % count === Math.floor(at / 3) % count).length / rows.size;
}

describe("nearest neighbors", () => {
  const bruteForce = (x: NdArray, query: number, k: number, metric: string): number[] => {
    const [n, d] = x.shape;
    const row = (i: number): number[] => Array.from(x.data.subarray(i * d, (i + 1) * d));
    const dot = (a: number[], b: number[]): number => a.reduce((sum, value, i) => sum + value * b[i], 0);
    const distance = (i: number): number => {
      const [a, b] = [row(query), row(i)];
      if (metric === "cosine") return 1 - dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
      return Math.hypot(...a.map((value, c) => value - b[c]));
    };
    const others = Array.from({ length: n }, (_, i) => ({ i, distance: distance(i) })).filter(({ i }) => i !== query);
    return others
      .sort((a, b) => a.distance - b.distance)
      .slice(0, k)
      .map(({ i }) => i);
  };

  it.each(["cosine", "euclidean"] as const)(
    "by %s are those of plain loops, over blocks that overlap",
    async (metric) => {
      const x = random(4200, 7);
      const { rows, distances } = await nearestNeighbors(x, { k: 4, metric });
      for (const query of [0, 127, 128, 4095, 4096, 4199])
        expect([...rows.row(query).data]).toEqual(bruteForce(x, query, 4, metric));
      for (const list of [0, 4199].map((i) => [...distances.row(i).data]))
        expect(list).toEqual([...list].sort((a, b) => a - b));
    },
  );

  it("of queries may be the rows themselves; of equal ones the first comes first", async () => {
    const x = matrix([
      [1, 0],
      [0, 1],
      [1, 0],
      [2, 0],
    ]);
    const { rows, distances } = await nearestNeighbors(x, { queries: matrix([[1, 0]]), k: 3, metric: "euclidean" });
    expect([...rows.data]).toEqual([0, 2, 3]);
    expect([...distances.data]).toEqual([0, 0, 1]);
  });

  it("are refused for what does not fit", async () => {
    const x = random(5, 3);
    await expect(nearestNeighbors(x, { k: 5 })).rejects.toThrow("k 5, but a query has only 4 other rows");
    await expect(nearestNeighbors(x, { queries: random(2, 4) })).rejects.toThrow(ShapeError);
    await expect(nearestNeighbors(x, { metric: "manhattan" } as never)).rejects.toThrow(OptionError);
    const broken = random(5, 3);
    broken.data[7] = NaN;
    await expect(nearestNeighbors(broken)).rejects.toThrow(
      new NumericError("nearestNeighbors: features: feature 1 of sample 2 is NaN; features must be finite"),
    );
  });
});

describe("eigenvalues", () => {
  it.each([1, 2, 5, 40])("and vectors of a symmetric matrix of %i rows", (n) => {
    const a = Float64Array.from({ length: n * n }, (_, at) =>
      Math.sin(Math.floor(at / n) + (at % n) + Math.floor(at / n) * (at % n)),
    );
    const { values, vectors } = symmetricEigen(a, n);
    for (let v = 0; v < n; v++) {
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let j = 0; j < n; j++) sum += a[i * n + j] * vectors[v * n + j];
        expect(sum).toBeCloseTo(values[v] * vectors[v * n + i], 10);
      }
      if (v > 0) expect(values[v]).toBeLessThanOrEqual(values[v - 1]);
    }
  });
});

describe("principal components", () => {
  it.each(["covariance", "randomized"] as const)("by %s are NumPy's", async (method) => {
    const x = matrix(fixture.x);
    const found = await pca(x, { components: 3, method, iterations: 30 });
    for (const [i, variance] of fixture.pca.variances.entries()) near(found.variances[i], variance, 1e-4);
    for (const [i, share] of fixture.pca.shares.entries()) near(found.shares[i], share, 1e-4);
    for (const [at, value] of fixture.pca.axes.flat().entries()) expect(found.axes.data[at]).toBeCloseTo(value, 3);
    expect(await projectOn(found, x)).toEqual(found.coordinates);
  });

  it("are refused where there are not as many", async () => {
    await expect(pca(random(3, 5), { components: 4 })).rejects.toThrow("4 components of 3 rows of 5 numbers");
  });
});

describe("t-SNE", () => {
  it("gives each point the perplexity that is asked for, with NumPy's probabilities", () => {
    const shares = calibrated(Float64Array.from(fixture.perplexity.squares), fixture.perplexity.perplexity);
    for (const [j, share] of fixture.perplexity.shares.entries()) near(shares[j], share, 1e-4);
    const entropy = shares.reduce((sum, p) => sum - (p > 0 ? p * Math.log(p) : 0), 0);
    expect(Math.exp(entropy)).toBeCloseTo(fixture.perplexity.perplexity, 3);
  });

  it("has forces by the tree that are those of all pairs", () => {
    const n = 300;
    const y = Float64Array.from(random(n, 2).data, (v) => 10 * v);
    const [exact, byTree] = [new Float64Array(2 * n), new Float64Array(2 * n)];
    const tree = new Quadtree(n);
    tree.build(y);
    const z = tree.repel(0.5, byTree);
    let expectedZ = 0;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        if (i === j) continue;
        const [dx, dy] = [y[2 * i] - y[2 * j], y[2 * i + 1] - y[2 * j + 1]];
        const q = 1 / (1 + dx * dx + dy * dy);
        expectedZ += q;
        exact[2 * i] += q * q * dx;
        exact[2 * i + 1] += q * q * dy;
      }
    near(z, expectedZ, 0.01);
    for (let i = 0; i < 2 * n; i++) expect(Math.abs(byTree[i] - exact[i])).toBeLessThan(0.1);
    tree.repel(0, byTree);
    for (let i = 0; i < 2 * n; i++) expect(byTree[i]).toBeCloseTo(exact[i], 10);
  });

  it("keeps groups together, and is the same again for the same seed", async () => {
    const x = groups(150, 10, 5);
    const { positions, divergence } = await tsne(x, { perplexity: 10, iterations: 300 });
    expect(await sameGroup(positions, 5)).toBeGreaterThan(0.95);
    expect(divergence).toBeGreaterThan(0);
    expect(divergence).toBeLessThan(1);
    expect(await tsne(x, { perplexity: 10, iterations: 300 })).toEqual({ positions, divergence });
    const between: NdArray[] = [];
    const onProgress = (_done: number, _total: number, soFar: () => NdArray): void => void between.push(soFar());
    await tsne(x, { perplexity: 10, iterations: 300, onProgress });
    expect(between).toHaveLength(30);
    expect(between.at(-1)).toEqual(positions);
    expect(between[0]).not.toEqual(positions);
  });

  it("takes points at the same place, and refuses a large perplexity", async () => {
    const same = new NdArray(new Float32Array(40), [20, 2], "f32");
    const { positions } = await tsne(same, { perplexity: 3, iterations: 20 });
    expect(positions.data.every(Number.isFinite)).toBe(true);
    await expect(tsne(random(20, 3))).rejects.toThrow("perplexity 30 for 20 points, expected a number from 1 to 6");
  });
});

describe("UMAP", () => {
  it("has the curve of the paper's program", () => {
    const { a, b } = membershipCurve(0.1);
    near(a, 1.577, 1e-3);
    near(b, 0.895, 1e-3);
  });

  it("has memberships that add up to log₂ k before they are joined", async () => {
    const graph = fuzzyGraph(await nearestNeighbors(random(60, 4), { k: 9, metric: "euclidean" }), 10);
    expect(graph.weights.every((w) => w >= 0 && w <= 1)).toBe(true);
    for (let i = 0; i < 60; i++) {
      const sum = graph.weights.subarray(graph.starts[i], graph.starts[i + 1]).reduce((total, w) => total + w, 0);
      expect(sum).toBeGreaterThanOrEqual(Math.log2(10) - 1e-4);
    }
  });

  it("keeps groups together, and is the same again for the same seed", async () => {
    const x = groups(150, 10, 5);
    const positions = await umap(x, { epochs: 100 });
    expect(await sameGroup(positions, 5)).toBe(1);
    expect(await umap(x, { epochs: 100 })).toEqual(positions);
    const between: NdArray[] = [];
    await umap(x, { epochs: 100, onProgress: (_done, _total, soFar) => void between.push(soFar()) });
    expect(between).toHaveLength(10);
    expect(between.at(-1)).toEqual(positions);
    expect(between[0]).not.toEqual(positions);
  });
});

describe("CKA", () => {
  it("is NumPy's, 1 for turned and scaled features, and the same in both orders", async () => {
    const [x, y] = [matrix(fixture.x), matrix(fixture.y)];
    near(await linearCka(x, y), fixture.cka);
    near(await linearCka(y, x), fixture.cka);
    near(
      await linearCka(
        x,
        new NdArray(
          x.data.map((v) => -3 * v + 5),
          x.shape,
          "f32",
        ),
      ),
      1,
    );
    await expect(linearCka(x, random(3, 2))).rejects.toThrow(ShapeError);
  });

  it("of batches is NumPy's without bias", () => {
    const gramOf = (rows: readonly (readonly number[])[]): NdArray =>
      matrix(rows.map((a) => rows.map((b) => a.reduce((sum, v, c) => sum + v * b[c], 0))));
    const sums = new AlignmentSums();
    sums.add({ x: gramOf(fixture.x) }, { y: gramOf(fixture.y) });
    near(sums.finish().values.data[0], fixture.unbiasedCka);
  });

  it("of layers over batches is symmetric, and 1 of a layer with itself", async () => {
    const data = dataset("d", {
      image: picture(new NdArray(Float32Array.from(random(40, 64).data), [40, 1, 8, 8], "f32")),
    });
    const net = (seed: number) =>
      nn.Model.build(nn.sequential({ flat: nn.flatten(), fc: nn.linear(30), act: nn.tanh(), out: nn.linear(2) }), {
        input: [1, 8, 8],
        seed,
      });
    const [a, b] = [net(1), net(2)];
    const { rows, values } = await ckaMatrix(a, data, a, { layers: ["fc", "act"], batch: 20 });
    expect(rows).toEqual(["fc", "act"]);
    near(values.data[0], 1);
    near(values.data[1], values.data[2]);
    const across = await ckaMatrix(a, data, b, { layers: ["fc"], batch: 20 });
    expect(Math.abs(across.values.data[0])).toBeLessThan(0.8);
    await expect(ckaMatrix(a, data, a, { layers: ["fcc"] })).rejects.toThrow("did you mean fc?");
    await expect(ckaMatrix(a, data, a, { batch: 3 })).rejects.toThrow("a batch of 3 samples, expected at least 4");
  });
});

describe("features", () => {
  const model = nn.Model.build(
    nn.sequential({ conv: nn.conv2d(3, { kernel: 3 }), act: nn.relu(), flat: nn.flatten(), fc: nn.linear(2) }),
    { input: [1, 6, 6], seed: 1 },
  );
  const images = new NdArray(Float32Array.from(random(10, 36).data), [10, 1, 6, 6], "f32");
  const data = dataset("d", { image: picture(images) });

  it("are all values of a layer, or the mean of each map, in any batches", async () => {
    const all = await layerFeatures(model, data, "act", { batch: 4 });
    expect(all.shape).toEqual([10, 48]);
    const means = await layerFeatures(model, data, "act", { spatial: "mean" });
    expect(means.shape).toEqual([10, 3]);
    const map = all.data.subarray(7 * 48 + 16, 7 * 48 + 32) as Float32Array;
    near(means.data[7 * 3 + 1], map.reduce((sum, v) => sum + v, 0) / 16);
    expect(lastHiddenLayer(model)).toBe("flat");
  });

  it("are refused for paths that are not there, and values that are not finite", async () => {
    await expect(layerFeatures(model, data, "cnv")).rejects.toThrow("did you mean conv?");
    await expect(layerFeatures(model, data, "*c*")).rejects.toThrow("names 3 layers");
    const broken = images.copy();
    broken.data[36] = Infinity;
    await expect(layerFeatures(model, dataset("d", { image: picture(broken) }), "conv")).rejects.toThrow(NumericError);
  });
});
