/** Documents with their extracts, as text and as a page that needs no other file. */
import { escapeXml } from "../../image/index.ts";
import type { DocumentClass, DocumentExtract, ExtractedSentence } from "./extract.ts";

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const describeClass = (given: DocumentClass): string => `${given.class} (${percent(given.probability)})`;

/** What was predicted of the document and of its extract, in a line. */
export const extractTitle = (found: DocumentExtract): string =>
  `${describeClass(found)}; ${describeClass(found.extract)} by ${found.sentences.filter(({ isKept }) => isKept).length} ` +
  `of ${found.sentences.length} sentences`;

/** Lines of text: the class, then each sentence with its relevance; those of the extract are marked with >. */
export function extractToText(found: DocumentExtract): string {
  const lines = found.sentences.map(
    ({ text, relevance, isKept }) =>
      `${isKept ? ">" : " "} ${relevance.toFixed(3).padStart(8)}  ${text.replace(/\s+/g, " ")}`,
  );
  return [extractTitle(found), ...lines, ""].join("\n");
}

const style = `
body { font: 16px/1.6 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff }
h1 { font-size: 1.1rem }
p { color: #666 }
mark { color: #1a1a1a; padding: 0.1em 0 }
footer { margin-top: 2rem; font-size: 0.8rem; color: #888 }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #181818 } p { color: #999 } mark { color: #fff } }
`;

/** Options of `extractToHtml`. */
export interface ExtractHtmlOptions {
  /** The heading. Default: what was predicted. */
  readonly title?: string | undefined;
  /** How the page was made, for its end. Default: nothing. */
  readonly description?: string | undefined;
}

/**
 * A page of its own: the document with the sentences of the extract marked, the stronger the more they mattered; all text is
 * escaped.
 */
export function extractToHtml(found: DocumentExtract, options: ExtractHtmlOptions = {}): string {
  const title = escapeXml(options.title ?? extractTitle(found));
  const most = Math.max(...found.sentences.map(({ relevance }) => relevance));
  const body = found.sentences.map((sentence) => sentenceToHtml(sentence, most)).join("\n");
  const footer = options.description === undefined ? "" : `<footer>${escapeXml(options.description)}</footer>\n`;
  return (
    `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n` +
    `<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>${title}</title>\n<style>${style}</style>\n` +
    `</head>\n<body>\n<h1>${title}</h1>\n<p>\n${body}\n</p>\n${footer}</body>\n</html>\n`
  );
}

/** The strength of a mark, of its color's opacity. */
const [WEAKEST, STRONGEST] = [0.15, 0.6];

function sentenceToHtml({ text, relevance, isKept }: ExtractedSentence, most: number): string {
  const hint = `title="${relevance.toFixed(3)}"`;
  if (!isKept) return `<span ${hint}>${escapeXml(text)}</span>`;
  const share = most > 0 ? Math.max(0, relevance / most) : 0;
  const opacity = (WEAKEST + (STRONGEST - WEAKEST) * share).toFixed(2);
  return `<mark ${hint} style="background:rgba(255,170,0,${opacity})">${escapeXml(text)}</mark>`;
}
