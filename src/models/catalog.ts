/** All architectures by name: for commands, configurations and the reference. A family is a line here. */
import type { Architecture } from "./architecture.ts";
import * as convnext from "./convnext.ts";
import * as densenet from "./densenet.ts";
import * as efficientnet from "./efficientnet.ts";
import * as googlenet from "./googlenet.ts";
import { lenet5, torchTutorial } from "./lenet5.ts";
import * as mobilenetV1 from "./mobilenet-v1.ts";
import * as mobilenetV2 from "./mobilenet-v2.ts";
import * as mobilenetV3 from "./mobilenet-v3.ts";
import * as resnet from "./resnet.ts";

const families = [resnet, googlenet, densenet, mobilenetV1, mobilenetV2, mobilenetV3, efficientnet, convnext];
const all: readonly Architecture[] = [lenet5, torchTutorial, ...families.flatMap(Object.values<Architecture>)];

/** The networks by name, for commands and configurations: `architectures.resnet50({ classes: 10 })` is a layer. */
export const architectures: Readonly<Record<string, Architecture>> = Object.fromEntries(
  all.map((architecture) => [architecture.name, architecture]),
);
