/**
 * The header of a JPEG file: segments `FF type length …` up to the first scan. Sources: ITU-T T.81, annex B; CIPA DC-008,
 * "Exif 2.32", section 4.6, for the orientation.
 */

export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  /** 1 gray, 3 colors, 4 inks. */
  readonly components: number;
  /** Whether the coding is baseline, extended or progressive, by Huffman's method, with 8 bits. */
  readonly isCommon: boolean;
  /** The EXIF orientation, 1 … 8; 1 is upright. */
  readonly orientation: number;
  /** Whether it has a color profile. */
  readonly hasProfile: boolean;
}

/**
 * The header; undefined if the file ends before the first scan, or violates the format such that a decoder might find
 * another frame: markers without a length, bytes between segments, a second frame, a frame whose length does not fit its
 * components.
 */
export function readJpegHeader(bytes: Uint8Array): JpegHeader | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  let [orientation, hasProfile] = [1, false];
  let frame: ReturnType<typeof readFrame>;
  for (const { type, content } of segments(bytes)) {
    if (type === START_OF_SCAN) return frame && { ...frame, orientation, hasProfile };
    if (isFrame(type)) {
      if (frame !== undefined) return undefined;
      frame = readFrame(type, content);
      if (frame === undefined) return undefined;
    }
    if (type === 0xe1 && startsWith(content, "Exif\0\0")) orientation = orientationIn(content.subarray(6));
    if (type === 0xe2 && startsWith(content, "ICC_PROFILE\0")) hasProfile = true;
  }
  return undefined;
}

const START_OF_SCAN = 0xda;

/** The segments from the first on, as long as one follows the other. */
function* segments(bytes: Uint8Array): Generator<{ readonly type: number; readonly content: Uint8Array }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const type = bytes[at + 1];
    // Bytes FF may fill the space before a segment.
    if (type === 0xff) {
      at += 1;
      continue;
    }
    const end = at + 2 + view.getUint16(at + 2);
    if (hasNoLength(type) || end > bytes.length || end < at + 4) return;
    yield { type, content: bytes.subarray(at + 4, end) };
    at = end;
  }
}

/** Not markers, TEM, RST0 … RST7, SOI and EOI: none of them stands between the segments of a header. */
const hasNoLength = (type: number): boolean => type <= 0x01 || (type >= 0xd0 && type <= 0xd9);

/** Frames are C0 … CF without the tables C4, C8 and CC. */
const isFrame = (type: number): boolean => type === 0xc0 || (type > 0xc0 && type <= 0xcf && (type & 3) !== 0);

const startsWith = (bytes: Uint8Array, sign: string): boolean =>
  Array.from(sign).every((letter, i) => bytes[i] === letter.charCodeAt(0));

/** A frame's size and coding; undefined where there are no pixels, or its length does not match the components. */
function readFrame(type: number, content: Uint8Array) {
  const [precision, high, low, far, near, components] = content;
  const [width, height] = [(far << 8) | near, (high << 8) | low];
  if (content.length !== 6 + 3 * components || width === 0 || height === 0) return undefined;
  return { width, height, components, isCommon: type <= 0xc2 && precision === 8 };
}

/** The value of tag 0x0112 in the first directory of a TIFF structure; 1 where there is none. */
function orientationIn(tiff: Uint8Array): number {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (tiff.length < 10) return 1;
  const little = tiff[0] === 0x49;
  const start = view.getUint32(4, little);
  if (start + 2 > tiff.length) return 1;
  const count = view.getUint16(start, little);
  for (let i = 0, at = start + 2; i < count && at + 12 <= tiff.length; i++, at += 12) {
    if (view.getUint16(at, little) === 0x0112) return view.getUint16(at + 8, little);
  }
  return 1;
}
