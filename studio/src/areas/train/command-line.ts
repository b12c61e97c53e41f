/** The command that trains the run of a recipe. */
import type { Recipe } from "../../worker/api.ts";

export const commandLine = ({
  data,
  network,
  seed,
  limit,
  heldOut,
  epochs,
  batch,
  rate,
  momentum,
  decay,
  schedule,
}: Recipe): string =>
  [
    "fovea train",
    `--data ${data}`,
    `--limit ${limit}`,
    `--validation ${heldOut}`,
    "--test 0",
    ...(/^[\w-]+$/.test(network.trim()) ? [`--model ${network.trim()}`] : []),
    `--seed ${seed}`,
    `--epochs ${epochs}`,
    `--batch ${batch}`,
    `--lr ${rate}`,
    `--momentum ${momentum}`,
    ...(decay > 0 ? [`--weight-decay ${decay}`] : []),
    `--schedule ${schedule}`,
    "--engine wasm",
  ].join(" ");
