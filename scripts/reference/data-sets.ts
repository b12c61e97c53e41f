/** Data sets: those that have names, and how others are named. */
import { sources } from "../../src/cli/sources.ts";
import { blocks, code, heading, page, prose } from "./markdown.ts";

export function dataSetsPage(): string {
  return page(
    heading(1, "Data sets"),
    "What `fovea train`, `eval` and `data` take as `--data`: a data set that has a name, or a path. The functions that load them in " +
      "programs are in [data](data.md), the options of the commands in [the command line](command-line.md).",
    ...Object.entries(sources).map(([name, { summary }]) =>
      blocks(heading(2, name), prose(`${summary}.`), code(`fovea data show ${name}\nfovea train --data ${name}`, "sh")),
    ),
    blocks(
      heading(2, "Where they come from"),
      "A data set that is downloaded is looked for in three places: in a folder of its name in the folder that `FOVEA_DATA` names; in " +
        "the cache, which `fovea doctor` shows; then at a mirror. Downloads are compared with checksums before they are kept. " +
        "`fovea data fetch NAME` downloads ahead of time, `fovea data clear` removes what is in the cache.",
    ),
    blocks(
      heading(2, "Pictures in folders"),
      "A folder with a folder of pictures for each class, or an archive `.tar`, `.tar.gz` or `.tgz` of one. Folders `train`, `val` and " +
        "`test` around the classes are taken as they are. Pictures of different sizes need `--size`; `--gray` reads one channel.",
      code("fovea train --data pets --size 64x64", "sh"),
    ),
    blocks(
      heading(2, "IDX files"),
      "A folder with the four files of MNIST's kind, plain or compressed: pictures and labels for training and for testing.",
      code("fovea train --data folder", "sh"),
    ),
    blocks(
      heading(2, "What is held out"),
      "A part for testing is used as it is; where there is none, `train` sets samples aside (`--test`). The best epoch is chosen by a " +
        "part for validation, or by samples set aside (`--validation`). Every part is named in the output of the run.",
    ),
  );
}
