/** Pictures under a filter, as fast as the engine is: one program for each size, with picture and filter as its inputs. */
import {
  add,
  type Compiled,
  cast,
  compile,
  conv,
  createWasmEngine,
  f32,
  maximum,
  minimum,
  mul,
  NdArray,
  round,
  type Tensor,
  u8,
} from "fovea";
import { type Kernel, kernels } from "fovea/image";
import type { FilterSetting, Frame } from "./api.ts";

const engine = createWasmEngine({ threads: 1 });
/** The programs by height, width and size of the filter. */
const programs = new Map<string, Compiled<Tensor>>();

/** Bytes [1, 3, height, width] in and out; each channel is filtered alone. */
function programFor(height: number, width: number, size: number): Compiled<Tensor> {
  const name = `${height}×${width}, ${size}`;
  const known = programs.get(name);
  if (known !== undefined) return known;
  const made = compile(
    (picture, filters, scale, offset) => {
      const values = mul(cast(picture, "f32"), 1 / 255);
      const sums = conv(values, filters, { groups: 3, padding: "same" });
      const shifted = add(mul(sums, scale), offset);
      return cast(round(mul(minimum(maximum(shifted, 0), 1), 255)), "u8");
    },
    [u8(1, 3, height, width), f32(3, 1, size, size), f32(1, 1, 1, 1), f32(1, 1, 1, 1)],
    { engine },
  );
  programs.set(name, made);
  return made;
}

export async function filterFrame(frame: Frame, { kernel, scale, offset }: FilterSetting): Promise<Frame> {
  const { data, width, height } = frame;
  const [area, size] = [width * height, kernel.length];
  const planes = new Uint8Array(3 * area);
  for (let i = 0; i < area; i++) for (let c = 0; c < 3; c++) planes[c * area + i] = data[4 * i + c];
  const weights = kernel.flat();
  const filtered = await programFor(height, width, size)(
    new NdArray(planes, [1, 3, height, width], "u8"),
    new NdArray(Float32Array.from([...weights, ...weights, ...weights]), [3, 1, size, size]),
    new NdArray(Float32Array.of(scale), [1, 1, 1, 1]),
    new NdArray(Float32Array.of(offset), [1, 1, 1, 1]),
  );
  const result = new Uint8ClampedArray(4 * area);
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < 3; c++) result[4 * i + c] = filtered.data[c * area + i];
    result[4 * i + 3] = 255;
  }
  return { data: result, width, height };
}

/** The kernels that the page offers by name. */
const offered = {
  identity: kernels.identity(),
  box: kernels.box({ size: 3 }),
  blur: kernels.gaussian({ sigma: 1, size: 5 }),
  sharpen: kernels.sharpen(),
  sobelX: kernels.sobelX(),
  sobelY: kernels.sobelY(),
  laplacian: kernels.laplacian(),
  emboss: kernels.emboss(),
} satisfies Record<string, Kernel>;

export const kernelsByName = async (): Promise<Readonly<Record<string, Kernel>>> => offered;
