import type { Patch } from "./build.ts";

const CORE = "packages/core/src";

/** Faults that the sinks of a recording once had, and what the model says about them. */
export const SINK_FAULTS: Readonly<Record<string, { readonly finding: RegExp; readonly patches: readonly Patch[] }>> = {
  "a sink that is or was open is accepted": {
    finding: /that was open was accepted|was opened twice/,
    patches: [
      {
        file: `${CORE}/sink/claim-sink.ts`,
        from: "if (claimed.has(sink)) throw",
        to: "if (claimed.has(sink) && false) throw",
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
    patches: [
      { file: `${CORE}/sink/discarding-sink.ts`, from: 'this.status.drop(message, "no-sink");', to: "void message;" },
    ],
  },
  "the first row after the clock has moved has the time from before": {
    finding: /wears a time/,
    patches: [{ file: `${CORE}/recording/row-log.ts`, from: "if (this.batcher.isIdle) this.#clock.resync();", to: "" }],
  },
  "a sink that is closing has all the time that it was given before": {
    finding: /is still open|instead of/,
    patches: [
      {
        file: `${CORE}/sink/sink-slot.ts`,
        from: "if (!isClosing || this.isOver || options.timeoutMs === undefined) return this.#closing;",
        to: "if (isClosing || !isClosing) return this.#closing;",
      },
    ],
  },
};
