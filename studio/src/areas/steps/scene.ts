/** What is shown: an operation with its numbers, made of the settings. */
import type { Grid, StepsRequest } from "../../worker/steps/api.ts";
import type { Meeting } from "./operations/geometry.ts";
import { drawn, fitGrid, type GridText, lectureFilters, lectureGrids } from "./operations/grids.ts";
import { type Layout, type OperationName, operations } from "./operations/operations.ts";
import { indexOf, offsetOf, type Shape, sizeOf } from "./operations/shapes.ts";
import type { Chosen } from "./operations/terms.ts";
import { pictureValues } from "./picture.ts";
import type { StepsSettings } from "./settings.ts";

/** The numbers of an operation, and where its terms meet. */
export interface Scene {
  readonly operation: OperationName;
  readonly settings: StepsSettings;
  readonly layout: Layout;
  readonly meetings: readonly Meeting[];
  readonly request: StepsRequest;
}

/** A pool's random numbers are counts, others have signs. */
const rangeOf = (operation: OperationName): readonly [least: number, most: number] =>
  operation === "max-pooling" || operation === "mean-pooling" ? [0, 9] : [-3, 3];

/** One plane for all planes. */
function repeated(text: GridText, shape: Shape): Float64Array {
  const plane = fitGrid(text, shape.slice(-2));
  return Float64Array.from({ length: sizeOf(shape) }, (_, i) => plane[i % plane.length]);
}

const constantly = (shape: Shape, value: number): Float64Array => new Float64Array(sizeOf(shape)).fill(value);

function inputOf(operation: OperationName, settings: StepsSettings, shape: Shape): Float64Array {
  if (settings.x !== "") return fitGrid(settings.x, shape);
  const { grid, draw, picture } = settings;
  if (grid === "random") return drawn(shape, draw, ...rangeOf(operation));
  if (grid === "ones") return constantly(shape, 1);
  if (grid === "picture") return pictureValues(picture, shape);
  return repeated(lectureGrids[grid], shape);
}

function filtersOf({ w, filter, draw }: StepsSettings, shape: Shape): Float64Array {
  if (w !== "") return fitGrid(w, shape);
  return filter === "random" ? drawn(shape, draw + 1000, -2, 2) : repeated(lectureFilters[filter], shape);
}

function derivativesOf({ dy, derivatives, draw, at }: StepsSettings, shape: Shape): Float64Array {
  if (dy !== "") return fitGrid(dy, shape);
  if (derivatives === "random") return drawn(shape, draw + 2000, -2, 2);
  if (derivatives === "scan") return repeated(lectureGrids.scan, shape);
  if (derivatives === "ones") return constantly(shape, 1);
  const chosen = readChosen(at, { x: shape, w: undefined, y: shape });
  const single = constantly(shape, 0);
  if (single.length > 0) single[chosen?.of === "y" ? chosen.index : 0] = 1;
  return single;
}

export function sceneOf(operation: OperationName, settings: StepsSettings, live?: Float64Array): Scene {
  const { layout: layoutOf, meetings } = operations[operation];
  const layout = layoutOf(settings);
  // Where there is no output, the library says why.
  const y = layout.y.map((n) => Math.max(0, n));
  const grid = (data: Float64Array, shape: Shape): Grid => ({ data, shape });
  const fits = layout.y.every((n) => n > 0) && isDivisible(settings);
  return {
    operation,
    settings,
    layout: { ...layout, y },
    meetings: fits ? meetings(layout, settings) : [],
    request: {
      operation,
      sizes: settings,
      x: grid(live ?? inputOf(operation, settings, layout.x), layout.x),
      w: layout.w && grid(filtersOf(settings, layout.w), layout.w),
      bias: settings.bias,
      dy: grid(derivativesOf(settings, y), y),
      activation: settings.fn,
      scale: settings.scale,
      offset: settings.offset,
      epsilon: settings.epsilon,
    },
  };
}

const isDivisible = ({ channels, filters, groups }: StepsSettings): boolean =>
  channels % groups === 0 && filters % groups === 0;

/** A number's place as the address has it: `y-0-2-3`. Undefined where there is none. */
export function readChosen(text: string, layout: Layout): Chosen | undefined {
  const [of, ...words] = text.split("-");
  const shape = of === "x" || of === "w" || of === "y" ? layout[of] : undefined;
  const index = words.map(Number);
  if (shape === undefined || index.length !== shape.length) return undefined;
  const isInside = index.every((at, axis) => Number.isInteger(at) && at >= 0 && at < shape[axis]);
  return isInside ? { of: of as Chosen["of"], index: offsetOf(index, shape) } : undefined;
}

export const writeChosen = ({ of, index }: Chosen, layout: Layout): string =>
  [of, ...indexOf(index, layout[of] ?? [])].join("-");
