/** The first layers of networks for sentences: vectors of words, channels first as convolutions want them. */
import * as nn from "../../nn/index.ts";

interface TablesOptions {
  readonly words: number;
  readonly features: number;
  readonly twoChannels: boolean;
  readonly dropout: number;
}

/** Words that no vectors are given for start uniform in ±0.25, as wide as word2vec's; Kim 2014. */
export const START = { type: "uniform", low: -0.25, high: 0.25 } as const;

/** Layers by name that turn word numbers [n, steps] into [n, features, steps]; two tables give twice the features. */
export function wordTables({ words, features, twoChannels, dropout }: TablesOptions): Record<string, nn.Layer> {
  const table = (): nn.Layer => nn.embedding(words, features, { padding: 0, initializer: START });
  const tables = twoChannels
    ? { channels: nn.branches({ vectors: table(), fixed: table() }, { axis: 2 }) }
    : { vectors: table() };
  return {
    ...tables, // [n, steps, features]
    ...(dropout > 0 ? { wordDropout: nn.dropout(dropout) } : {}),
    swap: nn.op("transpose", { order: [0, 2, 1] }),
  };
}
