/**
 * Text as bytes, in pieces across which tokens are never merged: words with the space before them, numbers, marks, white space.
 * The pattern is that of GPT-2 (Radford et al. 2019), with marks above letters as part of words; runs of more than 64
 * characters are cut, so that no text takes quadratic time.
 */

const pieces =
  /'(?:s|t|re|ve|m|ll|d)| ?\p{L}[\p{L}\p{M}]{0,63}| ?\p{N}{1,64}| ?[^\s\p{L}\p{N}]{1,64}|\s{1,64}(?!\S)|\s{1,64}/gu;

/** The pieces of a text, which joined are the text. */
export function* piecesOf(text: string): Generator<string> {
  for (const [piece] of text.matchAll(pieces)) yield piece;
}

const encoder = new TextEncoder();

/** The bytes of a piece in UTF-8; half a surrogate pair, which is no character, becomes U+FFFD. */
export const bytesOfPiece = (piece: string): Uint8Array => encoder.encode(piece);

/** Bytes that are printed as the character with their number: those of Latin-1 that are visible. */
const isVisible = (byte: number): boolean =>
  (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;

/**
 * A visible character for each byte, as GPT-2's vocabularies have it: visible ones of Latin-1 stand for themselves, the other 68
 * are 256, 257, …: a space is Ġ, a line feed Ċ.
 */
export const byteCharacters: readonly string[] = (() => {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isVisible(byte) ? byte : next++));
})();
