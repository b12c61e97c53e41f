/** A unit's windows as they are shown: one at a time, or all single numbers of a dense layer as one grid. */
import type { UnitStep, UnitWindow } from "../../../worker/api/unit.ts";

/** Whether every input is a number without positions: then all of them are shown at once. */
const areNumbers = ({ windows }: UnitStep): boolean =>
  windows.length > 1 && windows.every(({ size: [height, width] }) => height * width === 1);

/** The windows to choose from. */
export const windowsShown = (step: UnitStep): readonly UnitWindow[] =>
  areNumbers(step) && step.windows.length > 3 ? [allNumbers(step.windows)] : step.windows;

function allNumbers(windows: readonly UnitWindow[]): UnitWindow {
  const width = Math.ceil(Math.sqrt(windows.length * 1.6));
  const height = Math.ceil(windows.length / width);
  const grid = (of: (window: UnitWindow) => number): Float32Array<ArrayBuffer> => {
    const values = new Float32Array(height * width).fill(Number.NaN);
    for (const [i, window] of windows.entries()) values[i] = of(window);
    return values;
  };
  return {
    ...{ input: windows[0].input, channel: -1, first: [0, 0], size: [height, width] },
    values: grid(({ values }) => values[0]),
    factors: grid(({ factors }) => factors[0]),
    products: grid(({ products }) => products[0]),
    sum: windows.reduce((total, { sum }) => total + sum, 0),
  };
}

/** The window that adds most to the sum, with either sign. */
export const strongestWindow = (windows: readonly UnitWindow[]): number =>
  windows.reduce((best, { sum }, i) => (Math.abs(sum) > Math.abs(windows[best].sum) ? i : best), 0);
