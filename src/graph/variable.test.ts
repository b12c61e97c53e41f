import { describe, expect, it } from "vitest";
import { array, type NdArray, ShapeError, StateError, zeros } from "../array/index.ts";
import { Variable } from "./variable.ts";

const elements = ({ data }: NdArray): number[] => [...data];

/** A variable on a device, whose downloads settle when the test says so. */
function onDevice() {
  const variable = new Variable("0.weight", zeros([2]));
  const downloads: { resolve: (value: NdArray) => void; reject: (error: Error) => void }[] = [];
  const fetch = () => new Promise<NdArray>((resolve, reject) => void downloads.push({ resolve, reject }));
  variable.defer(fetch);
  return { variable, downloads, fetch };
}

describe("the value of a variable", () => {
  it("is at hand where it was set, or where an engine can fetch it at once", async () => {
    const variable = new Variable("count", array(1));
    expect([variable.value.item(), (await variable.fetch()).item()]).toEqual([1, 1]);
    variable.value = array(2);
    expect([variable.value.item(), (await variable.fetch()).item()]).toEqual([2, 2]);
    variable.defer(() => array(3));
    expect([variable.value.item(), (await variable.fetch()).item()]).toEqual([3, 3]);
    expect(await variable.fetch()).toBe(variable.value);
  });

  it("is a StateError while it lies on a device, until it has been fetched", async () => {
    const { variable, downloads } = onDevice();
    const message =
      "the value of variable 0.weight lies on a device and cannot be read at once; write await variable.fetch() in place of variable.value";
    expect(() => variable.value).toThrow(new StateError(message));
    const fetched = variable.fetch();
    expect(() => variable.value).toThrow(StateError);
    downloads[0].resolve(array([1, 2]));
    expect(elements(await fetched)).toEqual([1, 2]);
    expect(variable.value).toBe(await fetched);
    // One download for all who asked.
    expect(downloads).toHaveLength(1);
  });

  it("is that of the time of the call, whatever happens until it has come", async () => {
    const { variable, downloads, fetch } = onDevice();
    const before = variable.fetch();
    variable.defer(fetch);
    const between = variable.fetch();
    variable.value = array([5, 6]);
    downloads[1].resolve(array([3, 4]));
    downloads[0].resolve(array([1, 2]));
    expect((await Promise.all([before, between, variable.fetch()])).map(elements)).toEqual([[1, 2], [3, 4], [5, 6]]); // biome-ignore format: three
    expect(elements(variable.value)).toEqual([5, 6]);
  });

  it("is fetched again after a download that failed, which only those hear of who asked", async () => {
    const { variable, downloads } = onDevice();
    expect(() => variable.value).toThrow(StateError);
    downloads[0].reject(new Error("not heard of"));
    await new Promise((resolve) => setImmediate(resolve));
    const failing = variable.fetch();
    downloads[1].reject(new Error("lost"));
    await expect(failing).rejects.toThrow("lost");
    const fetched = variable.fetch();
    downloads[2].resolve(array([1, 2]));
    expect(elements(await fetched)).toEqual([1, 2]);
  });

  it("counts as changed when it can be written into, not when an engine looks at it", async () => {
    const { variable, downloads } = onDevice();
    const { version } = variable;
    const seen = variable.peek();
    downloads[0].resolve(array([1, 2]));
    expect(await seen).toBe(variable.peek());
    expect(variable.version).toBe(version);
    await variable.fetch();
    expect(variable.version).toBeGreaterThan(version);
  });

  it("can be set where it lies on a device, to a value of its type", () => {
    const { variable } = onDevice();
    expect(() => {
      variable.value = zeros([3]);
    }).toThrow(ShapeError);
    variable.value = array([1, 2]);
    expect(elements(variable.value)).toEqual([1, 2]);
  });
});
