/** The checksum by which a fetched file is accepted. */

/**
 * Whether a SHA-256 is the one that is expected, of which only the beginning may be known: names of PyTorch's files hold the
 * first 8 digits, `resnet18-f37072fd.pth`. That many tell damaged files and other versions apart; against a forger the
 * connection to the publisher has to do.
 */
export const isExpected = (sha256: string, expected: string): boolean => sha256.startsWith(expected);

/** What is expected, in a message. */
export const describeExpected = (expected: string): string => (expected.length < 64 ? `${expected}…` : expected);
