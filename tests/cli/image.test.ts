/** `fovea image`: filters, edges and corners of pictures in files. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  type BytePicture,
  canny,
  decodePng,
  encodePng,
  filter,
  harris,
  kernels,
  markPoints,
  toBytes,
} from "../../src/image/index.ts";
import { workspace } from "./run.ts";

const { fovea, read, write } = workspace();

/** A bright rectangle on a dark ramp, in three colors; whole numbers, so that every run sees the same. */
const picture: BytePicture = {
  ...{ width: 40, height: 30, channels: 3 },
  data: Uint8Array.from({ length: 3600 }, (_, i) => {
    const [x, y, c] = [Math.floor(i / 3) % 40, Math.floor(i / 120), i % 3];
    return x >= 10 && x < 30 && y >= 8 && y < 22 ? 200 + 20 * c : x + 3 * c;
  }),
};

beforeAll(async () => {
  await write("in.png", await encodePng(picture));
});

/** Runs `fovea image` on the picture, which must do well, and gives what it wrote. */
async function made(command: string, ...flags: string[]): Promise<BytePicture & { said: string; printed: string }> {
  const { code, stdout, stderr } = await fovea(["image", command, "in.png", "out.png", ...flags]);
  expect({ code, stderr: stderr.includes("error") ? stderr : "" }).toEqual({ code: 0, stderr: "" });
  return { ...(await decodePng(read("out.png"))), said: stderr, printed: stdout };
}

describe("fovea image filter", () => {
  it.each([
    ["sharpen", filter(picture, kernels.sharpen())],
    ["gaussian:sigma=2,size=9", filter(picture, kernels.gaussian({ sigma: 2, size: 9 }))],
    [
      "0.5,0;0,0.5",
      filter(picture, [
        [0.5, 0],
        [0, 0.5],
      ]),
    ],
    ["-1,0.5,1.5", filter(picture, [[-1, 0.5, 1.5]])],
  ])("slides the kernel %s over a picture", async (kernel, expected) => {
    const { data, width, height, said, printed } = await made("filter", "--kernel", kernel);
    expect({ width, height, data }).toEqual({ width: 40, height: 30, data: toBytes(expected).data });
    expect([said, printed]).toEqual(["40×30 pixels in out.png\n", ""]);
  });

  it("has every option of the filter", async () => {
    const options = { mode: "convolution", border: "valid", normalize: true, step: [2, 3], color: "across" } as const;
    const expected = filter(
      picture,
      [
        [5, 1],
        [0, 2],
      ],
      options,
    );
    const words = "--mode convolution --border valid --normalize --step 2,3 --color across";
    const { data, width, height, channels } = await made("filter", "--kernel", "5,1;0,2", ...words.split(" "));
    expect({ width, height, channels, data }).toEqual(toBytes(expected));
    // Each of them matters here.
    for (const option of Object.keys(options)) {
      const others = { ...options, [option]: undefined };
      expect(
        toBytes(
          filter(
            picture,
            [
              [5, 1],
              [0, 2],
            ],
            others,
          ),
        ),
      ).not.toEqual(toBytes(expected));
    }
  });

  it("shows differences without their sign, or as told", async () => {
    const { data } = filter(picture, kernels.sobelX(), { normalize: true });
    const shown = (display: (value: number) => number): Uint8Array =>
      toBytes({ ...picture, data: data.map(display) }).data;
    const run = async (...flags: string[]) =>
      (await made("filter", "--kernel", "sobelX", "--normalize", ...flags)).data;
    expect(await run()).toEqual(shown(Math.abs));
    expect(await run("--show", "absolute")).toEqual(shown(Math.abs));
    expect(await run("--show", "clip")).toEqual(shown((value) => value));
    expect(await run("--show", "centered")).toEqual(shown((value) => 0.5 + value / 2));
  });
});

describe("fovea image canny", () => {
  it("writes the edges as white on black, and says how many there are", async () => {
    const expected = canny(picture);
    const { width, height, channels, data, said } = await made("canny");
    expect({ width, height, channels, data }).toEqual(expected);
    const count = expected.data.filter((value) => value > 0).length;
    expect(said).toBe(`${count} edge pixels (${((100 * count) / 1200).toFixed(2)} %) in out.png\n`);
  });

  it("has every option", async () => {
    const options = { low: 30, high: 60, sigma: 1.5, norm: "l2" } as const;
    const { data } = await made("canny", ..."--low 30 --high 60 --sigma 1.5 --l2".split(" "));
    expect(data).toEqual(canny(picture, options).data);
    expect(data).not.toEqual(canny(picture).data);
  });
});

describe("fovea image harris", () => {
  it("marks corners in the picture, and prints where they are when asked", async () => {
    const corners = harris(picture);
    expect(corners.length).toBeGreaterThan(3);
    const plain = await made("harris");
    expect(plain.data).toEqual(markPoints(picture, corners).data);
    expect([plain.said, plain.printed]).toEqual([`${corners.length} corners in out.png\n`, ""]);
    const { printed, data } = await made("harris", "--json");
    expect(JSON.parse(printed)).toEqual({ image: "in.png", corners });
    expect(data).toEqual(plain.data);
  });

  it("has every option", async () => {
    const options = { threshold: 0.1, distance: 4, block: 3, aperture: 5, k: 0.06, measure: "harris" } as const;
    const corners = async (words: string) =>
      JSON.parse((await made("harris", "--json", ...words.split(" ").filter(Boolean))).printed).corners;
    expect(await corners("--threshold 0.1 --distance 4 --block 3 --aperture 5 --k 0.06")).toEqual(
      harris(picture, options),
    );
    expect(await corners("--count 2")).toEqual(harris(picture).slice(0, 2));
    expect(await corners("--measure shiTomasi")).toEqual(harris(picture, { measure: "shiTomasi" }));
  });
});

describe("fovea image", () => {
  it("lists its parts when called with nothing, and fails", async () => {
    const { code, stderr } = await fovea("image");
    expect(code).toBe(2);
    expect(stderr).toMatch(/Commands:\n {2}filter .*\n {2}canny .*\n {2}harris /);
  });

  it("writes into folders that are not there yet", async () => {
    expect((await fovea("image canny in.png new/folder/edges.png")).code).toBe(0);
    expect((await decodePng(read("new/folder/edges.png"))).width).toBe(40);
  });
});
