import type { Patch } from "./build.ts";

const CORE = "packages/core/src";

/** A fault that the sinks of a recording once had. */
export interface SinkFault {
  /** The message of the model about it. */
  readonly finding: RegExp;
  /** The seed with which it is found soon. Default 1. */
  readonly seed?: number;
  /** Changes that put it into the code. */
  readonly patches: readonly Patch[];
}

/** The faults by their titles. */
export const SINK_FAULTS: Readonly<Record<string, SinkFault>> = {
  "a sink that is or was open is accepted": {
    finding: /that was open was accepted|was opened twice/,
    seed: 42,
    patches: [
      {
        file: `${CORE}/sink/claim-sink.ts`,
        from: "if (isClaimed(sink)) throw",
        to: "if (isClaimed(sink) && false) throw",
      },
    ],
  },
  "sinks that were replaced are forgotten when the program ends": {
    finding: /is still open|instead of/,
    patches: [
      {
        file: `${CORE}/recording/sink-set.ts`,
        from: "return [...this.#slots, ...this.#leaving];",
        to: "return this.#slots;",
      },
    ],
  },
  "a combination is closed as if none of its sinks needed time": {
    finding: /was not given the time/,
    seed: 39,
    patches: [
      {
        file: `${CORE}/sink/check-sinks.ts`,
        from: "sink?.parts === undefined ? [sink as RecordingSink] : partsOf(sink.parts)",
        to: "[sink as RecordingSink]",
      },
      {
        file: `${CORE}/sink/sink-group.ts`,
        from: "this.needsEventLoop = sinks.some((sink) => sink.needsEventLoop === true);",
        to: "this.needsEventLoop = false;",
      },
    ],
  },
  "a backlog is sent like other rows": {
    finding: /dropped rows of a backlog/,
    seed: 13,
    patches: [
      {
        file: `${CORE}/sink/sink-slot.ts`,
        from: "if (isBacklog && this.sink.sendBacklog !== undefined)",
        to: "if (isBacklog && (this.sink.sendBacklog as unknown) === 0)",
      },
    ],
  },
  "rows that are logged without sinks are counted nowhere": {
    finding: /instead of/,
    seed: 5,
    patches: [
      { file: `${CORE}/sink/discarding-sink.ts`, from: 'this.status.drop(message, "no-sink");', to: "void message;" },
    ],
  },
  "the first row after the clock has moved has the time from before": {
    finding: /wears a time/,
    seed: 8,
    patches: [{ file: `${CORE}/recording/row-log.ts`, from: "if (this.batcher.isIdle) this.#clock.resync();", to: "" }],
  },
  "a sink that is closing has all the time that it was given before": {
    finding: /is still open|instead of/,
    seed: 11,
    patches: [
      {
        file: `${CORE}/sink/sink-slot.ts`,
        from: "if (before === undefined || this.isOver || timeoutMs === undefined) return this.#closing;",
        to: "return this.#closing;",
      },
    ],
  },
};
