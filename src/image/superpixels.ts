/**
 * Superpixels: pieces of a picture, of about one size and one color, by k-means in color and place (SLIC),
 *
 *   D² = |Lab(pixel) − Lab(center)|² + (m / S)² |pixel − center|²,    S = √(pixels / count),
 *
 * where a center looks at the 2S × 2S pixels around it. Pieces that are not connected to the rest of their superpixel and smaller
 * than a quarter of S² go to a neighbor. Source: Achanta et al. 2012, "SLIC superpixels compared to state-of-the-art".
 */
import { integer, positive, readOptions, withDefault } from "../options/index.ts";
import { checkPicture, type Picture, toFloats, toRgb } from "./picture.ts";

/** Options of `superpixels`. */
export interface SuperpixelOptions {
  /** About how many pieces there are. Default 50. */
  readonly count?: number | undefined;
  /** m, how much place counts against color; CIE L*a*b* has 0 to 100 from black to white. Default 10. */
  readonly compactness?: number | undefined;
  /** The rounds of k-means. Default 10. */
  readonly rounds?: number | undefined;
}

const schema = {
  count: withDefault(integer(1), 50),
  compactness: withDefault(positive(), 10),
  rounds: withDefault(integer(1), 10),
};

/** Pieces of a picture. */
export interface Superpixels {
  /** The number of each pixel's piece, from 0, row by row. */
  readonly labels: Int32Array;
  /** How many pieces there are; not quite the number that was asked for. */
  readonly count: number;
}

/**
 * Divides a picture into superpixels. The same picture gives the same pieces.
 * @throws OptionError for a value that is no picture, and for invalid options
 */
export function superpixels(picture: Picture, options: SuperpixelOptions = {}): Superpixels {
  checkPicture(picture, "superpixels");
  const { count, compactness, rounds } = readOptions("superpixels", schema, options);
  const { width, height } = picture;
  const lab = toLab(toRgb(toFloats(picture)).data);
  const spacing = Math.sqrt((width * height) / count);
  const grid = { lab, width, height, spacing, placeWeight: (compactness / spacing) ** 2 };
  const centers = firstCenters(grid);
  const labels = new Int32Array(width * height);
  for (let round = 0; round < rounds; round++) {
    assign(grid, centers, labels);
    move(grid, centers, labels);
  }
  return connected(labels, width, height, (spacing * spacing) / 4);
}

interface Grid {
  /** L, a, b of each pixel. */
  readonly lab: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly spacing: number;
  readonly placeWeight: number;
}

/** L, a, b, x, y of each center. */
type Centers = Float64Array;
const CENTER = 5;

/** Centers in the middle of the cells of an even grid. */
function firstCenters({ lab, width, height, spacing }: Grid): Centers {
  const [across, down] = [width, height].map((length) => Math.max(1, Math.round(length / spacing)));
  const centers = new Float64Array(across * down * CENTER);
  for (let k = 0; k < across * down; k++) {
    const x = Math.floor(((k % across) + 0.5) * (width / across));
    const y = Math.floor((Math.floor(k / across) + 0.5) * (height / down));
    centers.set([...lab.subarray(3 * (y * width + x), 3 * (y * width + x) + 3), x, y], k * CENTER);
  }
  return centers;
}

/** Gives each pixel to the nearest center in reach. */
function assign({ lab, width, height, spacing, placeWeight }: Grid, centers: Centers, labels: Int32Array): void {
  const nearest = new Float64Array(labels.length).fill(Infinity);
  const reach = 2 * spacing;
  for (let c = 0; c < centers.length; c += CENTER) {
    const [l, a, b, x, y] = centers.subarray(c, c + CENTER);
    const [left, right] = [Math.max(0, Math.ceil(x - reach)), Math.min(width - 1, Math.floor(x + reach))];
    const [top, bottom] = [Math.max(0, Math.ceil(y - reach)), Math.min(height - 1, Math.floor(y + reach))];
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        const at = row * width + column;
        const color = (lab[3 * at] - l) ** 2 + (lab[3 * at + 1] - a) ** 2 + (lab[3 * at + 2] - b) ** 2;
        const distance = color + placeWeight * ((column - x) ** 2 + (row - y) ** 2);
        if (distance >= nearest[at]) continue;
        nearest[at] = distance;
        labels[at] = c / CENTER;
      }
    }
  }
}

/** Moves each center to the mean of its pixels. */
function move({ lab, width }: Grid, centers: Centers, labels: Int32Array): void {
  const sums = new Float64Array(centers.length);
  const counts = new Float64Array(centers.length / CENTER);
  for (const [at, label] of labels.entries()) {
    const to = label * CENTER;
    for (let c = 0; c < 3; c++) sums[to + c] += lab[3 * at + c];
    sums[to + 3] += at % width;
    sums[to + 4] += Math.floor(at / width);
    counts[label]++;
  }
  for (let i = 0; i < centers.length; i++) {
    const count = counts[Math.floor(i / CENTER)];
    if (count > 0) centers[i] = sums[i] / count;
  }
}

/** Connected pieces, numbered as they are met; a small one gets the number of a neighbor before it. */
function connected(labels: Int32Array, width: number, height: number, smallest: number): Superpixels {
  const result = new Int32Array(labels.length).fill(-1);
  let count = 0;
  for (let start = 0; start < labels.length; start++) {
    if (result[start] >= 0) continue;
    let neighbor = -1;
    const piece = [start];
    result[start] = count;
    for (let i = 0; i < piece.length; i++) {
      for (const next of neighborsOf(piece[i], width, height)) {
        if (result[next] >= 0 && result[next] !== count) neighbor = result[next];
        if (result[next] >= 0 || labels[next] !== labels[start]) continue;
        result[next] = count;
        piece.push(next);
      }
    }
    if (piece.length >= smallest || neighbor < 0) count++;
    else for (const at of piece) result[at] = neighbor;
  }
  return { labels: result, count };
}

function neighborsOf(at: number, width: number, height: number): readonly number[] {
  const [x, y] = [at % width, Math.floor(at / width)];
  return [
    ...(x > 0 ? [at - 1] : []),
    ...(x < width - 1 ? [at + 1] : []),
    ...(y > 0 ? [at - width] : []),
    ...(y < height - 1 ? [at + width] : []),
  ];
}

/** sRGB, 0 … 1, to CIE L*a*b* with the white D65. */
function toLab(rgb: Float32Array): Float32Array {
  const lab = new Float32Array(rgb.length);
  for (let i = 0; i < rgb.length; i += 3) {
    const [r, g, b] = [rgb[i], rgb[i + 1], rgb[i + 2]].map(linearLight);
    const x = compressed((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
    const y = compressed(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
    const z = compressed((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
    lab.set([116 * y - 16, 500 * (x - y), 200 * (y - z)], i);
  }
  return lab;
}

const linearLight = (value: number): number => {
  const v = Math.min(1, Math.max(0, value));
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
};

const compressed = (t: number): number => (t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29);
