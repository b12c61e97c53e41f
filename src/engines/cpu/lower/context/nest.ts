/** Loops over whole shapes. */
import { at, type Buffer, constant, type Index, type KernelBuilder, times } from "../../loops/index.ts";

/**
 * Nested loops over the lengths, outermost first.
 * @param independent of how many of the outer loops the iterations may be given to different threads; default all
 */
export function nest(
  b: KernelBuilder,
  lengths: readonly number[],
  body: (indices: Index[]) => void,
  independent = lengths.length,
): void {
  const descend = (done: Index[]): void => {
    if (done.length === lengths.length) body(done);
    else b.loop(lengths[done.length], (i) => descend([...done, i]), { parallel: done.length < independent });
  };
  descend([]);
}

/** The same number in a whole buffer. */
export function clear(b: KernelBuilder, buffer: Buffer, value: number): void {
  const type = { lane: buffer.lane === "f32" ? ("f32" as const) : ("i32" as const), lanes: 1 };
  const whole = Math.floor(buffer.length / b.lanes);
  const vector = constant(value, { ...type, lanes: b.lanes });
  b.loop(whole, (i) => b.store(buffer, times(i, b.lanes), vector), { parallel: true });
  for (let i = whole * b.lanes; i < buffer.length; i++) b.store(buffer, at(i), constant(value, type));
}
