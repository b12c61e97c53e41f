/** What is asked about a network before it is trained: its lines, and what keeps its weights. */

/** A value that stands in a network's text: a number, a word, a list or a record of them. */
export type Plain = number | string | boolean | null | readonly Plain[] | { readonly [name: string]: Plain };

/** An option of a layer, as a field shows it. */
export interface LayerOption {
  readonly name: string;
  /** `undefined`: left to the layer. */
  readonly value: Plain | undefined;
  /** What values it takes, in the library's words; `undefined` where they are not known. */
  readonly expects: string | undefined;
  /** Its place among the arguments, or `undefined` for one of the record. */
  readonly place: number | undefined;
}

/** One layer of a text. */
export interface DescribedLine {
  /** The line that it begins in, from 1. */
  readonly line: number;
  /** Where it stands in the text. */
  readonly from: number;
  readonly to: number;
  /** What it is called by: `conv2d`. */
  readonly name: string;
  /** Its options; empty where they cannot be written as fields, as of layers that take layers. */
  readonly options: readonly LayerOption[];
  /** Whether it takes layers, so that only its text says all. */
  readonly isNested: boolean;
  /** One sample's output; `undefined` after an error. */
  readonly output: readonly number[] | undefined;
  readonly parameters: number;
  readonly multiplyAdds: number;
}

/** What is wrong in a line. */
export interface LineError {
  readonly line: number;
  readonly message: string;
}

/** A network's text, line by line. */
export interface NetworkDescription {
  /** The name of the architecture, where the text is one. */
  readonly architecture: string | undefined;
  /** The layers that could be read. */
  readonly lines: readonly DescribedLine[];
  readonly errors: readonly LineError[];
  readonly parameters: number;
  readonly multiplyAdds: number;
}

/** A layer whose weights were taken over. */
export interface KeptLayer {
  /** Its path in the former network, and in the new one. */
  readonly from: string;
  readonly to: string;
  readonly type: string;
  readonly parameters: number;
}

/** Describes networks. */
export interface NetworkCalls {
  /** What a text makes of pictures of a shape; what is wrong is part of the answer. */
  describeNetwork(text: string, input: readonly number[], classes: number): Promise<NetworkDescription>;
  /** Architectures that take pictures of a shape, with a sentence on each. */
  architecturesFor(input: readonly number[]): Promise<readonly { readonly name: string; readonly summary: string }[]>;
}
