/** The lectures' subjects row by row: code, tests and an example for what is built. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { entries, source } from "./entries.ts";
import { type LectureRow, lectureParts } from "./lecture-rows.ts";
import { anchor, blocks, bullets, code, heading, link, page, table, word } from "./markdown.ts";
import { type Exported, root } from "./source.ts";

/** Where examples lie, from the project's folder. */
export const EXAMPLES = "docs/examples";

export const lectureRows: readonly LectureRow[] = Object.values(lectureParts).flat();

/** What a name such as `conv`, `nn.conv2d` or `train.fit` means; nothing, if there is no such export. */
export function lookUp(name: string): Exported | undefined {
  const [room, member] = name.includes(".") ? name.split(".") : [undefined, name];
  const file = room === undefined ? entries.fovea : (entries[`fovea/${room}`] ?? `src/${room}/index.ts`);
  return source()
    .exportsOf(file)
    .find((one) => one.name === member);
}

export const exampleOf = (file: string): string => readFileSync(join(root, EXAMPLES, file), "utf8").trimEnd();

export function lecturesPage(): string {
  return page(
    heading(1, "The lectures, row by row"),
    "Fovea covers the subjects of five lectures on convolutional networks (CMU 11-785 and 10-301, Oxford, Adelaide, Sherbrooke). " +
      "This page shows where each is implemented. Examples are programs, run by `tests/reference`; comments with an arrow show " +
      "what they print.",
    table(
      ["", "subject", "state"],
      lectureRows.map((row) => [
        row.id,
        isBuilt(row) ? link(row.about, `#${anchor(titleOf(row))}`) : row.about,
        stateOf(row),
      ]),
    ),
    ...Object.entries(lectureParts).flatMap(([part, rows]) => {
      const built = rows.filter(isBuilt);
      return built.length === 0 ? [] : [heading(2, part), ...built.map(section)];
    }),
  );
}

const isBuilt = ({ code = [] }: LectureRow): boolean => code.length > 0;

const titleOf = ({ id, about }: LectureRow): string => `${id} ${about}`;

function stateOf(row: LectureRow): string {
  if (!isBuilt(row)) return "not yet";
  return row.missing === undefined ? "built" : `in part; not yet: ${row.missing}`;
}

const section = (row: LectureRow): string =>
  blocks(
    heading(3, titleOf(row)),
    bullets([
      ["Code", ...(row.code ?? []).map((name) => `  - ${codeLink(name)}`)].join("\n"),
      ["Tests", ...(row.tests ?? []).map((file) => `  - ${word(file)}`)].join("\n"),
      ...(row.missing === undefined ? [] : [`Not yet: ${row.missing}`]),
    ]),
    ...(row.example === undefined ? [] : [example(row.example)]),
  );

const codeLink = (name: string): string => link(word(name), `../../${lookUp(name)?.file}`);

const example = (file: string): string =>
  blocks(`${link(word(file), `../examples/${file}`)}:`, code(exampleOf(file), "ts"));
