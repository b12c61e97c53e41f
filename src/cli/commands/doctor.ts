/** `fovea doctor`: the engines and optional packages on this machine, and what those that are missing would add. */
import { Command } from "commander";
import { cacheFolder, environment, optionalPackage } from "#platform";
import { FoveaError } from "../../array/index.ts";
import { engineNames, hasRelaxedSimd, openEngine } from "../../engines/index.ts";
import type { Output } from "../io.ts";
import { jsonOption } from "../options.ts";
import { version } from "../version.ts";

interface Finding {
  readonly what: string;
  readonly found: boolean;
  readonly detail: string;
}

export function doctorCommand(output: Output): Command {
  return new Command("doctor")
    .summary("list engines and optional packages on this machine")
    .description("Lists the engines and optional packages that were found, and what each adds.")
    .addOption(jsonOption())
    .action((flags: { json?: boolean }) => doctor(flags, output));
}

async function doctor({ json }: { json?: boolean }, output: Output): Promise<void> {
  const findings = [
    ...platformFindings(),
    ...(await engineFindings()),
    fusedFinding(),
    await jpegFinding(),
    await sharpFinding(),
    ...folderFindings(),
  ];
  for (const { what, found, detail } of findings) {
    if (json) output.print(JSON.stringify({ what, found, detail }));
    else
      output.print(`${found ? output.paint("green", "✓") : output.paint("yellow", "–")} ${what.padEnd(18)} ${detail}`);
  }
}

const platformFindings = (): Finding[] => [
  { what: "fovea", found: true, detail: version },
  {
    what: "node",
    found: true,
    detail: `${process.versions.node} on ${process.platform} ${process.arch}, V8 ${process.versions.v8}`,
  },
];

/** Fused multiply-add in WebAssembly, on this host. */
const fusedFinding = (): Finding => ({
  what: "relaxed SIMD",
  found: hasRelaxedSimd(),
  detail: hasRelaxedSimd()
    ? "fused multiply-add in WebAssembly"
    : "this Node has no fused multiply-add in WebAssembly; a newer one has, and trains somewhat faster",
});

const engineFindings = (): Promise<Finding[]> =>
  Promise.all(engineNames.filter((name) => name !== "auto").map(engineFinding));

async function engineFinding(name: string): Promise<Finding> {
  try {
    const { description } = await openEngine(name);
    return { what: `engine ${name}`, found: true, detail: description + (await hintFor(name)) };
  } catch (error) {
    if (error instanceof FoveaError) return { what: `engine ${name}`, found: false, detail: error.message };
    throw error;
  }
}

/** For an engine that is better than what `auto` chooses, but has to be chosen by name. */
async function hintFor(name: string): Promise<string> {
  const { name: best } = await openEngine();
  const isPassedOver = engineNames.indexOf(name) < engineNames.indexOf(best);
  return isPassedOver ? `; auto passes it over: choose it with --engine ${name}, or FOVEA_X64=avx2 or avx512` : "";
}

async function jpegFinding(): Promise<Finding> {
  const found = await optionalPackage("@jsquash/jpeg/codec/dec/mozjpeg_dec.js");
  const detail = found.found
    ? "reads plain JPEG: 8 bits, gray or in color, upright, up to 4 megapixels"
    : `the package @jsquash/jpeg ${found.reason}; without it JPEG needs sharp (npm install @jsquash/jpeg)`;
  return { what: "@jsquash/jpeg", found: found.found, detail };
}

async function sharpFinding(): Promise<Finding> {
  const found = await optionalPackage("sharp");
  const detail = found.found
    ? "reads WebP, AVIF, TIFF, GIF and every JPEG, writes JPEG, WebP and AVIF"
    : `the package sharp ${found.reason}; without it pictures are PNG and plain JPEG (npm install sharp)`;
  return { what: "sharp", found: found.found, detail };
}

function folderFindings(): Finding[] {
  const data = environment("FOVEA_DATA");
  return [
    {
      what: "FOVEA_DATA",
      found: data !== undefined,
      detail: data ?? "not set; a folder with data sets to be looked through before the cache",
    },
    { what: "cache", found: true, detail: cacheFolder() },
  ];
}
