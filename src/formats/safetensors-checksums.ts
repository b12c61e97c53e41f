/**
 * Checksums in the metadata of a safetensors file, to detect damage: under one key, JSON with a CRC-32 in hexadecimal for
 * each tensor by name, over its type, shape and data, and, under a name reserved by the format, one for the rest of the
 * metadata.
 */
import { FormatError, formatShape, type NdArray, type Shape } from "../array/index.ts";
import { checksum } from "./checksum.ts";
import { storedNames } from "./element-types.ts";
import { isRecord, quoted } from "./json.ts";
import type { Entry } from "./safetensors-header.ts";

/** The key of the checksums. */
export const CHECKSUMS = "fovea.crc32";
/** No tensor can have this name. */
const METADATA = "__metadata__";

/** The beginning of the text of checksums, by which it is recognized under a damaged key. */
const BEGINNING = `{"${METADATA}":`;

type Metadata = Readonly<Record<string, string>>;

/** Metadata as in a file: sorted by key. */
export const metadataText = (metadata: Metadata): string =>
  `{${Object.keys(metadata)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${JSON.stringify(metadata[key])}`)
    .join(",")}}`;

const textSum = (text: string): number => checksum(new TextEncoder().encode(text));
const formatSum = (sum: number): string => sum.toString(16).padStart(8, "0");

const tensorSum = (typeName: string, shape: Shape, data: Uint8Array): string =>
  formatSum(checksum(data, textSum(`${typeName}${formatShape(shape)}`)));
const metadataSum = (metadata: Metadata): string => formatSum(textSum(metadataText(metadata)));

/** The text for the metadata of a file. */
export function checksumsOf(named: readonly (readonly [string, NdArray])[], metadata: Metadata): string {
  const tensors = named.map(([name, { dtype, shape, data }]) => {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return [name, tensorSum(storedNames[dtype], shape, bytes)] as const;
  });
  return JSON.stringify(Object.fromEntries([[METADATA, metadataSum(metadata)], ...tensors]));
}

/**
 * Removes the checksums from a file's metadata, if any, and verifies them.
 * @throws FormatError naming the damaged tensor
 */
export function verifyChecksums(
  entries: readonly Entry[],
  metadata: Record<string, string>,
  data: Uint8Array,
  file: string,
): void {
  const text = metadata[CHECKSUMS];
  if (text === undefined) {
    if (Object.values(metadata).some((value) => value.startsWith(BEGINNING))) throw damaged(file, "metadata");
    return;
  }
  delete metadata[CHECKSUMS];
  const sums = parseSums(text, file);
  if (sums.get(METADATA) !== metadataSum(metadata)) throw damaged(file, "metadata");
  for (const { name, typeName, shape, begin, end } of entries) {
    if (sums.get(name) !== tensorSum(typeName, shape, data.subarray(begin, end)))
      throw damaged(file, `tensor ${quoted(name)}`);
    sums.delete(name);
  }
  sums.delete(METADATA);
  const [missing] = sums.keys();
  if (missing !== undefined) throw damaged(file, `tensor ${quoted(missing)}, which is missing`);
}

const damaged = (file: string, what: string): FormatError =>
  new FormatError(
    `${file}: the checksum of ${what} is wrong: the file is damaged; fetch or save it again (a program that changed it ` +
      `on purpose must remove '${CHECKSUMS}' from the metadata)`,
  );

function parseSums(text: string, file: string): Map<string, unknown> {
  try {
    const sums: unknown = JSON.parse(text);
    if (isRecord(sums)) return new Map(Object.entries(sums));
  } catch {}
  throw damaged(file, "metadata");
}
