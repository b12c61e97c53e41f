export {
  type ReadTorchOptions,
  type ReadTorchTensorsOptions,
  readTorch,
  readTorchTensors,
} from "./read-torch.ts";
export { TorchTensor } from "./torch-tensor.ts";
export { torchFolderOf } from "./torch-zip.ts";
