import { describe, expect, it } from "vitest";
import { readOnnx } from "../../../tests/support/onnx-file.ts";
import { NdArray } from "../../array/index.ts";
import { lenet5 } from "../../models/index.ts";
import * as nn from "../../nn/index.ts";
import { allOps } from "../../ops/registry.ts";
import { checkSize } from "./file.ts";
import { opRules } from "./ops/table.ts";
import { type OnnxOptions, toOnnx } from "./to-onnx.ts";

const read = async (model: nn.Model, options: OnnxOptions = {}) => readOnnx(await toOnnx(model, options));

/** Layers on inputs of a shape, as a file. */
const file = (layer: nn.Layer, input: readonly number[], options: OnnxOptions = {}) =>
  read(nn.Model.build(layer, { input }), options);

const floats = (bytes: Uint8Array | undefined): number[] => [...new Float32Array(bytes!.slice().buffer)];

describe("LeNet-5 as a file", () => {
  const model = nn.Model.build(lenet5({ classes: 3 }), { input: [1, 28, 28], classes: ["a", "b", "c"] });

  it("has a node for each layer, named after it, and parameters under their names", async () => {
    const { nodes, constants, inputs, outputs, irVersion, opset } = await read(model);
    expect({ irVersion, opset, inputs, outputs }).toEqual({
      irVersion: 8,
      opset: 17,
      inputs: ["input[batch,1,28,28]"],
      outputs: ["output[batch,3]"],
    });
    const window = "kernel_shape=[5,5] strides=[1,1]";
    const pool = "kernel_shape=[2,2] strides=[2,2] pads=[0,0,0,0] dilations=[1,1]";
    expect(nodes).toEqual([
      `/0/Conv(input, 0.weight, 0.bias) ${window} pads=[2,2,2,2] dilations=[1,1] group=1`,
      "/1/Tanh(/0/Conv_output_0)",
      `/2/MaxPool(/1/Tanh_output_0) ${pool}`,
      `/3/Conv(/2/MaxPool_output_0, 3.weight, 3.bias) ${window} pads=[0,0,0,0] dilations=[1,1] group=1`,
      "/4/Tanh(/3/Conv_output_0)",
      `/5/MaxPool(/4/Tanh_output_0) ${pool}`,
      "/6/Flatten(/5/MaxPool_output_0) axis=1",
      "/7/Gemm(/6/Flatten_output_0, 7.weight, 7.bias) transB=1",
      "/8/Tanh(/7/Gemm_output_0)",
      "/9/Gemm(/8/Tanh_output_0, 9.weight, 9.bias) transB=1",
      "/10/Tanh(/9/Gemm_output_0)",
      "/11/Gemm(/10/Tanh_output_0, 11.weight, 11.bias) transB=1",
    ]);
    expect(constants).toEqual(model.variables.map(({ name, shape }) => `${name}[${shape}]`));
  });

  it("says the shape of every value, with the number of samples open", async () => {
    const { shapes } = await read(model);
    expect(shapes.get("/3/Conv_output_0")).toBe("[batch,16,10,10]");
    expect(shapes.get("/6/Flatten_output_0")).toBe("[batch,400]");
    expect(shapes.size).toBe(13);
  });

  it("has the parameters' bytes", async () => {
    const { data } = await read(model);
    const bias = model.variables.find(({ name }) => name === "11.weight")!;
    expect(floats(data.get("11.weight"))).toEqual([...bias.value.data]);
  });

  it("is the same bytes every time", async () => {
    expect(Buffer.compare(await toOnnx(model), await toOnnx(model))).toBe(0);
  });

  it("tells runtimes the classes", async () => {
    const { metadata } = await read(model);
    expect(metadata).toEqual({ "fovea.classes": '["a","b","c"]', "fovea.output": "as the network gives it" });
  });

  it("gives probabilities if they are asked for", async () => {
    const { nodes, outputs, metadata } = await read(model, { softmax: true, opset: 18, irVersion: 10 });
    expect(nodes.at(-1)).toBe("/Softmax(/11/Gemm_output_0) axis=1");
    expect(outputs).toEqual(["output[batch,3]"]);
    expect(metadata["fovea.output"]).toBe("probabilities");
  });
});

