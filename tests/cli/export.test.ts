/** `fovea export`, as a user runs it. */
import { expect, it } from "vitest";
import { readNpz, readSafetensors } from "../../src/formats/index.ts";
import { readOnnx } from "../support/onnx-file.ts";
import { workspace } from "./run.ts";

const { fovea, launch, read } = workspace();

it("writes a network by name as an ONNX file", async () => {
  const { code, stdout, stderr } = await launch(
    "export lenet5 net.onnx --untrained --softmax --opset 18 --fold-batch-norm",
  );
  expect({ code, stdout, stderr }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^net\.onnx: 24\d(\.\d)? KB\n$/),
    stderr: "",
  });
  const { opset, outputs, nodes } = readOnnx(read("net.onnx"));
  expect({ opset, outputs, last: nodes.at(-1) }).toEqual({
    opset: 18,
    outputs: ["output[batch,10]"],
    last: "/Softmax(/11/Gemm_output_0) axis=1",
  });
});

it("writes the weights alone", async () => {
  for (const file of ["net.npz", "net.safetensors"])
    expect((await fovea(`export lenet5 ${file} --untrained`)).code).toBe(0);
  const { tensors } = readSafetensors(read("net.safetensors"));
  expect([...tensors.keys()].slice(0, 2)).toEqual(["0.weight", "0.bias"]);
  expect((await readNpz(read("net.npz"))).tensors).toEqual(tensors);
});

it.each([
  [
    "lenet5 net.pth --untrained",
    "exportModel net.pth: the ending says what to write; known: .onnx, .safetensors, .npz",
  ],
  ["lenet net.onnx", "lenet: there is no run folder, model file or network of this name; did you mean lenet5?"],
])("says what is wrong with %s", async (words, message) => {
  const { code, stderr } = await fovea(`export ${words}`);
  expect(code).toBeGreaterThan(0);
  expect(stderr).toContain(`error: ${message}\n`);
});
