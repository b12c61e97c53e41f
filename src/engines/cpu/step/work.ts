/** How much there is to do in a kernel, roughly: what decides whether threads are worth waking. */
import type { Kernel, Statement } from "../loops/index.ts";

/** The number of statements that a kernel executes. */
export const workOf = ({ body }: Kernel): number =>
  body.reduce((sum, statement) => sum + workOfStatement(statement), 0);

function workOfStatement(statement: Statement): number {
  const inner = (body: readonly Statement[]): number => body.reduce((sum, part) => sum + workOfStatement(part), 0);
  if (statement.kind === "loop") return statement.counter.count * inner(statement.body);
  if (statement.kind === "if") return statement.isRare ? 0 : inner(statement.body);
  return 1;
}
