/**
 * A quadtree over points of a plane, for forces between all pairs: a cell that is far away counts as one point at its center
 * of mass, where `width / distance < θ` (Barnes and Hut 1986). Points are sorted along Morton's curve, so that each cell is a
 * range of them and the tree a list in the order of a walk; near points are near in memory.
 */

/** The most points of a leaf. Fewer make lists shorter, and there are more of them. */
const LEAF = 16;
/** Bits of a coordinate along the curve: the depth of the tree. */
const DEPTH = 16;

/** A tree of cells. Its arrays are used again for the next positions. */
export class Quadtree {
  readonly #n: number;
  /** Points in the order of the curve. */
  readonly #order: Uint32Array;
  readonly #keys: Uint32Array;
  readonly #points: Float64Array;
  readonly #scratch: readonly [keys: Uint32Array, order: Uint32Array];
  /** Of each cell: center of mass, points, the square of its width. */
  #cells: Float64Array;
  /** Of each cell: the first cell after all that are inside; its first and last point, where it is a leaf, else −1. */
  #links: Int32Array;
  #count = 0;
  /** What the points of a leaf meet: x, y and the number of points. */
  #met = new Float64Array(3 * 1024);

  constructor(n: number) {
    this.#n = n;
    this.#order = new Uint32Array(n);
    this.#keys = new Uint32Array(n);
    this.#points = new Float64Array(2 * n);
    this.#scratch = [new Uint32Array(n), new Uint32Array(n)];
    this.#cells = new Float64Array(4 * 2 * n);
    this.#links = new Int32Array(3 * 2 * n);
  }

  /** Builds the tree of positions [n, 2]. */
  build(positions: Float64Array): void {
    const side = this.#sort(positions);
    for (let i = 0; i < this.#n; i++) {
      this.#points[2 * i] = positions[2 * this.#order[i]];
      this.#points[2 * i + 1] = positions[2 * this.#order[i] + 1];
    }
    this.#count = 0;
    this.#add(0, this.#n, 0, side);
  }

