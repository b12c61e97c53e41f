/** Where pictures come from, by the name in a recipe. */
import { digits } from "./digits.ts";
import { found } from "./found.ts";
import { scenes } from "./scenes.ts";
import type { Source } from "./source.ts";

export const sources: Readonly<Record<string, Source>> = {
  digits,
  scenes,
  mnist: found("MNIST"),
  "fashion-mnist": found("Fashion-MNIST"),
  kmnist: found("KMNIST"),
  cifar10: found("CIFAR-10"),
};
