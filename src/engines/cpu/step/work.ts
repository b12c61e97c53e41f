/** How much there is to do in a kernel: what decides whether threads are worth waking, and what shares of the peak are of. */
import type { Kernel, Statement, Value } from "../loops/index.ts";

/** The number of statements that a kernel executes, which says roughly how long it takes. */
export const workOf = ({ body }: Kernel): number => tally(body, () => 1);

/** The floating-point operations of a kernel's fused multiply-adds, two for each lane. */
export const operationsOf = ({ body }: Kernel): number => tally(body, operationsOfStatement);

type Simple = Exclude<Statement, { readonly body: readonly Statement[] }>;

/** What all simple statements count for, as often as they are executed. */
const tally = (body: readonly Statement[], count: (statement: Simple) => number): number =>
  body.reduce((sum, statement) => {
    if (statement.kind === "loop") return sum + statement.counter.count * tally(statement.body, count);
    if (statement.kind === "if") return sum + (statement.isRare ? 0 : tally(statement.body, count));
    return sum + count(statement);
  }, 0);

const operationsOfStatement = ({ value }: Simple): number => operationsOfValue(value);

function operationsOfValue(value: Value): number {
  if (value.kind === "splat" || value.kind === "lane") return operationsOfValue(value.value);
  if (value.kind !== "apply") return 0;
  const own = value.operation === "fma" ? 2 * value.type.lanes : 0;
  return value.operands.reduce((sum, operand) => sum + operationsOfValue(operand), own);
}
