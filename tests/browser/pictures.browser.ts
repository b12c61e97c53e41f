/**
 * A page decodes pictures with the browser's own decoders as Node does with sharp, and encodes them. Run it with
 * `npm run test:browser`.
 */
import { type PictureFormat, pictureGrid, readPicture } from "fovea/image";
import type { Browser, Page as Tab } from "playwright-core";
import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findOrSkip, startChromium } from "./chromium.ts";
import type { Page } from "./page.ts";
import { type Attempt, type Listed, listed } from "./pictures.ts";
import { type Server, startServer } from "./server.ts";

/** Two JPEG decoders, or a lossy format and its original, on pictures of flat tones. */
const LOSS = 15;
/** A canvas multiplies colors by alpha and divides them again. */
const ALPHA_LOSS = 2;
/** Inks are turned into RGB by a profile in sharp, by a formula in browsers. */
const INK_LOSS = 60;

const chromium = findOrSkip();

/** The page's side of the test, inside of `evaluate`. */
declare const fovea: Page;

/** Four colors in the corners: no two turns look alike. */
const corners: Listed = {
  width: 32,
  height: 16,
  channels: 3,
  data: Array.from({ length: 32 * 16 }, (_, i) => {
    const [right, lower] = [i % 32 >= 16, i >= 32 * 8];
    return [right ? 200 : 40, lower ? 220 : 60, right === lower ? 90 : 150];
  }).flat(),
};
const cornersWith = (alpha: number): Listed => ({
  ...corners,
  channels: 4,
  data: corners.data.flatMap((value, i) => (i % 3 < 2 ? [value] : [value, i < 24 * 32 ? alpha : 255])),
});
const pipelineOf = ({ width, height, channels, data }: Listed): Sharp =>
  sharp(Uint8Array.from(data), { raw: { width, height, channels } });

const flat = (background: string, width = 16, height = 16): Sharp =>
  sharp({ create: { width, height, channels: 3, background } });

const frames = (): Sharp =>
  sharp(
    Uint8Array.from({ length: 2 * 8 * 8 * 3 }, (_, i) => (i < 8 * 8 * 3 ? 50 : 200)),
    { raw: { width: 8, height: 16, channels: 3, pageHeight: 8 } },
  );

/** A BMP of 2 × 1 pixels, which sharp does not write: a file header, BITMAPINFOHEADER, and a row of blue, green, red. */
const bmp = Uint8Array.from([
  ...[0x42, 0x4d, 62, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0],
  ...[40, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 24, 0, 0, 0, 0, 0, 8, 0, 0, 0],
  ...new Array(16).fill(0),
  ...[3, 2, 1, 6, 5, 4, 0, 0],
]);

/** Files that both decode, with the greatest difference that is allowed. */
const alike: Readonly<Record<string, readonly [loss: number, file: () => Promise<Uint8Array>]>> = {
  ...Object.fromEntries(
    [1, 2, 3, 4, 5, 6, 7, 8].map((orientation) => [
      `turned-${orientation}.jpg`,
      [LOSS, () => pipelineOf(corners).withMetadata({ orientation }).jpeg().toBuffer()] as const,
    ]),
  ),
  "turned.png": [0, () => pipelineOf(corners).withMetadata({ orientation: 6 }).png().toBuffer()],
  "lossy.webp": [LOSS, () => pipelineOf(corners).webp().toBuffer()],
  "lossless.webp": [0, () => pipelineOf(corners).webp({ lossless: true }).toBuffer()],
  "clear.webp": [ALPHA_LOSS, () => pipelineOf(cornersWith(128)).webp({ lossless: true }).toBuffer()],
  "moving.webp": [LOSS, () => frames().webp().toBuffer()],
  "still.gif": [0, () => pipelineOf(corners).gif().toBuffer()],
  "moving.gif": [0, () => frames().gif().toBuffer()],
  "still.avif": [LOSS, () => pipelineOf(corners).avif().toBuffer()],
  "clear.avif": [LOSS, () => pipelineOf(cornersWith(128)).avif().toBuffer()],
  "gray.jpg": [LOSS, () => pipelineOf(corners).toColourspace("b-w").jpeg().toBuffer()],
  "inks.jpg": [INK_LOSS, () => flat("rgb(190, 120, 100)").toColourspace("cmyk").jpeg().toBuffer()],
  "plain.png": [0, () => pipelineOf(corners).png().toBuffer()],
  "clear.png": [0, () => pipelineOf(cornersWith(1)).png().toBuffer()],
  "deep.png": [1, () => pipelineOf(corners).toColourspace("rgb16").png().toBuffer()],
  "deep-gray.png": [1, () => pipelineOf(corners).toColourspace("grey16").png().toBuffer()],
  "palette.png": [0, () => pipelineOf(corners).png({ palette: true }).toBuffer()],
  "clear-palette.png": [ALPHA_LOSS, () => pipelineOf(cornersWith(128)).png({ palette: true }).toBuffer()],
  "one.jpg": [LOSS, () => flat("teal", 1, 1).jpeg().toBuffer()],
};

