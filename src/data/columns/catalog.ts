/** The kinds of columns, each defined in its own file. */
import { boxes } from "./boxes.ts";
import { classes, multiLabel } from "./classes.ts";
import { mask } from "./mask.ts";
import { numbers } from "./numbers.ts";
import { picture } from "./picture.ts";
import { points } from "./points.ts";
import { tokens } from "./tokens.ts";
import { waveform } from "./waveform.ts";

/** Factories of columns by name. The name of each one's kind is that of its record: `classes.kind.name` is `class`. */
export const columnKinds = { picture, mask, boxes, points, classes, multiLabel, numbers, tokens, waveform } as const;
