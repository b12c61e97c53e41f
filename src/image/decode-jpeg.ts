/**
 * JPEGs of the common kind by the package @jsquash/jpeg, which is mozjpeg compiled to WebAssembly. It gives the pixels that
 * sharp gives, in a tenth of the time when pictures are small, because it runs on the calling thread and has no pipeline to
 * set up. CMYK, color profiles, rotated, large and damaged pictures are left to other decoders.
 */
import { optionalPackage, packageFile } from "#platform";
import { readJpegHeader } from "./jpeg-header.ts";
import type { BytePicture } from "./picture.ts";

/** WebAssembly's memory never shrinks: 4 bytes a pixel stay allocated. */
const PIXEL_LIMIT = 1 << 22;

/** The decoder, as WebAssembly. */
export const jpegDecoderFile = "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm";

/** The part of the package that is used. */
interface CodecModule {
  default(options: {
    readonly noInitialRun: true;
    readonly instantiateWasm: (
      imports: WebAssembly.Imports,
      done: (instance: WebAssembly.Instance) => void,
    ) => WebAssembly.Exports;
    readonly printErr: (text: string) => void;
  }): Promise<{
    decode(
      bytes: Uint8Array,
      preserveOrientation: boolean,
    ): { readonly width: number; readonly height: number; readonly data: Uint8ClampedArray } | null;
  }>;
}

/** RGBA; undefined on any error or warning of the decoder. */
type Decode = (
  bytes: Uint8Array,
) => { readonly width: number; readonly height: number; readonly data: ArrayLike<number> } | undefined;

let decoder: Promise<Decode | undefined> | undefined;

/** The picture; undefined if the package is missing, or the file is not a valid JPEG of the common kind. */
export async function decodePlainJpeg(bytes: Uint8Array): Promise<BytePicture | undefined> {
  const header = readJpegHeader(bytes);
  if (header === undefined || !header.isCommon || header.orientation !== 1 || header.hasProfile) return undefined;
  const { width, height, components } = header;
  if ((components !== 1 && components !== 3) || width * height > PIXEL_LIMIT) return undefined;
  decoder ??= loadDecoder();
  const decoded = (await decoder)?.(bytes);
  if (decoded?.width !== width || decoded.height !== height) return undefined;
  const data = new Uint8Array(width * height * components);
  for (let pixel = 0, to = 0; pixel < width * height; pixel++)
    for (let c = 0; c < components; c++) data[to++] = decoded.data[4 * pixel + c];
  return { width, height, channels: components, data };
}

async function loadDecoder(): Promise<Decode | undefined> {
  const [codec, binary] = await Promise.all([
    optionalPackage("@jsquash/jpeg/codec/dec/mozjpeg_dec.js"),
    packageFile(jpegDecoderFile),
  ]);
  if (!codec.found || binary === undefined) return undefined;
  const module = await WebAssembly.compile(binary as Uint8Array<ArrayBuffer>);
  let hasComplaint = false;
  const { decode } = await (codec.module as CodecModule).default({
    noInitialRun: true,
    instantiateWasm: (imports, done) => {
      const instance = new WebAssembly.Instance(module, imports);
      done(instance);
      return instance.exports;
    },
    printErr: () => {
      hasComplaint = true;
    },
  });
  return (bytes) => {
    hasComplaint = false;
    try {
      const picture = decode(bytes, false) ?? undefined;
      return hasComplaint ? undefined : picture;
    } catch {
      // The decoder's memory stays allocated; the next picture gets a fresh decoder.
      decoder = undefined;
      return undefined;
    }
  };
}
