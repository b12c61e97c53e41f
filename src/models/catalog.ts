/** All architectures by name: for commands, configurations and the reference. A family is a line here. */
import type { Architecture } from "./architecture.ts";
import { lenet5, torchTutorial } from "./lenet5.ts";
import * as resnet from "./resnet.ts";

const all: readonly Architecture[] = [lenet5, torchTutorial, ...Object.values(resnet)];

/** The networks by name, for commands and configurations: `architectures.resnet50({ classes: 10 })` is a layer. */
export const architectures: Readonly<Record<string, Architecture>> = Object.fromEntries(
  all.map((architecture) => [architecture.name, architecture]),
);
