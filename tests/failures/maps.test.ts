/** What a user reads when ops that change the size of maps are used wrongly. */
import { describe, it } from "vitest";
import { f32, fill, i32, type Tensor, type TensorType } from "../../src/graph/index.ts";
import * as ops from "../../src/ops/index.ts";
import { expectFailure, type Program } from "../support/failure.ts";

/** As plain JavaScript would write it. */
const anything = (value: unknown): never => value as never;

describe("a transposed convolution", () => {
  const maps = f32(2, 4, 5, 5);

  it.each<[string, object, TensorType[], string]>([
    [
      "that does not move",
      { stride: [2, 0] },
      [maps, f32(4, 3, 2, 2)],
      "OptionError: convTranspose2d (features.3): stride must be a list of integers of at least 1, got [2,0]",
    ],
    [
      "of other channels than its filters",
      {},
      [maps, f32(3, 4, 2, 2)],
      "ShapeError: convTranspose2d (features.3): input has 4 channels, there are filters for 3: input f32[2,4,5,5], filters f32[3,4,2,2]",
    ],
    [
      "with groups that do not divide",
      { groups: 3 },
      [maps, f32(4, 3, 2, 2)],
      "ShapeError: convTranspose2d (features.3): 3 groups must divide 4 input channels: input f32[2,4,5,5], filters f32[4,3,2,2]",
    ],
    [
      "of which padding leaves nothing",
      { padding: [0, 3] },
      [maps, f32(4, 3, 2, 2)],
      "ShapeError: convTranspose2d (features.3): nothing is left of the output along spatial axis 1: input 5, stride 1, kernel 2, padding 3 and 3; take less padding or a larger input",
    ],
    [
      "of nothing",
      {},
      [f32(2, 4, 0, 5), f32(4, 3, 2, 2)],
      "ShapeError: convTranspose2d (features.3): nothing is left of the output along spatial axis 0: input 0, stride 1, kernel 2, padding 0 and 0; take less padding or a larger input",
    ],
    [
      "with output padding that no stride explains",
      { stride: 2, outputPadding: 3 },
      [maps, f32(4, 3, 2, 2)],
      "ShapeError: convTranspose2d (features.3): output padding 3 must be at most the stride 2 or the dilation 1",
    ],
    [
      "with a number too many",
      { padding: [1, 2, 3] },
      [maps, f32(4, 3, 2, 2)],
      "ShapeError: convTranspose2d (features.3): padding [1,2,3] needs 4 numbers (all befores, then all afters)",
    ],
    [
      "with negative padding",
      { padding: -1 },
      [maps, f32(4, 3, 2, 2)],
      "OptionError: convTranspose2d (features.3): padding must be a list of integers of at least 0, got [-1,-1,-1,-1]",
    ],
    [
      "with filters for other axes",
      {},
      [maps, f32(4, 3, 2)],
      "ShapeError: convTranspose2d (features.3): needs [n, in, …spatial] and [in, out / groups, …kernel], 1, 2 or 3 spatial axes: input f32[2,4,5,5], filters f32[4,3,2]",
    ],
    [
      "of integers",
      {},
      [i32(2, 4, 5, 5), f32(4, 3, 2, 2)],
      "ShapeError: convTranspose2d (features.3): needs floating-point values, cast i32[2,4,5,5] first",
    ],
    [
      "with a misspelt option",
      { outputPading: 1 },
      [maps, f32(4, 3, 2, 2)],
      "OptionError: convTranspose2d (features.3): there is no option 'outputPading'; did you mean outputPadding?",
    ],
  ])("%s", (_, options, types, message) => {
    expectFailure((x: Tensor, w: Tensor) => ops.convTranspose(x, w, options), types, message);
  });
});

