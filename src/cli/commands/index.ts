/** The commands, in the order of the help: a new one is a file in this folder and a row here. */
import { benchCommand } from "./bench.ts";
import { dataCommand } from "./data.ts";
import { doctorCommand } from "./doctor.ts";
import { evalCommand } from "./eval.ts";
import { exportCommand } from "./export.ts";
import { imageCommand } from "./image.ts";
import { lookCommand } from "./look.ts";
import { predictCommand } from "./predict.ts";
import { sampleCommand } from "./sample.ts";
import { studioCommand } from "./studio.ts";
import { summaryCommand } from "./summary.ts";
import { textCommand } from "./text.ts";
import { trainCommand } from "./train.ts";
import { translateCommand } from "./translate.ts";

export const commands = [
  trainCommand,
  evalCommand,
  predictCommand,
  sampleCommand,
  translateCommand,
  summaryCommand,
  lookCommand,
  studioCommand,
  exportCommand,
  dataCommand,
  imageCommand,
  textCommand,
  benchCommand,
  doctorCommand,
] as const;
