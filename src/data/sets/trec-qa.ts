/**
 * TREC-QA: questions with sentences that may answer them, each labeled. Sources: Wang, Smith, Mitamura, "What is the Jeopardy
 * model?" (2007), whose files these are; Yao et al. 2013.
 *
 * A file looks like XML and is none: `&` and `<` stand for themselves, and there is no outermost element.
 *
 *   <QApairs id='1.4'>
 *   <question>
 *   What⇥ethnic⇥group⇥…          words; further lines have parts of speech, dependencies and names, which are not read
 *   </question>
 *   <positive>                    or <negative>: a candidate
 *   …
 *   </positive>
 *   </QApairs>
 */
import { gunzip, readFile } from "#platform";
import { FormatError } from "../../array/index.ts";
import { quoted } from "../../formats/index.ts";

/** A sentence that may answer a question. */
export interface Candidate {
  /** Its words and punctuation marks. */
  readonly words: readonly string[];
  /** Whether it answers the question. */
  readonly isAnswer: boolean;
}

/** A question and its candidates, of which there may be none. */
export interface AnsweredQuestion {
  /** Its name in the file: `1.4`. */
  readonly id: string;
  /** Its words and punctuation marks. */
  readonly words: readonly string[];
  readonly candidates: readonly Candidate[];
}

/** Unpacked, the largest of the published files has 20 MB. */
const LIMIT = 2 ** 28;

/**
 * Reads a file of TREC-QA, `.xml` or `.xml.gz`. Node only; in a page use `parseTrecQa`.
 * @throws DataError for a missing file, FormatError for one that is damaged
 */
export async function readTrecQa(path: string): Promise<AnsweredQuestion[]> {
  const bytes = await readFile(path);
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return parseTrecQa(new TextDecoder().decode(isPacked ? await gunzip(bytes, LIMIT, path) : bytes), path);
}

/** What a block within a question is, and what its words become. */
type Block = "question" | "positive" | "negative";

/**
 * The questions in the text of a file.
 * @param name of the file, for messages
 * @throws FormatError where the text is not in the form, with the line
 */
export function parseTrecQa(text: string, name = "the text"): AnsweredQuestion[] {
  const reader = new Reader(name);
  for (const line of text.split(/\r?\n/)) reader.read(line);
  return reader.finish();
}

class Reader {
  readonly #name: string;
  readonly #questions: AnsweredQuestion[] = [];
  #line = 0;
  /** The question that is open: its words and candidates so far. */
  #open: { id: string; words?: readonly string[]; candidates: Candidate[] } | undefined;
  #block: { kind: Block; words?: readonly string[] } | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  /** Tags are whole lines; in a block any other line is text, whatever it looks like. */
  read(line: string): void {
    this.#line++;
    const trimmed = line.trim();
    const [, id] = /^<QApairs id=['"]([^'"]*)['"]>$/.exec(trimmed) ?? [];
    const [, slash, kind] = /^<(\/?)(QApairs|question|positive|negative)>$/.exec(trimmed) ?? [];
    if (id !== undefined) this.#begin(id);
    else if (kind === "QApairs") this.#end(trimmed, slash === "/");
    else if (kind !== undefined) this.#mark(trimmed, kind as Block, slash === "/");
    else if (this.#block !== undefined) this.#block.words ??= wordsOf(trimmed);
    else if (trimmed !== "")
      this.#fail(`expected a tag such as <QApairs id='1'> or <positive>, got ${quoted(trimmed)}`);
  }

  finish(): AnsweredQuestion[] {
    if (this.#open !== undefined) this.#fail(`the file ends inside question ${quoted(this.#open.id)}; it is cut off`);
    return this.#questions;
  }

  #begin(id: string): void {
    if (this.#open !== undefined) this.#fail(`question ${quoted(this.#open.id)} is not closed before ${quoted(id)}`);
    this.#open = { id, candidates: [] };
  }

  #end(tag: string, isEnd: boolean): void {
    const { id, words, candidates } = this.#open ?? this.#fail(`${tag} outside of a question`);
    if (!isEnd || this.#block !== undefined || words === undefined)
      this.#fail(
        `${tag} in question ${quoted(id)}, ${words === undefined ? "which has no <question>" : "not expected"}`,
      );
    this.#questions.push({ id, words, candidates });
    this.#open = undefined;
  }

  #mark(tag: string, kind: Block, isEnd: boolean): void {
    const open = this.#open ?? this.#fail(`${tag} outside of a question`);
    if (isEnd ? this.#block?.kind !== kind : this.#block !== undefined)
      this.#fail(`${tag} is not expected ${this.#block === undefined ? "here" : `in <${this.#block.kind}>`}`);
    if (!isEnd) {
      this.#block = { kind };
      return;
    }
    const words = this.#block?.words ?? [];
    if (words.length === 0) this.#fail(`<${kind}> has no words`);
    if (kind !== "question") open.candidates.push({ words, isAnswer: kind === "positive" });
    else if (open.words === undefined) open.words = words;
    else this.#fail(`question ${quoted(open.id)} has two <question>s`);
    this.#block = undefined;
  }

  #fail(problem: string): never {
    throw new FormatError(`${this.#name}: line ${this.#line}: ${problem}`);
  }
}

const wordsOf = (line: string): readonly string[] | undefined => {
  const words = line.split(/\s+/).filter((word) => word !== "");
  return words.length === 0 ? undefined : words;
};
