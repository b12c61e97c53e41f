/**
 * The columns of a network: layers that compute, with the activation that follows; layers that only rename are left out. Many
 * columns are closed to blocks by the beginning of their paths. Everything can be opened.
 */
import type { LayerRow } from "../../../worker/api.ts";

export interface Column {
  /** What it is opened by: the path of the layer that computes, or of the block. */
  readonly key: string;
  /** The layers of the column, in order: the first computes, the others act on its numbers one by one. */
  readonly chain: readonly LayerRow[];
  /** The last layer, whose output the column shows. */
  readonly shown: LayerRow;
  /** Of a closed block: how many columns are in it. */
  readonly closed: number | undefined;
  /** Whether it can be opened. */
  readonly opens: boolean;
  /** The opened block or column that it belongs to. */
  readonly inside: string | undefined;
}

/** A network as columns has at most so many, where its paths allow it. */
const MOST = 14;

/** A prefix that would leave fewer columns says nothing. */
const FEWEST = 4;

const RENAMES = /^(flatten|reshape|identity|dropout)/;

/** Layers that act on each number, or on each channel, by itself. */
const ACTIVATES =
  /^(tanh|relu|leakyRelu|prelu|elu|selu|gelu|silu|sigmoid|hard|softsign|softplus|softmax|logSoftmax|batchNorm|layerNorm|groupNorm|instanceNorm|localResponseNorm)/;

export const isRenaming = ({ type }: LayerRow): boolean => RENAMES.test(type);

const isActivating = ({ type }: LayerRow): boolean => ACTIVATES.test(type);

const columnOf = (chain: readonly LayerRow[], inside?: string): Column => ({
  ...{ key: chain[0].path, chain, shown: chain[chain.length - 1], inside },
  closed: undefined,
  opens: inside === undefined && chain.length > 1,
});

/** @param opened keys of columns and blocks that are open */
export function columnsOf(layers: readonly LayerRow[], opened: ReadonlySet<string>): Column[] {
  const columns = folded(layers);
  const blocks = columns.length > MOST ? inBlocks(columns, opened) : columns;
  return blocks.flatMap((column) =>
    column.opens && column.closed === undefined && opened.has(column.key)
      ? column.chain.map((layer) => columnOf([layer], column.key))
      : [column],
  );
}

function folded(layers: readonly LayerRow[]): Column[] {
  const chains: LayerRow[][] = [];
  for (const layer of layers) {
    if (isRenaming(layer)) continue;
    const last = chains.at(-1);
    if (last !== undefined && isActivating(layer) && layer.from[0] === last.at(-1)!.path) last.push(layer);
    else chains.push([layer]);
  }
  return chains.map((chain) => columnOf(chain));
}

const prefixOf = (path: string, depth: number): string | undefined => {
  const parts = path.split(".");
  return parts.length > depth ? parts.slice(0, depth).join(".") : undefined;
};

/** Closes columns with a common beginning of their paths: the longest beginnings that leave few enough. */
function inBlocks(columns: readonly Column[], opened: ReadonlySet<string>): Column[] {
  const deepest = Math.max(...columns.map(({ key }) => key.split(".").length)) - 1;
  const attempts = Array.from({ length: deepest }, (_, i) => grouped(columns, deepest - i)).filter(
    (groups) => groups.length >= FEWEST && groups.length < columns.length,
  );
  const groups = attempts.find(({ length }) => length <= MOST) ?? attempts.at(-1) ?? columns.map((column) => [column]);
  return groups.flatMap((group) => {
    if (group.length === 1) return group;
    const key = blockOf(group);
    if (opened.has(key)) return group.map((column) => ({ ...column, inside: key, opens: false }));
    const last = group[group.length - 1];
    return [{ ...last, key, closed: group.length, opens: true }];
  });
}

/** The common beginning of the paths of some columns. */
function blockOf(group: readonly Column[]): string {
  const [first, ...others] = group.map(({ key }) => key.split("."));
  const length = first.findIndex((part, i) => others.some((other) => other[i] !== part));
  return first.slice(0, length).join(".");
}

/** Neighbors with the same first parts of their paths. */
function grouped(columns: readonly Column[], depth: number): Column[][] {
  const groups: { readonly prefix: string | undefined; readonly columns: Column[] }[] = [];
  for (const column of columns) {
    const prefix = prefixOf(column.key, depth);
    const last = groups.at(-1);
    if (last !== undefined && prefix !== undefined && last.prefix === prefix) last.columns.push(column);
    else groups.push({ prefix, columns: [column] });
  }
  return groups.map((group) => group.columns);
}
