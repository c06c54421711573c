import type { SinkState, SinkStats } from "./sink.ts";

/** All states, from best to worst. */
const STATES: readonly SinkState[] = ["open", "closed", "buffering", "connecting", "broken"];

/** The worst of several states, or `open` if there are none. */
export function worstState(states: readonly SinkState[]): SinkState {
  return STATES[Math.max(0, ...states.map((state) => STATES.indexOf(state)))] as SinkState;
}

/** The combined statistics of several sinks: sums, the smallest limit, and the worst state. */
export function combinedStats(kind: string, all: readonly SinkStats[]): SinkStats {
  const sum = (key: "queuedBytes" | "sentBytes" | "droppedRows" | "droppedBytes" | "reconnects"): number =>
    all.reduce((total, stats) => total + stats[key], 0);
  const limits = all.flatMap(({ maxQueueBytes = [] }) => maxQueueBytes);
  return {
    kind,
    state: worstState(all.map(({ state }) => state)),
    queuedBytes: sum("queuedBytes"),
    maxQueueBytes: limits.length === 0 ? undefined : Math.min(...limits),
    sentBytes: sum("sentBytes"),
    droppedRows: sum("droppedRows"),
    droppedBytes: sum("droppedBytes"),
    reconnects: sum("reconnects"),
    lastError: all.find(({ lastError }) => lastError !== undefined)?.lastError,
  };
}
