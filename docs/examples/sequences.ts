import { array, compile, i32, nn } from "fovea";

// Sentences of up to 12 words, by their numbers.
const words = nn.tokens(12, { vocabulary: 50 });
const reader = nn.sequential(nn.embedding(50, 8), nn.gru(6, { output: "last" }), nn.linear(2));
const model = nn.Model.build(reader, { input: words, seed: 1 });

// Two of them in a batch, the second one padded; lengths come beside the input, under its name.
const read = compile((input, lengths) => model.apply({ input, "input.length": lengths }).output, [i32(2, 5), i32(2)]);
const together = await read(array([[4, 8, 15, 16, 23], [42, 7, 0, 0, 0]], "i32"), array([5, 2], "i32")); // biome-ignore format: rows
const alone = await compile((input) => model(input), [i32(1, 2)])(array([[42, 7]], "i32"));
console.log(Math.abs(together.data[2] - alone.data[0]) < 1e-6);
// → true

// Convolutions over words: the axes are exchanged, and padding reads as zero.
const filters = nn.sequential(
  nn.embedding(50, 8),
  nn.op("transpose", { order: [0, 2, 1] }), // [n, 8, steps]
  nn.conv1d(16, { kernel: 3, padding: "same" }),
  nn.relu(),
  nn.globalMaxPool(), // [n, 16]
  nn.linear(2),
);
console.log(nn.Model.build(filters, { input: words }).inputs.input.sequence);
// → true
