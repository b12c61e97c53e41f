/** Names near one that is not known, for messages. */

/** Longer ones are no typing errors, and would take time to compare. */
const LONGEST = 40;

/** `; did you mean conv2d?`, or nothing where no name is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  if (name.length > LONGEST) return "";
  const distances = known.map((candidate) => editDistance(name.toLowerCase(), candidate.toLowerCase()));
  const nearest = Math.min(...distances);
  if (nearest >= name.length || nearest > Math.max(2, name.length / 3)) return "";
  return `; did you mean ${known.filter((_, i) => distances[i] === nearest).join(" or ")}?`;
}

/** Letters to insert, delete or replace (Levenshtein 1966). */
function editDistance(from: string, to: string): number {
  const row = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    let diagonal = row[0];
    row[0] = i;
    for (let j = 1; j <= to.length; j++) {
      const replaced = diagonal + (from[i - 1] === to[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = Math.min(row[j] + 1, row[j - 1] + 1, replaced);
    }
  }
  return row[to.length];
}
