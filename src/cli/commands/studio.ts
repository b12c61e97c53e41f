/** `fovea studio`: the page on which networks are trained and looked into, beside the runs of this machine. */
import { once } from "node:events";
import { Command } from "commander";
import { onInterrupt } from "../interrupt.ts";
import type { Output } from "../io.ts";
import { wholeNumber } from "../options.ts";

interface Flags {
  readonly port: number;
  readonly open: boolean;
}

const PORT = 4310;

const examples = `
Examples:
  $ fovea studio                          the runs in runs/, also those that begin later
  $ fovea studio runs/lenet5-digits       one run
  $ fovea studio model.safetensors        a model file
  $ fovea studio --port 0 --no-open       on a free port; the address is printed
`;

export function studioCommand(output: Output): Command {
  return new Command("studio")
    .summary("train and look inside on a page in the browser")
    .description(
      "Serves the studio on this machine and opens it in the browser: train a network and look inside it while it learns. Runs of fovea " +
        "train appear in it while they go on. Ctrl-C stops the server.",
    )
    .argument("[path]", "a run folder, a folder of run folders, or a .safetensors file (default: runs)")
    .option("--port <n>", "the port to listen on; 0: a free one", wholeNumber(0, 65_535), PORT)
    .option("--no-open", "print the address only")
    .addHelpText("after", examples)
    .action((path: string | undefined, flags: Flags) => studio(path, flags, output));
}

async function studio(path: string | undefined, { port, open }: Flags, output: Output): Promise<void> {
  // Other commands do not wait for the server's packages.
  const { findPage, openBrowser, serveStudio, whatIsNamed } = await import("../studio/index.ts");
  const named = await whatIsNamed(path);
  const server = await serveStudio({ named, page: findPage(), port });
  const interrupt = onInterrupt(output, "stopping");
  output.print(server.address);
  output.log(`${named.title} is served; Ctrl-C stops`);
  if (open && !(await openBrowser(server.address))) output.log("no browser was found; open the address yourself");
  if (!interrupt.signal.aborted) await once(interrupt.signal, "abort");
  interrupt.release();
  await server.close();
}
