/**
 * Random bits of neighboring addresses, four at a time: Threefry-2×32 of `random.ts` as WebAssembly, in vectors of 32-bit
 * integers. The module is written here as bytes; it takes a page of memory for its results.
 * Source of the encoding: WebAssembly Core Specification 2.0, chapter 5, "Binary Format".
 */

/** How many numbers one call can make. */
export const MOST_LANES = 2 ** 14;

/**
 * Makes `count` numbers, at most `MOST_LANES`, for the key (key0, key1, key2) and the counters (index, position),
 * (index + 1, position), …
 * @returns the first 32 bits for each, valid until the next call
 */
export type DrawLanes = (
  key: readonly [number, number, number],
  index: number,
  position: number,
  count: number,
) => Int32Array;

/** Rotations of the first four rounds and of the next, in turns. */
const ROTATIONS = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;
const GROUPS = 5;

const [I32, V128, VOID] = [0x7f, 0x7b, 0x40];
const op = {
  loop: [0x03, VOID],
  end: [0x0b],
  branchIf: [0x0d, 0],
  add: [0x6a],
  less: [0x49],
  vectorAdd: [0xfd, 0xae, 0x01],
  shiftLeft: [0xfd, 0xab, 0x01],
  shiftRight: [0xfd, 0xad, 0x01],
  or: [0xfd, 0x50],
  xor: [0xfd, 0x51],
  splat: [0xfd, 0x11],
  store: [0xfd, 0x0b, 2, 0],
} as const;
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
/** From 0 to 63. */
const number = (value: number): number[] => [0x41, value];
const lanes = (...values: readonly number[]): number[] => [
  0xfd,
  0x0c,
  ...new Uint8Array(Int32Array.from(values).buffer),
];

/** Parameters: three words of the key, the first counter, the position, the end of the results. Then locals. */
const local = { key: [0, 1, 2], index: 3, position: 4, end: 5, place: 6, x0: 7, x1: 8, counter: 9, keys: [10, 11, 12] };
const VECTORS = 6;

/** x0 += x1; x1 = (x1 rotated) ^ x0 */
const round = (by: number): number[] => [
  ...[...get(local.x0), ...get(local.x1), ...op.vectorAdd, ...set(local.x0)],
  ...[...get(local.x1), ...number(by), ...op.shiftLeft, ...get(local.x1), ...number(32 - by), ...op.shiftRight],
  ...[...op.or, ...get(local.x0), ...op.xor, ...set(local.x1)],
];

/** x0 += a key; x1 += the next one + the number of the injection */
const inject = (i: number): number[] => [
  ...[...get(local.x0), ...get(local.keys[i % 3]), ...op.vectorAdd, ...set(local.x0)],
  ...[...get(local.x1), ...get(local.keys[(i + 1) % 3]), ...op.vectorAdd],
  ...[...number(i), ...op.splat, ...op.vectorAdd, ...set(local.x1)],
];

const body = (): number[] => [
  ...local.key.flatMap((key, i) => [...get(key), ...op.splat, ...set(local.keys[i])]),
  ...[...get(local.index), ...op.splat, ...lanes(0, 1, 2, 3), ...op.vectorAdd, ...set(local.counter)],
  ...op.loop,
  ...[...get(local.counter), ...get(local.keys[0]), ...op.vectorAdd, ...set(local.x0)],
  ...[...get(local.position), ...op.splat, ...get(local.keys[1]), ...op.vectorAdd, ...set(local.x1)],
  ...Array.from({ length: GROUPS }, (_, i) => [...ROTATIONS[i % 2].flatMap(round), ...inject(i + 1)]).flat(),
  ...[...get(local.place), ...get(local.x0), ...op.store],
  ...[...get(local.counter), ...lanes(4, 4, 4, 4), ...op.vectorAdd, ...set(local.counter)],
  ...[...get(local.place), ...number(16), ...op.add, ...set(local.place)],
  ...[...get(local.place), ...get(local.end), ...op.less, ...op.branchIf, ...op.end, ...op.end],
];

const unsigned = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) | 128, ...unsigned(Math.floor(value / 128))];
const sized = (bytes: readonly number[]): number[] => [...unsigned(bytes.length), ...bytes];
const section = (id: number, bytes: readonly number[]): number[] => [id, ...sized(bytes)];
const text = (name: string): number[] => sized([...name].map((letter) => letter.charCodeAt(0)));

const moduleBytes = (): Uint8Array<ArrayBuffer> =>
  Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, 0x60, ...sized(new Array(6).fill(I32)), 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0x01, 1, 1]),
    ...section(7, [2, ...text("draw"), 0x00, 0, ...text("memory"), 0x02, 0]),
    ...section(10, [1, ...sized([2, 1, I32, VECTORS, V128, ...body()])]),
  ]);

/** `undefined` where WebAssembly has no vectors, or is not allowed. */
export function openLanes(): DrawLanes | undefined {
  try {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()));
    const draw = exports.draw as (...parameters: number[]) => void;
    const words = new Int32Array((exports.memory as WebAssembly.Memory).buffer);
    return (key, index, position, count) => {
      draw(...key, index, position, 4 * count);
      return words;
    };
  } catch {
    return undefined;
  }
}