describe("an op that changes the size of maps", () => {
  const maps = f32(1, 2, 4, 6);

  it.each<[string, Program, string, TensorType?]>([
    [
      "pooling to no windows",
      (x) => ops.adaptiveAvgPool(x, [2, 0]),
      "OptionError: adaptiveAvgPool2d (features.3): size must be a list of integers of at least 1, got [2,0]",
    ],
    [
      "pooling to windows of other axes",
      (x) => ops.adaptiveMaxPool(x, [2]),
      "ShapeError: adaptiveMaxPool2d (features.3): size [2] has 1 numbers for 2 spatial axes",
    ],
    [
      "pooling empty maps",
      (x) => ops.globalMaxPool(x),
      "ShapeError: globalMaxPool2d (features.3): there is nothing to pool in f32[1,2,0,6]",
      f32(1, 2, 0, 6),
    ],
    [
      "pooling what has no maps",
      (x) => ops.globalAvgPool(x),
      "ShapeError: globalAvgPool (features.3): needs [n, channels, …spatial], got f32[3,4]",
      f32(3, 4),
    ],
    [
      "padding with an unknown word",
      (x) => ops.maxPool(x, { kernel: 2, padding: anything("smae") }),
      "OptionError: maxPool2d (features.3): padding must be a number, a list or one of 'valid', 'same', 'full', got \"smae\"",
    ],
    [
      "unpooling to positions of another shape",
      (x) => ops.maxUnpool(x, fill(0, [1, 2, 4, 5], "i32"), [8, 8]),
      "ShapeError: maxUnpool2d (features.3): values and positions differ in shape: f32[1,2,4,6] and i32[1,2,4,5]",
    ],
    [
      "unpooling to positions that are no integers",
      (x) => ops.maxUnpool(x, x, [8, 8]),
      "ShapeError: maxUnpool2d (features.3): positions must be i32, got f32[1,2,4,6]",
    ],
    [
      "unpooling to other axes",
      (x) => ops.maxUnpool(x, fill(0, [1, 2, 4, 6], "i32"), [8]),
      "ShapeError: maxUnpool2d (features.3): size [8] has 1 numbers for 2 spatial axes",
    ],
    [
      "mirroring beyond the other edge",
      (x) =>
        ops.padReflect(x, [
          [0, 0],
          [0, 0],
          [4, 0],
          [0, 0],
        ]),
      "ShapeError: padReflect (features.3): 4 before and 0 after axis 2 of f32[1,2,4,6]: there must be whole numbers from 0 to less than the length, since the edge itself is not repeated",
    ],
    [
      "repeating an edge that is not there",
      (x) =>
        ops.padReplicate(x, [
          [0, 0],
          [0, 0],
          [1, 0],
          [0, 0],
        ]),
      "ShapeError: padReplicate (features.3): 1 before and 0 after axis 2 of f32[1,2,0,6]: there must be whole numbers of at least 0, and an edge to repeat",
      f32(1, 2, 0, 6),
    ],
    [
      "padding other axes",
      (x) => ops.padReflect(x, [[1, 1]]),
      "ShapeError: padReflect (features.3): 1 pairs of numbers for 4 axes of f32[1,2,4,6]",
    ],
    [
      "upsampling by nothing",
      (x) => ops.upsampleNearest(x, {}),
      "ShapeError: upsampleNearest (features.3): give either scale or size, got neither",
    ],
    [
      "upsampling by two rules",
      (x) => ops.upsampleBilinear(x, { scale: 2, size: 8 }),
      "ShapeError: upsampleBilinear (features.3): give either scale or size, got both",
    ],
    [
      "upsampling by a fraction",
      (x) => ops.upsampleNearest(x, { scale: 1.5 }),
      "OptionError: upsampleNearest (features.3): scale must be a list of integers of at least 1, got [1.5,1.5]",
    ],
    [
      "upsampling with a misspelt option",
      (x) => ops.upsampleNearest(x, anything({ scale: 2, sise: 3 })),
      "OptionError: upsampleNearest (features.3): there is no option 'sise'; did you mean size?",
    ],
    [
      "interpolating a volume",
      (x) => ops.upsampleBilinear(x, { scale: 2 }),
      "ShapeError: upsampleBilinear (features.3): needs [n, channels, height, width], got f32[1,2,4]",
      f32(1, 2, 4),
    ],
    [
      "keeping more than there is",
      (x) => ops.kMaxPool(x, 7),
      "ShapeError: kMaxPool (features.3): axis 3 has 6 elements, 7 are wanted; take fewer, or pad it: x f32[1,2,4,6]",
    ],
    [
      "keeping none",
      (x) => ops.kMaxPool(x, 0),
      "OptionError: kMaxPool (features.3): k must be an integer of at least 1, got 0",
    ],
    [
      "folding an odd axis",
      (x) => ops.fold(x),
      "ShapeError: fold (features.3): axis 1 of f32[1,3,4] has an odd length",
      f32(1, 3, 4),
    ],
    [
      "turning filters that are not square",
      (x) => ops.transformFilters(x, [{ turn: 90 }]),
      "ShapeError: transformFilters (features.3): needs square filters [out, in, k, k], got f32[1,2,4,6]",
    ],
    [
      "applying filters in no way",
      (x) => ops.transformFilters(x, []),
      "OptionError: transformFilters (features.3): needs at least one transform, such as { turn: 0 }",
    ],
    [
      "scaling filters to nothing",
      (x) => ops.transformFilters(x, [{ scale: 0 }]),
      "OptionError: transformFilters (features.3): a transform needs a finite turn and a scale above 0, got 0 and 0",
    ],
  ])("%s", (_, program, message, type = maps) => {
    expectFailure(program, [type], message);
  });
});
