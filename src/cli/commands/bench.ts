/** `fovea bench`: the speed of the engines, compared with the peak of the machine and with the peers that are installed. */
import { availableParallelism } from "node:os";
import { Argument, Command, Option } from "commander";
import { runBench, type Topic, topics } from "../../bench/index.ts";
import { MOST_THREADS } from "../../engines/cpu/index.ts";
import { forMarkdown, forTerminal, reportAsJson, reportAsTables } from "../bench-report.ts";
import type { Output } from "../io.ts";
import { engineOption, jsonOption, oneOf, realNumber, wholeNumber } from "../options.ts";
import { version } from "../version.ts";

interface Flags {
  readonly engine: string;
  readonly threads: readonly number[];
  readonly seconds: number;
  readonly patience: number;
  readonly peers: "auto" | "none";
  readonly json?: boolean;
  readonly markdown?: boolean;
}

const examples = `
Examples:
  $ fovea bench                                  everything, in a few minutes
  $ fovea bench conv matmul --seconds 2          two parts, measured longer
  $ fovea bench lenet --threads 1 --peers none   Fovea alone, on one thread
  $ fovea bench residual --engine wasm           one engine instead of all that compile

Peers are measured where they are installed: npm packages in the working directory or in the folder FOVEA_PEERS,
PyTorch where python3, or the interpreter FOVEA_PYTHON, imports torch. See bench/README.md.
`;

export function benchCommand(output: Output): Command {
  return new Command("bench")
    .summary("measure speed, compared with the machine's peak and other libraries")
    .description("Measures kernels and whole training steps, side by side with the peers that are installed.")
    .addArgument(new Argument("[what...]", `parts: ${topics.join(", ")}`).argParser(addTopic).default([], "all"))
    .addOption(engineOption().default("auto", "auto, all that compile, side by side"))
    .addOption(threadsOption())
    .option("--seconds <s>", "measuring time for each contestant in each job", realNumber(0.01, 600), 0.3)
    .option(
      "--patience <s>",
      "wait up to this long in total for moments when other processes are idle",
      realNumber(0, 86_400),
      0,
    )
    .option(
      "--peers <which>",
      "libraries to compare with: auto for all that are installed, or none",
      oneOf(["auto", "none"]),
      "auto",
    )
    .option("--markdown", "print tables in Markdown")
    .addOption(jsonOption().conflicts("markdown"))
    .addHelpText("after", examples)
    .action((what: readonly Topic[], flags: Flags) => bench(what, flags, output));
}

async function bench(
  what: readonly Topic[],
  { json, markdown, peers, ...flags }: Flags,
  output: Output,
): Promise<void> {
  const style = markdown ? forMarkdown : forTerminal(output);
  const report = json ? reportAsJson(output) : reportAsTables(output, style);
  const chosen = what.length > 0 ? what : topics;
  for await (const event of runBench({ ...flags, version, topics: chosen, peers: peers === "auto" }))
    report.show(event);
  report.finish();
}

const addTopic = (word: string, before: readonly string[]): readonly string[] => [...before, oneOf(topics)(word)];

const ordered = (counts: readonly number[]): number[] => [...new Set(counts)].sort((a, b) => a - b);

const threadsOption = () =>
  new Option("--threads <n,…>", "numbers of threads to measure with")
    .argParser(parseThreads)
    .default(ordered([1, availableParallelism()]), "one, and as many as there are cores");

const parseThreads = (text: string): readonly number[] =>
  ordered(text.split(",").map((n) => wholeNumber(1, MOST_THREADS)(n)));
