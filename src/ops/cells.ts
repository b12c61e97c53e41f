/**
 * The cells of recurrent layers: how the states after a step follow from those before it. Each equation is written once,
 * over any arithmetic: numbers in the reference, tensors for further derivatives, vectors in an engine's kernel. With a the
 * part of a gate's argument that comes from the input, b the part W h + bias that comes from the state:
 *
 *   tanh, relu   h′ = H(a + b)                                      Elman (10-301, "Recurrent Neural Networks")
 *   lstm         i, f, o = σ(a + b), g = tanh(a + b);  c′ = f c + i g,  h′ = o tanh c′          gates i, f, g, o
 *   gru          r, z = σ(a + b), n = tanh(a + r b);  h′ = (1 − z) n + z h                      gates r, z, n
 *
 * Sources: Elman 1990; Hochreiter and Schmidhuber 1997 with the forget gate of Gers et al. 2000; Cho et al. 2014 with the
 * reset gate behind the product. The order of the gates is PyTorch's.
 */
import { sigmoidOf } from "./special.ts";

/** The arithmetic of the equations. */
export interface Arithmetic<V> {
  readonly add: (x: V, y: V) => V;
  readonly sub: (x: V, y: V) => V;
  readonly mul: (x: V, y: V) => V;
  readonly sigmoid: (x: V) => V;
  readonly tanh: (x: V) => V;
  readonly relu: (x: V) => V;
  /** 1 − x. */
  readonly complement: (x: V) => V;
  /** 0 where `x` is at most 0, else `y`. */
  readonly unlessFlat: (x: V, y: V) => V;
}

/** Derivatives of a scalar with respect to the inputs of a step. */
export interface Slopes<V> {
  /** For each gate, of the part that comes from the input. */
  readonly input: readonly V[];
  /** For each gate, of the part that comes from the state; if absent, the same as `input`. */
  readonly recurrent?: readonly V[] | undefined;
  /** Of the previous states, without the part through the gates; `undefined` is zero. */
  readonly states: readonly (V | undefined)[];
}

export interface Cell {
  readonly gates: number;
  /** The first state, h, is the output, and the input of the gates. */
  readonly states: number;
  /** The number of values of a step kept for its derivative, besides the states. */
  readonly kept: number;
  /** Whether the two parts of a gate's argument have different derivatives. */
  readonly splits: boolean;
  readonly forward: <V>(
    m: Arithmetic<V>,
    a: readonly V[],
    b: readonly V[],
    states: readonly V[],
  ) => { readonly states: readonly V[]; readonly kept: readonly V[] };
  /** From the kept values and the derivatives with respect to the states after the step. */
  readonly backward: <V>(
    m: Arithmetic<V>,
    slopes: { readonly states: readonly V[]; readonly kept: readonly V[] },
    step: { readonly before: readonly V[]; readonly after: readonly V[]; readonly kept: readonly V[] },
  ) => Slopes<V>;
}

/** dy σ′ = dy y (1 − y) at y = σ(x). */
const throughSigmoid = <V>(m: Arithmetic<V>, dy: V, y: V): V => m.mul(dy, m.mul(y, m.complement(y)));
/** dy tanh′ = dy (1 − y²) at y = tanh x. */
const throughTanh = <V>(m: Arithmetic<V>, dy: V, y: V): V => m.mul(dy, m.complement(m.mul(y, y)));

const tanhCell: Cell = {
  gates: 1,
  states: 1,
  kept: 0,
  splits: false,
  forward: (m, [a], [b]) => ({ states: [m.tanh(m.add(a, b))], kept: [] }),
  backward: (m, { states: [dh] }, { after: [h] }) => ({ input: [throughTanh(m, dh, h)], states: [undefined] }),
};

const reluCell: Cell = {
  gates: 1,
  states: 1,
  kept: 0,
  splits: false,
  forward: (m, [a], [b]) => ({ states: [m.relu(m.add(a, b))], kept: [] }),
  backward: (m, { states: [dh] }, { after: [h] }) => ({ input: [m.unlessFlat(h, dh)], states: [undefined] }),
};

const lstmCell: Cell = {
  gates: 4,
  states: 2,
  kept: 4,
  splits: false,
  forward: (m, a, b, [, c]) => {
    const [zi, zf, zg, zo] = a.map((part, k) => m.add(part, b[k]));
    const [i, f, g, o] = [m.sigmoid(zi), m.sigmoid(zf), m.tanh(zg), m.sigmoid(zo)];
    const next = m.add(m.mul(f, c), m.mul(i, g));
    return { states: [m.mul(o, m.tanh(next)), next], kept: [i, f, g, o] };
  },
  backward: (m, { states: [dh, dcAfter], kept: [si, sf, sg, so] }, { before: [, c], after: [, next], kept }) => {
    const [i, f, g, o] = kept;
    const t = m.tanh(next);
    const dc = m.add(dcAfter, throughTanh(m, m.mul(dh, o), t));
    const di = throughSigmoid(m, m.add(m.mul(dc, g), si), i);
    const df = throughSigmoid(m, m.add(m.mul(dc, c), sf), f);
    const dg = throughTanh(m, m.add(m.mul(dc, i), sg), g);
    const dO = throughSigmoid(m, m.add(m.mul(dh, t), so), o);
    return { input: [di, df, dg, dO], states: [undefined, m.mul(dc, f)] };
  },
};

const gruCell: Cell = {
  gates: 3,
  states: 1,
  kept: 4,
  splits: true,
  forward: (m, [ar, az, an], [br, bz, bn], [h]) => {
    const [r, z] = [m.sigmoid(m.add(ar, br)), m.sigmoid(m.add(az, bz))];
    const n = m.tanh(m.add(an, m.mul(r, bn)));
    return { states: [m.add(m.mul(m.complement(z), n), m.mul(z, h))], kept: [r, z, n, bn] };
  },
  backward: (m, { states: [dh], kept: [sr, sz, sn, sb] }, { before: [h], kept: [r, z, n, bn] }) => {
    const dn = throughTanh(m, m.add(m.mul(dh, m.complement(z)), sn), n);
    const dr = throughSigmoid(m, m.add(m.mul(dn, bn), sr), r);
    const dz = throughSigmoid(m, m.add(m.mul(dh, m.sub(h, n)), sz), z);
    return { input: [dr, dz, dn], recurrent: [dr, dz, m.add(m.mul(dn, r), sb)], states: [m.mul(dh, z)] };
  },
};

/** By name, as graphs have them. */
export const cells = { tanh: tanhCell, relu: reluCell, lstm: lstmCell, gru: gruCell } as const satisfies Record<
  string,
  Cell
>;

/** The cell of a recurrent network; `tanh` and `relu` are simple ones with that activation. */
export type CellName = keyof typeof cells;
export const cellNames = Object.keys(cells) as CellName[];

/** Over plain numbers. */
export const numberArithmetic: Arithmetic<number> = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  sigmoid: sigmoidOf,
  tanh: Math.tanh,
  relu: (x) => Math.max(x, 0),
  complement: (x) => 1 - x,
  unlessFlat: (x, y) => (x <= 0 ? 0 : y),
};
