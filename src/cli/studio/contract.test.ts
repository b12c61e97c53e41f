/** The page's declaration of what the server tells is the server's: a type that differs does not compile. */
import { expectTypeOf, it } from "vitest";
import type * as page from "../../../studio/src/server/contract.ts";
import type * as server from "./contract.ts";

it("page and server declare the same", () => {
  expectTypeOf<page.Served>().toEqualTypeOf<server.Served>();
  expectTypeOf<page.RunSummary>().toEqualTypeOf<server.RunSummary>();
  expectTypeOf<page.RunEvents>().toEqualTypeOf<server.RunEvents>();
  expectTypeOf<page.ServedData>().toEqualTypeOf<server.ServedData>();
});
