export { checksum } from "./checksum.ts";
export {
  type CocoAnnotation,
  type CocoCategory,
  type CocoFile,
  type CocoImage,
  type CocoOutline,
  readCoco,
} from "./coco.ts";
export type { Fail } from "./fail.ts";
export { readIdx, writeIdx } from "./idx.ts";
export { decodeUtf8, describeJson, isCount, isRecord, parseObject, quoted, stringify } from "./json.ts";
export { linesOf } from "./lines.ts";
export { type ReadNpzOptions, readNpy, readNpz, writeNpy, writeNpz } from "./numpy/index.ts";
export { PickledGlobal, PickledObject } from "./pickle/index.ts";
export { type ReadTensorsOptions, readTensors } from "./read-tensors.ts";
export { decodeRunLengths, parseRunLengths } from "./run-lengths.ts";
export {
  readSafetensors,
  type Safetensors,
  viewSafetensors,
  type WriteSafetensorsOptions,
  writeSafetensors,
} from "./safetensors.ts";
export { loadTensors, readShardedTensors } from "./sharded.ts";
export { readTar, type TarEntry, type TarOptions } from "./tar.ts";
export type { TensorFile } from "./tensor-file.ts";
export {
  type ReadTorchOptions,
  type ReadTorchTensorsOptions,
  readTorch,
  readTorchTensors,
  TorchTensor,
} from "./torch/index.ts";
export { readVoc, type VocAnnotation, type VocObject } from "./voc.ts";
export { readHalfVectors, readWordVectors, type WordVectors, type WordVectorsOptions } from "./word-vectors/index.ts";
export { childOf, parseXml, type XmlElement } from "./xml.ts";
export { readYolo, readYoloNames, readYoloYaml, type YoloObject } from "./yolo.ts";