/** More than the four million pixels that are read at a time. */
const STRIPS = { width: 3000, height: 2000, channels: 4 } as const;
/** Tones that change from row to row, above transparent ones. */
const strips = (): Sharp => {
  const data = new Uint8Array(STRIPS.width * STRIPS.height * 4);
  for (let y = 0; y < 1500; y++) {
    data.fill(y >> 3, y * STRIPS.width * 4, (y + 1) * STRIPS.width * 4);
    for (let x = 0; x < STRIPS.width; x++) data[(y * STRIPS.width + x) * 4 + 3] = 255;
  }
  return sharp(data, { raw: STRIPS });
};

const LARGE = { width: 10_000, height: 5_000 };

describe.skipIf(chromium === undefined)("pictures in a page", () => {
  const files = new Map<string, Uint8Array>();
  let browser: Browser;
  let server: Server;
  let tab: Tab;

  beforeAll(async () => {
    for (const [name, [, file]] of Object.entries(alike)) files.set(`/${name}`, await file());
    for (const format of ["jpg", "png", "gif", "webp", "avif"]) {
      const [name] = [...files.keys()].filter((path) => path.endsWith(format));
      const whole = files.get(name)!;
      files.set(`/half.${format}`, whole.subarray(0, Math.floor(whole.length * 0.6)));
    }
    files.set("/two.bmp", bmp);
    files.set("/empty.jpg", new Uint8Array(0));
    files.set("/text.jpg", new TextEncoder().encode("not a cat"));
    files.set("/tiff.tif", await pipelineOf(corners).tiff().toBuffer());
    files.set("/strips.webp", await strips().webp({ lossless: true, effort: 0 }).toBuffer());
    files.set("/large.jpg", await flat("rgb(10, 120, 230)", LARGE.width, LARGE.height).jpeg().toBuffer());
    server = await startServer({ isolated: true, files });
    browser = await startChromium(chromium!);
    tab = await browser.newPage();
    await tab.goto(server.url);
  });

  afterAll(async () => {
    await browser?.close();
    server?.stop();
  });

  const decode = (path: string, options = {}): Promise<Attempt<Listed>> =>
    tab.evaluate((given) => fovea.decode(given), { path, options });
  const encode = (picture: Listed, options: { format: PictureFormat; quality?: number }) =>
    tab.evaluate((given) => fovea.encode(given), { picture, options });

  const outcomeOf = <T>(attempt: Attempt<T>): T => {
    if ("error" in attempt) throw new Error(attempt.error);
    return attempt.value;
  };
  const difference = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);

  it.each(Object.entries(alike))("are what they are in Node: %s", async (name, [loss]) => {
    const here = outcomeOf(await decode(`/${name}`));
    const { data, ...size } = listed(await readPicture(files.get(`/${name}`)!));
    expect(here).toMatchObject(size);
    expect(here.data).toHaveLength(data.length);
    expect(difference(here.data, data)).toBeLessThanOrEqual(loss);
  });

  it("may be BMP", async () => {
    expect(outcomeOf(await decode("/two.bmp"))).toEqual({ width: 2, height: 1, channels: 3, data: [1, 2, 3, 4, 5, 6] });
  });

  it("may have 50 megapixels", async () => {
    const seen = await tab.evaluate(async () => {
      const bytes = new Uint8Array(await (await fetch("/large.jpg")).arrayBuffer());
      const { width, height, channels, data } = await fovea.image.readPicture(bytes);
      return { width, height, channels, length: data.length, ends: [...data.slice(0, 3), ...data.slice(-3)] };
    });
    expect(seen).toMatchObject({ ...LARGE, channels: 3, length: 150_000_000 });
    expect(difference(seen.ends, [10, 120, 230, 10, 120, 230])).toBeLessThanOrEqual(LOSS);
  });

  it("come together from strips, whose transparent pixels do not show the strip before", async () => {
    const seen = await tab.evaluate(async () => {
      const bytes = new Uint8Array(await (await fetch("/strips.webp")).arrayBuffer());
      const { width, height, data } = await fovea.image.readPicture(bytes);
      return Array.from({ length: height }, (_, y) => [data[y * width * 4], data[y * width * 4 + 3]]);
    });
    expect(seen).toEqual(Array.from({ length: STRIPS.height }, (_, y) => (y < 1500 ? [y >> 3, 255] : [0, 0])));
  });

  it.each(["jpg", "png", "gif", "webp", "avif"])("are named when a %s is cut off", async (format) => {
    const failure = await decode(`/half.${format}`);
    expect(failure).toEqual({
      error: expect.stringMatching(/^FormatError: cat\.jpg: the \w+ is (broken: \S|cut off)/),
    });
  });

  it.each([
    ["/empty.jpg", {}, "FormatError: cat.jpg: the file is empty, expected a picture"],
    ["/text.jpg", {}, 'FormatError: cat.jpg: it looks like text beginning with "not a cat", expected a picture'],
    ["/tiff.tif", {}, "CapabilityError: cat.jpg is a TIFF, which is not supported here: convert it to PNG or JPEG"],
    [
      "/large.jpg",
      { maxPixels: 49_999_999 },
      "FormatError: cat.jpg: it has 10000×5000 pixels, at most 49999999 are read",
    ],
    ["/gray.jpg", { decoder: "own" }, "CapabilityError: cat.jpg is a JPEG; our own decoder reads PNG only"],
  ])("say what is wrong with %s, %j", async (path, options, message) => {
    expect(await decode(path, options)).toEqual({ error: expect.stringContaining(message) });
  });

  it.each([
    ["png", 0],
    ["jpeg", LOSS],
    ["webp", LOSS],
  ] as const)("are written as %s, and read by Node", async (format, loss) => {
    for (const picture of [corners, cornersWith(255)]) {
      const back = await readPicture(Uint8Array.from(outcomeOf(await encode(picture, { format }))));
      expect([back.width, back.height]).toEqual([32, 16]);
      expect(back.channels).toBe(format === "png" ? picture.channels : 3);
      const sparse = (data: ArrayLike<number>, channels: number) =>
        [3, 28].flatMap((x) => [2, 13].flatMap((y) => [0, 1, 2].map((c) => data[(y * 32 + x) * channels + c])));
      expect(difference(sparse(back.data, back.channels), sparse(picture.data, picture.channels))).toBeLessThanOrEqual(
        loss,
      );
    }
  });

  it("keep their alpha as WebP, and lie on white as JPEG", async () => {
    const clear = cornersWith(0);
    const webp = await readPicture(Uint8Array.from(outcomeOf(await encode(clear, { format: "webp" }))));
    expect([webp.channels, webp.data[3], webp.data.at(-1)]).toEqual([4, 0, 255]);
    const jpeg = await readPicture(Uint8Array.from(outcomeOf(await encode(clear, { format: "jpeg" }))));
    expect(jpeg.data[0]).toBeGreaterThan(255 - LOSS);
  });

  it("are smaller with less quality", async () => {
    const length = async (quality: number) => outcomeOf(await encode(corners, { format: "jpeg", quality })).length;
    expect(await length(10)).toBeLessThan(await length(95));
  });

  it("are not written as AVIF where the browser does not, which is said", async () => {
    const attempt = await encode(corners, { format: "avif" });
    if ("value" in attempt) expect((await readPicture(Uint8Array.from(attempt.value))).width).toBe(32);
    else {
      expect(attempt.error).toBe(
        "CapabilityError: encodePicture: the browser does not write avif; choose another format",
      );
    }
  });

  it("stand in the grid that Node draws", async () => {
    const options = { title: "Corners", scale: 3 };
    const given = { picture: corners, caption: "four of them", options };
    const there = await tab.evaluate((value) => fovea.grid(value), given);
    const picture = { ...corners, data: Uint8Array.from(corners.data) };
    expect(there).toEqual(listed(pictureGrid([{ picture, caption: "four of them" }], options)));
  });
});
