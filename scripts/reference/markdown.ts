/** Markdown, as much of it as the reference pages need. */

/** A title and what stands under it. Parts are blocks, with an empty line between; empty ones are left out. */
export const page = (...parts: readonly string[]): string => `${blocks(...parts)}\n`;

export const blocks = (...parts: readonly string[]): string => parts.filter((part) => part !== "").join("\n\n");

export const heading = (level: number, text: string): string => `${"#".repeat(level)} ${text}`;

export const code = (text: string, language = ""): string => `\`\`\`${language}\n${text}\n\`\`\``;

/** Code within a line. */
export const word = (text: string): string => `\`${text}\``;

export const link = (text: string, target: string): string => `[${text}](${target})`;

export const bullets = (items: readonly string[]): string => items.map((item) => `- ${item}`).join("\n");

/** Nothing, when there are no rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** One line, in which no bar ends the cell. */
const cell = (text: string): string => text.replaceAll("|", "\\|").replace(/\s*\n\s*/g, " ");

/** The anchor that a heading gets. */
export const anchor = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\- ]/gu, "")
    .replaceAll(" ", "-");

/** What stands outside of backticks is changed, the rest is kept. */
const outsideOfCode = (text: string, change: (part: string) => string): string =>
  text
    .split(/(`[^`]*`)/)
    .map((part, i) => (i % 2 === 1 ? part : change(part)))
    .join("");

/**
 * The text of a comment as Markdown. Paragraphs are joined to one line each; lines that stand further in are formulas and
 * keep their layout; a word such as `Source:` at the start of a line begins a paragraph.
 */
export function prose(text: string): string {
  const parts: { formula: boolean; lines: string[] }[] = [];
  let open = false;
  for (const line of text.split("\n")) {
    const formula = /^ {2,}\S/.test(line);
    const last = parts.at(-1);
    if (line.trim() === "") open = false;
    else if (last?.formula === true && formula) last.lines.push(...(open ? [] : [""]), line);
    else if (open && last?.formula === formula && !/^Sources?:/.test(line)) last.lines.push(line);
    else parts.push({ formula, lines: [line] });
    open = line.trim() !== "";
  }
  return blocks(
    ...parts.map(({ formula, lines }) => (formula ? code(outdented(lines)) : escaped(lines.join(" ").trim()))),
  );
}

/** The text of a comment for a table's cell: formulas stand in the line. */
export const line = (text: string): string => escaped(text.replace(/\s+/g, " ").trim());

const escaped = (text: string): string =>
  outsideOfCode(text, (part) => part.replaceAll("<", "&lt;").replaceAll("*", "\\*"));

function outdented(lines: readonly string[]): string {
  const least = Math.min(...lines.filter((text) => text !== "").map((text) => text.search(/\S/)));
  return lines.map((text) => text.slice(least)).join("\n");
}
