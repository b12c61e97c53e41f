/**
 * How a recipe names pictures that are kept in the browser: `pets@0123456789ab`, the name and a checksum, so that another machine does not
 * train on others of that name.
 */

export interface Reference {
  readonly name: string;
  readonly checksum: string;
}

const LONGEST_NAME = 60;
const form = /^(.+)@([0-9a-f]{12})$/s;

export const writeReference = ({ name, checksum }: Reference): string => `${name}@${checksum}`;

/** `undefined` for what names no kept pictures. */
export function readReference(text: string): Reference | undefined {
  const found = form.exec(text);
  return found === null ? undefined : { name: found[1], checksum: found[2] };
}

/** The name under which pictures are kept. @throws Error for an empty or a long one */
export function checkName(given: string): string {
  const name = given.trim();
  if (name === "") throw new Error("give the pictures a name");
  if (name.length > LONGEST_NAME)
    throw new Error(`the name has ${name.length} characters; the limit is ${LONGEST_NAME}`);
  return name;
}

/** Twelve hexadecimal digits of the SHA-256 of pictures, labels, shape and names of classes. */
export async function checksumOf(
  images: Uint8Array,
  labels: Int32Array,
  about: { readonly side: number; readonly channels: number; readonly classes: readonly string[] },
): Promise<string> {
  const { side, channels, classes } = about;
  const header = new TextEncoder().encode(JSON.stringify({ side, channels, classes, labels: [...labels] }));
  const bytes = new Uint8Array(header.length + images.length);
  bytes.set(header);
  bytes.set(images, header.length);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest.subarray(0, 6), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
