/**
 * XML from untrusted files: elements and their text. Attributes, comments and instructions are skipped. There are no document
 * types: they are refused, and so is every entity but the five of XML itself, so nothing is expanded or fetched.
 * Source: W3C, "Extensible Markup Language (XML) 1.0 (Fifth Edition)".
 */
import type { Fail } from "./fail.ts";
import { decodeUtf8, quoted } from "./json.ts";

/** An element. */
export interface XmlElement {
  readonly name: string;
  /** The text in it, without that of its elements, trimmed. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

/** Elements in elements. */
const MOST_DEPTH = 64;

const entities: ReadonlyMap<string, string> = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);

interface OpenElement {
  readonly name: string;
  text: string;
  readonly children: XmlElement[];
}

/** What is skipped: how it begins, and how it ends. */
const skipped = [
  ["<!--", "-->"],
  ["<?", "?>"],
] as const;

/**
 * The outermost element of a file.
 * @param fail makes the error of a file that is not XML
 */
export function parseXml(bytes: Uint8Array, fail: Fail): XmlElement {
  const text = decodeUtf8(bytes, fail).replace(/^\ufeff/, "");
  const root: OpenElement = { name: "", text: "", children: [] };
  const open: OpenElement[] = [root];
  for (let at = 0; at < text.length; ) at = readPart(text, at, open, fail);
  if (open.length > 1) throw fail(`<${open[open.length - 1].name}> is not closed`);
  if (root.children.length !== 1 || root.text.trim() !== "")
    throw fail(`is not XML: it has ${root.children.length} outermost elements, expected one and no text around it`);
  return root.children[0];
}

/** Reads a tag, or the text up to the next. @returns where it ends */
function readPart(text: string, at: number, open: OpenElement[], fail: Fail): number {
  const current = open[open.length - 1];
  if (text[at] !== "<") {
    const end = text.indexOf("<", at);
    const part = text.slice(at, end < 0 ? text.length : end);
    current.text += unescapeText(part, fail);
    return at + part.length;
  }
  for (const [begin, end] of skipped) if (text.startsWith(begin, at)) return endOf(text, at, end, fail);
  if (text.startsWith("<![CDATA[", at)) {
    const end = endOf(text, at, "]]>", fail);
    current.text += text.slice(at + "<![CDATA[".length, end - "]]>".length);
    return end;
  }
  if (text.startsWith("<!", at)) throw fail("has a document type, which is not read; remove <!DOCTYPE …>");
  const end = endOf(text, at, ">", fail);
  readTag(text.slice(at + 1, end - 1), open, fail);
  return end;
}

function readTag(tag: string, open: OpenElement[], fail: Fail): void {
  const [, slash, name, attributes] = /^(\/?)([^\s/<>"'=]+)(?:\s([^<]*))?\/?$/.exec(tag) ?? [];
  if (name === undefined) throw fail(`has ${quoted(`<${tag}>`)}, which is no tag`);
  if (slash === "/") {
    const closed = open.length > 1 ? open.pop()! : undefined;
    if (closed?.name !== name)
      throw fail(`${quoted(`</${name}>`)} closes ${closed === undefined ? "nothing" : quoted(`<${closed.name}>`)}`);
    open[open.length - 1].children.push({ ...closed, text: closed.text.trim() });
    return;
  }
  if (tag.endsWith("/")) open[open.length - 1].children.push({ name, text: "", children: [] });
  else if (open.length > MOST_DEPTH) throw fail(`has more than ${MOST_DEPTH} elements in each other`);
  else open.push({ name, text: "", children: [] });
  if (attributes !== undefined && !/^\s*(?:[^\s=]+\s*=\s*(?:"[^"]*"|'[^']*')\s*)*\/?$/.test(attributes))
    throw fail(`has ${quoted(`<${tag}>`)}, whose attributes are not NAME="…"`);
}

function endOf(text: string, at: number, sign: string, fail: Fail): number {
  const found = text.indexOf(sign, at);
  if (found < 0) throw fail(`${quoted(text.slice(at, at + 20))} does not end`);
  return found + sign.length;
}

const unescapeText = (text: string, fail: Fail): string =>
  text.replace(/&([^;&]*);?/g, (whole, name: string) => {
    const code = /^#(?:x([\da-f]{1,6})|(\d{1,7}))$/i.exec(name);
    const point = code === null ? Number.NaN : Number.parseInt(code[1] ?? code[2], code[1] === undefined ? 10 : 16);
    const found = whole.endsWith(";")
      ? point <= 0x10ffff
        ? String.fromCodePoint(point)
        : entities.get(name)
      : undefined;
    if (found === undefined)
      throw fail(`has the entity ${quoted(whole)}; only &lt; &gt; &amp; &quot; &apos; and numbers are read`);
    return found;
  });

/** The first element of a name inside of another. */
export const childOf = (element: XmlElement, name: string): XmlElement | undefined =>
  element.children.find((child) => child.name === name);
