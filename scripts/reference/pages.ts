/** The reference's pages, each with what writes it. */
import { commandLinePage } from "./command-line.ts";
import { dataSetsPage } from "./data-sets.ts";
import { enginesPage } from "./engines.ts";
import { initializersPage } from "./initializers.ts";
import { layersPage } from "./layers.ts";
import { lecturesPage } from "./lectures.ts";
import { lossesPage } from "./losses.ts";
import { modulePages } from "./modules.ts";
import { opsPage } from "./ops.ts";
import { optimizersPage } from "./optimizers.ts";
import { schedulesPage } from "./schedules.ts";

/** Where the pages lie, from the project's folder. */
export const FOLDER = "docs/reference";

export const pages: Readonly<Record<string, () => string>> = {
  ...modulePages,
  "command-line.md": commandLinePage,
  "data-sets.md": dataSetsPage,
  "ops.md": opsPage,
  "layers.md": layersPage,
  "losses.md": lossesPage,
  "optimizers.md": optimizersPage,
  "schedules.md": schedulesPage,
  "initializers.md": initializersPage,
  "engines.md": enginesPage,
  "lectures.md": lecturesPage,
};
