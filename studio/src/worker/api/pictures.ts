/** One's own pictures, as the page and the worker that decodes them say it. Plain data: everything crosses a thread. */

/** How pictures are brought to one form: a square cut from the middle, scaled to a side. */
export interface PictureForm {
  readonly side: number;
  /** 1: gray, 3: color. */
  readonly channels: 1 | 3;
}

/** A file with its path in the folder or the archive that it came in. */
export interface NamedFile {
  readonly path: string;
  readonly file: Blob;
}

/** A file that gave no picture, and why. */
export interface Unreadable {
  readonly path: string;
  readonly reason: string;
}

/** Pictures that are being collected. */
export interface DraftState extends PictureForm {
  readonly classes: readonly { readonly name: string; readonly count: number }[];
  readonly unreadable: { readonly count: number; readonly first: readonly Unreadable[] };
  /** Why they cannot be trained on yet; `undefined` when they can. */
  readonly problem: string | undefined;
}

/** Some pictures of a class: bytes [count, channels, side, side]. */
export interface DraftPictures {
  readonly bytes: Uint8Array;
  readonly shape: readonly [count: number, channels: number, side: number, sideToo: number];
}

/** How far an archive has been read. */
export interface ZipProgress {
  /** From 0 to 1, of its bytes. */
  readonly share: number;
  readonly draft: DraftState;
}

/** Pictures that are kept in the browser. */
export interface KeptAbout extends PictureForm {
  readonly name: string;
  readonly classes: readonly string[];
  /** Pictures of each class. */
  readonly counts: readonly number[];
  /** Twelve hexadecimal digits of the SHA-256 of pictures, labels and names. */
  readonly checksum: string;
}

/** The worker that decodes pictures and keeps them. Refusals are values rather than errors where a person causes them. */
export interface PictureCalls {
  /** Begins anew. */
  begin(form: PictureForm): Promise<DraftState>;
  /** Decodes files; those without a folder belong to a class. */
  add(files: readonly NamedFile[], looseClass: string): Promise<DraftState>;
  /** Reads an archive, and decodes its pictures. @throws Error for what is no archive, or one made to fill the memory */
  addZip(file: File, onProgress: (progress: ZipProgress) => unknown): Promise<DraftState>;
  /** Ends `addZip` after the picture that it is at. */
  stop(): Promise<void>;
  /** A frame of the camera. */
  addFrame(frame: ImageBitmap, className: string): Promise<DraftState>;
  addClass(name: string): Promise<DraftState>;
  /** @throws Error for a name that is taken */
  renameClass(name: string, to: string): Promise<DraftState>;
  removeClass(name: string): Promise<DraftState>;
  removePicture(className: string, index: number): Promise<DraftState>;
  /** The newest pictures of a class, the last one first. */
  newest(className: string, count: number): Promise<DraftPictures>;
  /** Keeps the draft under a name, in place of what had it. @throws Error while there is a problem */
  keep(name: string): Promise<KeptAbout>;
  list(): Promise<readonly KeptAbout[]>;
  remove(name: string): Promise<void>;
  /** Pictures as PNG files, a folder for each class. @throws Error where there are none of that name */
  exportZip(name: string): Promise<Blob>;
}
