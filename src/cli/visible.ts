/**
 * Text from outside (names of files, classes and layers, and messages with them), safe for a terminal: characters that would
 * control the terminal or the direction of writing are escaped as in JSON, `\u001b`. JSON keeps its meaning.
 */

/**
 * All but line feeds of what Unicode calls control characters (C0, delete, C1), separators of lines and paragraphs, and
 * controls of the direction of writing.
 */
const controls = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

const escapeControl = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** Lines of text. */
export const visible = (text: string): string => text.replace(controls, escapeControl);

/** Text that stands in one line, such as a name in a table. */
export const visibleName = (text: string): string => visible(text).replaceAll("\n", escapeControl);
