/** Text cut into characters, into what stands between spaces, and into sentences. Words are cut by `tokenize`. */
import { describeGiven, OptionError } from "../array/index.ts";
import { optional, readOptions } from "../options/index.ts";
import { localeKind, segmenterOf } from "./segmenters.ts";

function checkText(where: string, text: unknown): asserts text is string {
  if (typeof text !== "string") throw new OptionError(`${where}: expects a text, got ${describeGiven(text)}`);
}

/**
 * The characters of a text (Unicode's code points): joined again, they are the text.
 * @example splitCharacters("né🙂") // ["n", "é", "🙂"]
 * @throws OptionError for what is no text
 */
export function splitCharacters(text: string): string[] {
  checkText("splitCharacters", text);
  return Array.from(text);
}

/**
 * What stands between white space, as given: for text that has been tokenized.
 * @example splitSpaces("it 's  n't so .\n") // ["it", "'s", "n't", "so", "."]
 * @throws OptionError for what is no text
 */
export function splitSpaces(text: string): string[] {
  checkText("splitSpaces", text);
  return text.match(/\S+/g) ?? [];
}

/** Options of `splitSentences`. */
export interface SentenceOptions {
  /** A language, by whose rules `Intl.Segmenter` finds sentences. Default: the rule of `splitSentences`. */
  readonly locale?: string | undefined;
}

const schema = { locale: optional(localeKind) };

/** Where a sentence may end: marks, with what closes after them, before white space; marks of Chinese and Japanese; an empty line. */
const possibleEnd = /[.!?…]+["'”’»)\]]*(?=\s)|[。！？]+[」』”’）]*|\n\s*\n/gu;

/** Before a name or a number, a full stop after these ends nothing; nor does one after a single capital, as in J. S. Bach. */
const abbreviation =
  /(?:^|[^\p{L}\p{N}.])(?:\p{Lu}|[Mm](?:rs?|s|essrs)|[Dd]r|[Pp]rof|[Ss]t|Gen|Col|Capt|Lt|Sgt|Rev|Hon|Sen|Rep|Gov|[Vv]s|[Cc]f|[Ee]\.g|[Ii]\.e)\.$/u;

/** A sentence does not begin with these. */
const goesOn = /^\s*[\p{Ll},;:]/u;

/**
 * The sentences of a text, without the white space around them. A sentence ends after `.`, `!`, `?` or `…`, with closing quotes
 * and brackets, before white space that no small letter follows; after `。`, `！` and `？`; and at an empty line. A full stop after
 * a title (`Dr.`), after `e.g.`, `i.e.`, `cf.` or `vs.`, or after a single capital, ends none.
 * @example splitSentences("Mr. Smith paid 3.50. Why? “Because,” he said.") // ["Mr. Smith paid 3.50.", "Why?", "“Because,” he said."]
 * @throws OptionError for what is no text
 */
export function splitSentences(text: string, options: SentenceOptions = {}): string[] {
  checkText("splitSentences", text);
  const { locale } = readOptions("splitSentences", schema, options);
  const parts =
    locale === undefined
      ? cutAtEnds(text)
      : Array.from(segmenterOf(locale, "sentence").segment(text), ({ segment }) => segment);
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

function cutAtEnds(text: string): string[] {
  const parts: string[] = [];
  let begin = 0;
  for (const { 0: mark, index } of text.matchAll(possibleEnd)) {
    const end = index + mark.length;
    if (!isEnd(text, begin, end, mark)) continue;
    parts.push(text.slice(begin, end));
    begin = end;
  }
  return [...parts, text.slice(begin)];
}

/** What is looked at on either side: longer than any abbreviation, so that a text of any length takes linear time. */
const NEAR = 32;

function isEnd(text: string, begin: number, end: number, mark: string): boolean {
  if (/^[。！？\n]/u.test(mark)) return true;
  if (goesOn.test(text.slice(end, end + NEAR))) return false;
  return !abbreviation.test(text.slice(Math.max(begin, end - NEAR), end));
}
