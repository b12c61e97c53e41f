/** `fovea doctor`: the engines and optional packages on this machine, and what those that are missing would add. */
import { Command } from "commander";
import { cacheFolder, environment, optionalPackage } from "#platform";
import { FoveaError } from "../../array/index.ts";
import { engineNames, hasRelaxedSimd, openEngine } from "../../engines/index.ts";
import type { Output } from "../io.ts";
import { jsonOption } from "../options.ts";
import { version } from "../version.ts";

/** Of the first column. */
const WIDTH = 23;

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
    ...(await Promise.all(packages.map(packageFinding))),
    ...folderFindings(),
  ];
  for (const { what, found, detail } of findings) {
    if (json) output.print(JSON.stringify({ what, found, detail }));
    else
      output.print(
        `${found ? output.paint("green", "✓") : output.paint("yellow", "–")} ${what.padEnd(WIDTH)} ${detail}`,
      );
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

/** Optional packages: the module that is loaded, what it adds, and what is missing without it. */
const packages = [
  {
    name: "@jsquash/jpeg",
    module: "@jsquash/jpeg/codec/dec/mozjpeg_dec.js",
    adds: "reads plain JPEG: 8 bits, gray or in color, upright, up to 4 megapixels",
    without: "JPEG needs sharp",
  },
  {
    name: "sharp",
    module: "sharp",
    adds: "reads WebP, AVIF, TIFF, GIF and every JPEG, writes JPEG, WebP and AVIF",
    without: "pictures are PNG and plain JPEG",
  },
  {
    name: "@huggingface/tokenizers",
    module: "@huggingface/tokenizers",
    adds: "reads the tokenizer.json of published language models",
    without: "tokenizers are Fovea's own",
  },
] as const;

async function packageFinding({ name, module, adds, without }: (typeof packages)[number]): Promise<Finding> {
  const found = await optionalPackage(module);
  const detail = found.found
    ? adds
    : `the package ${name} ${found.reason}; without it ${without} (npm install ${name})`;
  return { what: name, found: found.found, detail };
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
