/** All architectures by name: for commands, configurations and the reference. A family is a line here. */
import * as alexnet from "./alexnet.ts";
import type { Architecture } from "./architecture.ts";
import * as cifarResnet from "./cifar-resnet.ts";
import * as convnext from "./convnext.ts";
import * as densenet from "./densenet.ts";
import * as efficientnet from "./efficientnet.ts";
import * as googlenet from "./googlenet.ts";
import * as lenet from "./lenet5.ts";
import * as mobilenetV1 from "./mobilenet-v1.ts";
import * as mobilenetV2 from "./mobilenet-v2.ts";
import * as mobilenetV3 from "./mobilenet-v3.ts";
import * as preactResnet from "./preact-resnet.ts";
import * as resnet from "./resnet.ts";
import * as squeezenet from "./squeezenet.ts";
import * as vgg from "./vgg.ts";

/** What the files of families export: architectures, and what they share. */
const families: readonly Readonly<Record<string, unknown>>[] = [
  lenet,
  alexnet,
  vgg,
  resnet,
  cifarResnet,
  preactResnet,
  squeezenet,
  googlenet,
  densenet,
  mobilenetV1,
  mobilenetV2,
  mobilenetV3,
  efficientnet,
  convnext,
];

const isArchitecture = (value: unknown): value is Architecture => typeof value === "function" && "optionNames" in value;

/** Bundlers and test runners differ in the order of a module's exports: resnet18 comes before resnet101 everywhere. */
const { compare } = new Intl.Collator("en", { numeric: true });

const all = families.flatMap((family) =>
  Object.values(family)
    .filter(isArchitecture)
    .sort((a, b) => compare(a.name, b.name)),
);

/** The networks by name, for commands and configurations: `architectures.resnet50({ classes: 10 })` is a layer. */
export const architectures: Readonly<Record<string, Architecture>> = Object.fromEntries(
  all.map((architecture) => [architecture.name, architecture]),
);
