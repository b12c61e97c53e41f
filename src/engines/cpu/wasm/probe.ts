/** What this host's WebAssembly can do, found out by validating small modules. */
import { Code, encodeModule } from "./encode.ts";

let relaxed: boolean | undefined;

/** Whether `f32x4.relaxed_madd` exists: a fused multiply-add where the processor has one. */
export function hasRelaxedSimd(): boolean {
  if (relaxed === undefined) {
    const code = new Code()
      .put("local.get", 0)
      .put("local.get", 0)
      .put("local.get", 0)
      .put("f32x4.relaxed_madd")
      .put("local.set", 0);
    const module = encodeModule([{ name: "probe", parameters: ["v128"], locals: [], code: code.bytes }], {
      pages: 1,
      shared: false,
    });
    relaxed = WebAssembly.validate(module);
  }
  return relaxed;
}
