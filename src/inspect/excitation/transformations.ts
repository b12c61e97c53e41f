/**
 * Random moves of pictures between steps of ascent: what survives them is no pattern of single pixels. Each picture is
 * shifted, turned and scaled about its center by random numbers that have addresses, within the compiled step:
 *
 *   out[p] = in[c + R(θ) (p − c) / s + d],   θ, log s and d uniform, bilinear, mirrored at the edges
 *
 * Source: Olah, Mordvintsev, Schubert, "Feature Visualization", Distill 2017 ("transformation robustness").
 */
import { NdArray, streamOf } from "../../array/index.ts";
import { constant, type Tensor } from "../../graph/index.ts";
import {
  abs,
  add,
  broadcastTo,
  cast,
  cos,
  exp,
  floor,
  gather,
  maximum,
  minimum,
  mul,
  reshape,
  sin,
  sub,
  uniform,
} from "../../ops/index.ts";

/** How far pictures are moved at most. */
export interface Moves {
  /** In pixels, along each axis. */
  readonly jitter: number;
  /** In degrees, to both sides. */
  readonly turn: number;
  /** Enlarging and shrinking by up to 1 + this. */
  readonly scale: number;
}

/** The place of the random numbers: `i32` scalars. */
export interface Draws {
  readonly seed: Tensor;
  readonly position: Tensor;
}

/** Moves each of the pictures [n, channels, height, width] in its own way; returns them as they are without moves. */
export function moved(pictures: Tensor, { jitter, turn, scale }: Moves, draws: Draws): Tensor {
  if (jitter === 0 && turn === 0 && scale === 0) return pictures;
  const [n, , height, width] = pictures.shape;
  /** Uniform in (−1, 1) for each picture, [n, 1]. */
  const draw = (name: string): Tensor =>
    sub(mul(uniform({ ...draws, stream: streamOf(`ascent ${name}`) }, [n, 1]), 2), 1);
  const shift = (name: string): Tensor => floor(add(mul(draw(name), jitter + 0.5), 0.5));
  const [down, across] = [centered(height, width, 0), centered(height, width, 1)];
  const [toMiddleY, toMiddleX] = [(height - 1) / 2, (width - 1) / 2];
  if (turn === 0 && scale === 0) {
    const y = add(add(shift("down"), toMiddleY), down);
    const x = add(add(shift("across"), toMiddleX), across);
    return read(pictures, y, x);
  }
  const angle = mul(draw("turn"), (turn * Math.PI) / 180);
  const factor = exp(mul(draw("scale"), Math.log1p(scale)));
  const [c, s] = [mul(cos(angle), factor), mul(sin(angle), factor)];
  const y = add(add(mul(c, down), mul(s, across)), add(shift("down"), toMiddleY));
  const x = add(sub(mul(c, across), mul(s, down)), add(shift("across"), toMiddleX));
  return interpolated(pictures, y, x);
}

/** Distances of all pixels from the center along an axis, [1, height · width]. */
function centered(height: number, width: number, axis: 0 | 1): Tensor {
  const values = new Float32Array(height * width);
  for (let i = 0; i < values.length; i++)
    values[i] = axis === 0 ? Math.floor(i / width) - (height - 1) / 2 : (i % width) - (width - 1) / 2;
  return constant(new NdArray(values, [1, values.length], "f32"));
}

/** Bilinear, at positions [n, height · width]. */
function interpolated(pictures: Tensor, y: Tensor, x: Tensor): Tensor {
  const [top, left] = [floor(y), floor(x)];
  const [below, right] = [sub(y, top), sub(x, left)];
  const corner = (dy: 0 | 1, dx: 0 | 1): Tensor => {
    const share = mul(dy === 1 ? below : sub(1, below), dx === 1 ? right : sub(1, right));
    const [n, channels, height, width] = pictures.shape;
    const weight = broadcastTo(reshape(share, [n, 1, height, width]), [n, channels, height, width]);
    return mul(read(pictures, add(top, dy), add(left, dx)), weight);
  };
  return add(add(corner(0, 0), corner(0, 1)), add(corner(1, 0), corner(1, 1)));
}

/** The pixels at whole positions [n, height · width], mirrored at the edges. */
function read(pictures: Tensor, y: Tensor, x: Tensor): Tensor {
  const { shape } = pictures;
  const [n, channels, height, width] = shape;
  const at = cast(add(mul(mirrored(y, height), width), mirrored(x, width)), "i32");
  const index = broadcastTo(reshape(at, [n, 1, height * width]), [n, channels, height * width]);
  return reshape(gather(reshape(pictures, [n, channels, height * width]), index, 2), shape);
}

/** A whole position within 0 … length − 1: mirrored once at each edge, then held there. */
function mirrored(position: Tensor, length: number): Tensor {
  const last = length - 1;
  const folded = sub(last, abs(sub(last, abs(position))));
  return minimum(maximum(folded, 0), last);
}
