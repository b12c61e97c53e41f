/** Attention: three queries over two keys, the second sequence with one key only. */
import { array, compile, nn, type Tensor } from "fovea";

const network = nn.network({ query: nn.sequence(2, 3), memory: nn.sequence(2, 2) }, ({ query, memory }) =>
  nn.attention({ score: "dot" })(query, memory, memory),
);
const model = nn.Model.build(network);

const query = array([[[4, 0], [0, 4], [0, 0]], [[4, 0], [0, 4], [0, 0]]]); // biome-ignore format: rows
const memory = array([[[1, 0], [0, 1]], [[1, 0], [9, 9]]]); // biome-ignore format: rows
const lengths = array([2, 1], "i32");

const attend = compile(
  (q: Tensor, m: Tensor, l: Tensor) => {
    const found: Tensor[] = [];
    model.apply(
      { query: q, memory: m, "memory.length": l },
      { taps: ["attention.weights"], onTap: (_, weights) => void found.push(weights) },
    );
    return { weights: found[0] };
  },
  [query, memory, lengths],
);
const { weights } = await attend(query, memory, lengths);
const rows = Array.from({ length: 6 }, (_, i) => [...weights.data.slice(2 * i, 2 * i + 2)].map((w) => w.toFixed(2)));
console.log(rows.map((row) => row.join(" ")).join(", "));
// → 0.98 0.02, 0.02 0.98, 0.50 0.50, 1.00 0.00, 1.00 0.00, 1.00 0.00