describe("normalization", () => {
  const model = nn.Model.build(nn.sequential(nn.conv2d(2, { kernel: 1 }), nn.relu()), {
    input: [2, 3, 3],
    normalization: { mean: [0.5, 0.25], std: [0.5, 2] },
  });

  it("is the first thing in the graph", async () => {
    const { nodes, metadata, data } = await read(model);
    expect(nodes.slice(0, 2)).toEqual([
      "/normalization/Sub(input, /normalization/Sub_input_1)",
      "/normalization/Div(/normalization/Sub_output_0, /normalization/Div_input_1)",
    ]);
    expect(floats(data.get("/normalization/Sub_input_1"))).toEqual([0.5, 0.25]);
    expect(metadata["fovea.normalized"]).toBe("inside");
    expect(JSON.parse(metadata["fovea.normalization"])).toEqual({ input: { mean: [0.5, 0.25], std: [0.5, 2] } });
  });

  it("may be left to the program that runs the file", async () => {
    const { nodes, metadata } = await read(model, { normalization: "outside" });
    expect(nodes[0]).toMatch(/^\/0\/Conv\(input, /);
    expect(metadata["fovea.normalized"]).toBe("outside");
  });
});

describe("layers that ONNX has an operator for", () => {
  it.each<[string, nn.Layer, number[], string[]]>([
    ["batchNorm2d", nn.batchNorm2d(), [2, 3, 3], ["BatchNormalization"]],
    ["layerNorm", nn.layerNorm(), [4, 3], ["LayerNormalization"]],
    ["localResponseNorm", nn.localResponseNorm(5), [6, 3, 3], ["LRN"]],
    ["globalAvgPool", nn.globalAvgPool(), [2, 3, 4], ["GlobalAveragePool", "Flatten"]],
    ["avgPool2d of whole maps", nn.avgPool2d([3, 4]), [2, 3, 4], ["GlobalAveragePool"]],
    ["silu", nn.silu(), [4], ["Sigmoid", "Mul"]],
    ["gelu", nn.gelu(), [4], ["Div", "Erf", "Add", "Mul", "Mul"]],
    ["hardTanh", nn.hardTanh(0, 6), [4], ["Clip"]],
    ["prelu", nn.prelu(), [4], ["PRelu"]],
    ["upsampleNearest", nn.upsampleNearest({ scale: 2 }), [1, 2, 2], ["Resize"]],
    ["reflectPad", nn.reflectPad(1), [1, 3, 3], ["Pad"]],
    ["convTranspose2d", nn.convTranspose2d(2, { kernel: 2, stride: 2 }), [1, 3, 3], ["ConvTranspose"]],
    ["lstm", nn.lstm(3), [4, 2], ["Transpose", "LSTM", "Transpose", "Reshape", "Transpose"]],
    ["poolSteps", nn.poolSteps("mean"), [4, 3], ["ReduceMean"]],
    ["linear over more axes", nn.linear(2), [4, 3], ["Transpose", "MatMul", "Add"]],
    ["dropout", nn.sequential(nn.dropout(), nn.relu()), [4], ["Relu"]],
    ["avgPool2d of one element", nn.sequential(nn.avgPool2d(1), nn.relu()), [1, 3, 3], ["Relu"]],
    ["identity", nn.identity(), [4], ["Identity"]],
  ])("%s", async (_, layer, input, operators) => {
    expect((await file(layer, input)).operators).toEqual(operators);
  });

  it("write windows that overhang as padding at the end", async () => {
    const { nodes } = await file(nn.maxPool2d(3, { stride: 2, ceil: true }), [1, 6, 5]);
    expect(nodes).toEqual(["/MaxPool(input) kernel_shape=[3,3] strides=[2,2] pads=[0,0,1,0] dilations=[1,1]"]);
  });

  it("put axes of reductions where the version of the operators has them", async () => {
    expect((await file(nn.poolSteps("max"), [4, 3])).nodes).toEqual(["/ReduceMax(input) axes=[1] keepdims=0"]);
    expect((await file(nn.poolSteps("max"), [4, 3], { opset: 18 })).nodes).toEqual([
      "/ReduceMax(input, /ReduceMax_input_1) keepdims=0",
    ]);
  });
});

describe("names", () => {
  it("are those of inner layers, and unique", async () => {
    const block = nn.residual(nn.sequential({ conv: nn.conv2d(2, { kernel: 3, padding: 1 }), act: nn.relu() }));
    const { nodes } = await file(nn.sequential({ layer1: block, layer2: block }), [2, 4, 4]);
    expect(nodes.map((node) => node.replace(/\(.*/, ""))).toEqual([
      "/layer1/body/conv/Conv",
      "/layer1/body/act/Relu",
      "/layer1/Add",
      "/layer2/body/conv/Conv",
      "/layer2/body/act/Relu",
      "/layer2/Add",
    ]);
  });

  it("of inputs and outputs are the network's, also where one value is several of them", async () => {
    const net = nn.network({ image: [2, 3] }, ({ image }) => {
      const y = nn.relu()(image);
      return { a: y, b: y, same: image };
    });
    const { inputs, outputs, nodes } = await read(nn.Model.build(net));
    expect(inputs).toEqual(["image[batch,2,3]"]);
    expect(outputs).toEqual(["a[batch,2,3]", "b[batch,2,3]", "same[batch,2,3]"]);
    expect(nodes).toEqual(["/relu/Relu(image)", "/Identity(a)", "/Identity_1(image)"]);
  });

  it("of parameters give way to inputs", async () => {
    const own = nn.defineLayer({
      type: "own",
      options: {},
      forward: (_, x, scope) =>
        nn
          .relu()
          .forward(x, scope)
          .add(scope.parameter("input", [3], "ones")),
    });
    expect((await file(own(), [3])).constants).toEqual(["input_1[3]"]);
  });
});

describe("folded batch normalization", () => {
  const conv = nn.conv2d(2, { kernel: 1, bias: false });

  it("is in the weights of the convolution", async () => {
    const model = nn.Model.build(nn.sequential(conv, nn.batchNorm2d({ epsilon: 0.5 }), nn.relu()), {
      input: [1, 2, 2],
    });
    const values: Record<string, number[]> = {
      "0.weight": [3, -2],
      "1.weight": [2, 4],
      "1.bias": [1, -1],
      "1.running_mean": [0.5, 2],
      "1.running_var": [3.5, 15.5],
    };
    for (const variable of model.variables) {
      const value = values[variable.name];
      if (value) variable.value = new NdArray(Float32Array.from(value), variable.shape);
    }
    const { nodes, data } = await read(model, { foldBatchNorm: true });
    expect(nodes.map((node) => node.split(" kernel")[0])).toEqual([
      "/0/Conv(input, 0.weight, 0.bias)",
      "/2/Relu(/0/Conv_output_0)",
    ]);
    // 2 / √4 and 4 / √16.
    expect(floats(data.get("0.weight"))).toEqual([3, -2]);
    expect(floats(data.get("0.bias"))).toEqual([1 - 0.5, -1 - 2]);
  });

  it("stays where something else reads the convolution", async () => {
    const { operators } = await file(nn.sequential(conv, nn.residual(nn.batchNorm2d())), [1, 2, 2], {
      foldBatchNorm: true,
    });
    expect(operators).toEqual(["Conv", "BatchNormalization", "Add"]);
  });

  it("gives a convolution that is applied twice two sets of weights", async () => {
    const net = nn.network({ x: [2, 2, 2] }, ({ x }) => nn.batchNorm2d()(conv(nn.batchNorm2d()(conv(x)))));
    const { constants } = await read(nn.Model.build(net), { foldBatchNorm: true });
    expect(constants.filter((constant) => constant.includes("weight"))).toEqual([
      "conv2d.weight[2,2,1,1]",
      "conv2d.weight_1[2,2,1,1]",
    ]);
  });
});

it("has a rule for every op, or says why not", () => {
  const missing = [...allOps.values()].filter((op) => !opRules.has(op));
  const complaints = missing.map(
    ({ name }) => `${name} wants a rule in src/exchange/onnx/ops, or a reason in table.ts`,
  );
  expect(complaints).toEqual([]);
});

it("refuses weights that no file holds", () => {
  const large = [{ data: { byteLength: 2 ** 30 } }, { data: { byteLength: 2 ** 30 } }];
  expect(() => checkSize(large)).toThrow(/^toOnnx: the weights take .*, and an ONNX file holds less than 2 GiB/);
});
