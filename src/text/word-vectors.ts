/** Word vectors from files. */
import { fileExists, folderExists, gunzip, gunzipChunks, joinPath, readChunks, readFile } from "#platform";
import { checkPath, DataError } from "../array/index.ts";
import { readHalfVectors, readWordVectors, type WordVectors, type WordVectorsOptions } from "../formats/index.ts";

/** What packed files may unpack to, in bytes: streams, and files that are read at once. */
const [STREAM_LIMIT, FILE_LIMIT] = [2 ** 36, 2 ** 31];

/** The files of vectors in half precision. */
const HALVES = { words: "words.txt.gz", vectors: "vectors.f16.gz" } as const;

/**
 * The vectors of words: from a file in GloVe's form, or word2vec's, text or binary, which is read as a stream and may be packed
 * with gzip; or from a folder with `words.txt.gz` and `vectors.f16.gz`, words by line and their vectors in half precision.
 * @param options.words whose vectors are wanted, in the order of the rows: such as those of a vocabulary
 * @example
 * const { vectors, found } = await wordVectors("glove.6B.100d.txt", { words: tokenizer.vocabulary.words });
 * @throws DataError if there are no such files; FormatError for damaged ones
 */
export async function wordVectors(path: string, options: WordVectorsOptions = {}): Promise<WordVectors> {
  checkPath("wordVectors", path);
  if (await folderExists(path)) return halfVectors(path, options);
  return readWordVectors(unpackedChunks(path), options, path);
}

async function halfVectors(path: string, options: WordVectorsOptions): Promise<WordVectors> {
  const [words, vectors] = [HALVES.words, HALVES.vectors].map((name) => joinPath(path, name));
  if (!((await fileExists(words)) && (await fileExists(vectors))))
    throw new DataError(
      `${path}: expected ${HALVES.words} and ${HALVES.vectors} in it, or the path of a file of vectors`,
    );
  const unpack = async (file: string) => gunzip(await readFile(file), FILE_LIMIT, file);
  return readHalfVectors(await unpack(words), await unpack(vectors), options, path);
}

async function* unpackedChunks(path: string): AsyncGenerator<Uint8Array> {
  const isPacked = /\.gz$/i.test(path);
  yield* isPacked ? gunzipChunks(readChunks(path), STREAM_LIMIT, path) : readChunks(path);
}
