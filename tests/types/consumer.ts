/** What a project in TypeScript writes whose compiler tells options that are undefined from options that are left out. */
import { array, compile, f32, nn, optim, selectEngine } from "fovea";
import { alignClasses, batches, type Dataset, digits, flip, randomCrop } from "fovea/data";
import { canny, decodePng, pictureGrid, readPicture } from "fovea/image";
import { summarize } from "fovea/inspect";
import { lenet5 } from "fovea/models";
import { cropVote, ensemble, evaluateModel, type FitOptions, fit, predict, singleView } from "fovea/train";

interface Settings {
  readonly epochs?: number | undefined;
  readonly seed?: number | undefined;
  readonly validation?: Dataset | undefined;
}

export async function run({ epochs, seed, validation }: Settings, more: FitOptions = {}): Promise<number> {
  const { train, test } = digits({ train: undefined, seed });
  const network = nn.sequential(
    nn.conv2d(6, { kernel: 5, padding: undefined, bias: undefined }),
    nn.maxPool2d(2, { stride: undefined }),
    nn.flatten(),
    nn.dropout(0.5),
    nn.lstm(3, { layers: undefined }),
    nn.linear(10, { bias: undefined }),
  );
  const optimizer = optim.adam({ learningRate: undefined, weightDecay: undefined });
  const options: FitOptions = { ...more, epochs, seed, validation, optimizer, schedule: undefined, signal: undefined };
  const { model, history } = await fit(network, train, { ...options, augment: [flip({ vertical: undefined })] });
  const last: number | undefined = history.at(-1)?.validation?.accuracy;
  const { missing } = alignClasses(test, model.classes, { unknownClasses: undefined });
  const evaluation = await evaluateModel(model, test, { engine: undefined, batch: undefined, onProgress: undefined });
  const views = [singleView(model, { engine: undefined }), cropVote(model, { padding: undefined, voting: undefined })];
  const report = await evaluateModel(ensemble(views, { voting: undefined }), test, { task: undefined });
  for await (const { images } of batches(train, { batch: undefined, augment: [randomCrop({ padding: undefined })] }))
    await predict(model, images, { engine: selectEngine("wasm", { threads: undefined }) });
  const step = compile((x) => ({ y: model(x, { training: undefined }) }), [f32(1, 1, 28, 28)], { engine: undefined });
  const { y } = await step(array([[[[0]]]]));
  const rebuilt = nn.Model.build(lenet5(), { input: [1, 28, 28], seed, classes: model.classes });
  const bytes = await rebuilt.toBytes();
  const picture = await readPicture(bytes, "x", { maxPixels: undefined });
  pictureGrid([{ picture: canny(picture, { sigma: undefined }), caption: undefined }], { columns: undefined });
  pictureGrid([{ picture: await decodePng(bytes) }]);
  const [first = 0] = summarize(model).layers[0]?.output ?? [];
  return (
    (last ?? 0) + (evaluation.figures.accuracy ?? 0) + (report.figures.accuracy ?? 0) + missing.length + y.size + first
  );
}
