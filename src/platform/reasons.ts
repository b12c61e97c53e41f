/** Why a file cannot be read or written, in words, for the errors of Node that people meet. */

const REASONS: ReadonlyMap<unknown, string> = new Map(
  Object.entries({
    ENOENT: "no such file",
    EACCES: "permission denied",
    EPERM: "permission denied",
    EISDIR: "it is a folder",
    ENOTDIR: "a part of the path is a file, not a folder",
    EEXIST: "a part of the path is a file, not a folder",
    ENOSPC: "the disk is full",
    EDQUOT: "the disk quota is used up",
    EROFS: "the file system is read-only",
    EMFILE: "too many files are open",
    ENAMETOOLONG: "the name is too long",
    ERR_FS_FILE_TOO_LARGE: "it is larger than the 2 GiB that can be read at once",
  }),
);

export const reasonOf = (error: unknown): string =>
  REASONS.get((error as NodeJS.ErrnoException).code) ?? (error as Error).message;