  /** Puts the points in the order of the curve. Returns the side of the square that holds them. */
  #sort(positions: Float64Array): number {
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < positions.length; i += 2) {
      left = Math.min(left, positions[i]);
      right = Math.max(right, positions[i]);
      top = Math.min(top, positions[i + 1]);
      bottom = Math.max(bottom, positions[i + 1]);
    }
    const side = Math.max(right - left, bottom - top, Number.MIN_VALUE);
    const scale = (2 ** DEPTH - 1) / side;
    for (let i = 0; i < this.#n; i++) {
      const x = (positions[2 * i] - left) * scale;
      const y = (positions[2 * i + 1] - top) * scale;
      this.#keys[i] = spread(x) | (spread(y) << 1);
      this.#order[i] = i;
    }
    radixSort(this.#keys, this.#order, this.#scratch);
    return side;
  }

  /** Adds the cell of the points `from` … `to` − 1, and those inside. */
  #add(from: number, to: number, depth: number, width: number): void {
    const cell = this.#count++;
    if (this.#count * 4 > this.#cells.length) this.#grow();
    const isLeaf = to - from <= LEAF || depth === DEPTH;
    let [x, y] = [0, 0];
    for (let i = from; i < to; i++) {
      x += this.#points[2 * i];
      y += this.#points[2 * i + 1];
    }
    if (!isLeaf) this.#addQuarters(from, to, depth, width);
    const count = to - from;
    const [cells, links] = [this.#cells, this.#links];
    cells[4 * cell] = x / count;
    cells[4 * cell + 1] = y / count;
    cells[4 * cell + 2] = count;
    cells[4 * cell + 3] = width * width;
    links[3 * cell] = this.#count;
    links[3 * cell + 1] = isLeaf ? from : -1;
    links[3 * cell + 2] = isLeaf ? to : -1;
  }

  #addQuarters(from: number, to: number, depth: number, width: number): void {
    const shift = 2 * (DEPTH - 1 - depth);
    for (let start = from; start < to; ) {
      const quarter = this.#keys[start] >>> shift;
      let end = start + 1;
      while (end < to && this.#keys[end] >>> shift === quarter) end++;
      this.#add(start, end, depth + 1, width / 2);
      start = end;
    }
  }

  #grow(): void {
    const [cells, links] = [this.#cells, this.#links];
    this.#cells = new Float64Array(2 * cells.length);
    this.#cells.set(cells);
    this.#links = new Int32Array(2 * links.length);
    this.#links.set(links);
  }

  /**
   * The repulsion of Student's t between all points, with q = 1 / (1 + |yᵢ − yⱼ|²):
   *
   *   forces[i] = Σⱼ q² (yᵢ − yⱼ),   returned  Z = Σᵢ Σⱼ q,   j ≠ i
   *
   * The points of a leaf have the same list of cells and points to meet.
   */
  repel(theta: number, forces: Float64Array): number {
    const links = this.#links;
    let z = 0;
    for (let cell = 0; cell < this.#count; cell++) {
      const from = links[3 * cell + 1];
      if (from < 0) continue;
      const to = links[3 * cell + 2];
      const met = this.#collect(from, to, theta);
      for (let i = from; i < to; i++) z += this.#meet(i, met, forces);
    }
    // Each point met itself in its leaf, with q = 1 and no force.
    return z - this.#n;
  }

  /** Lists what the points `from` … `to` − 1 meet: cells that are far from all of them, and the points of others. */
  #collect(from: number, to: number, theta: number): number {
    const [points, cells, links, end] = [this.#points, this.#cells, this.#links, this.#count];
    const near = 1 / (theta * theta);
    const [left, top, right, bottom] = this.#bounds(from, to);
    let met = 0;
    for (let cell = 0; cell < end; ) {
      const x = cells[4 * cell];
      const y = cells[4 * cell + 1];
      const dx = x < left ? left - x : x > right ? x - right : 0;
      const dy = y < top ? top - y : y > bottom ? y - bottom : 0;
      if (cells[4 * cell + 3] * near < dx * dx + dy * dy) {
        met = this.#list(met, x, y, cells[4 * cell + 2]);
        cell = links[3 * cell];
        continue;
      }
      const last = links[3 * cell + 2];
      for (let j = links[3 * cell + 1]; j < last; j++) met = this.#list(met, points[2 * j], points[2 * j + 1], 1);
      cell++;
    }
    return met;
  }

  /** Adds a place with a number of points to the list. Returns its new length. */
  #list(at: number, x: number, y: number, count: number): number {
    if (3 * at + 3 > this.#met.length) {
      const met = this.#met;
      this.#met = new Float64Array(2 * met.length);
      this.#met.set(met);
    }
    const met = this.#met;
    met[3 * at] = x;
    met[3 * at + 1] = y;
    met[3 * at + 2] = count;
    return at + 1;
  }

  /** The rectangle that holds some points. */
  #bounds(from: number, to: number): readonly [left: number, top: number, right: number, bottom: number] {
    const points = this.#points;
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 2 * from; i < 2 * to; i += 2) {
      left = Math.min(left, points[i]);
      right = Math.max(right, points[i]);
      top = Math.min(top, points[i + 1]);
      bottom = Math.max(bottom, points[i + 1]);
    }
    return [left, top, right, bottom];
  }

  /** The force of the list on a point. Returns its share of Z. */
  #meet(i: number, count: number, forces: Float64Array): number {
    const met = this.#met;
    const px = this.#points[2 * i];
    const py = this.#points[2 * i + 1];
    let z = 0;
    let fx = 0;
    let fy = 0;
    for (let at = 0; at < 3 * count; at += 3) {
      const dx = px - met[at];
      const dy = py - met[at + 1];
      const q = 1 / (1 + dx * dx + dy * dy);
      const many = met[at + 2] * q;
      z += many;
      fx += many * q * dx;
      fy += many * q * dy;
    }
    forces[2 * this.#order[i]] = fx;
    forces[2 * this.#order[i] + 1] = fy;
    return z;
  }
}

/** The bits of an integer below 2¹⁶ with a 0 before each. */
function spread(value: number): number {
  let x = value & 0xffff;
  x = (x | (x << 8)) & 0x00ff00ff;
  x = (x | (x << 4)) & 0x0f0f0f0f;
  x = (x | (x << 2)) & 0x33333333;
  return (x | (x << 1)) & 0x55555555;
}

/** Sorts keys, and values along with them: four passes by a byte each. */
function radixSort(keys: Uint32Array, values: Uint32Array, scratch: readonly [Uint32Array, Uint32Array]): void {
  const counts = new Uint32Array(257);
  let [fromKeys, fromValues, [toKeys, toValues]] = [keys, values, scratch];
  for (let shift = 0; shift < 32; shift += 8) {
    counts.fill(0);
    for (let i = 0; i < keys.length; i++) counts[((fromKeys[i] >>> shift) & 255) + 1]++;
    for (let digit = 0; digit < 256; digit++) counts[digit + 1] += counts[digit];
    for (let i = 0; i < keys.length; i++) {
      const at = counts[(fromKeys[i] >>> shift) & 255]++;
      toKeys[at] = fromKeys[i];
      toValues[at] = fromValues[i];
    }
    [fromKeys, fromValues, toKeys, toValues] = [toKeys, toValues, fromKeys, fromValues];
  }
}
