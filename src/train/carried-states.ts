/**
 * Windows of streams: the network goes on in each batch from the states that the one before ended with. No gradient crosses
 * batches. States begin at zero with each pass over the data.
 */
import { type AnyDataset, streamsOf } from "../data/index.ts";
import { type StateVariables, stateVariables } from "../nn/index.ts";
import type { Wiring } from "./wiring.ts";

/** A network and its states between batches; none where rows are independent. */
export interface CarriedWiring {
  readonly wiring: Wiring;
  readonly states?: StateVariables | undefined;
}

/** @throws OptionError for networks that run both ways */
export function carryStreams(where: string, wiring: Wiring, data: AnyDataset): CarriedWiring {
  const streams = streamsOf(data);
  if (streams === undefined) return { wiring };
  const states = stateVariables(where, wiring.model, streams);
  return {
    wiring: { ...wiring, apply: (batch, options) => wiring.apply(batch, { ...options, ...states.options() }) },
    states,
  };
}
