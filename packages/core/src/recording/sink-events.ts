import { RerunError } from "../errors.ts";
import type { StoreId } from "../rrd/encode/encoded-message.ts";
import type { DropReason, Sink, SinkContext, SinkState } from "../sink/sink.ts";
import type { EventHub } from "./events.ts";
import type { Reporter } from "./reporter.ts";

/** Said once per kind of sink; the numbers are in `stats()` and in the `drop` events. */
const DROP_NOTICES: Readonly<Record<DropReason, (kind: string) => string>> = {
  "queue-full": (kind) => `the ${kind} sink's queue is full: data is given up, see the \`drop\` events`,
  "backlog-full": () => "no sink was set and the backlog is full: the oldest data is given up, see `maxBacklogBytes`",
  closed: (kind) => `data is given up: the ${kind} sink is closed or broken, see the \`drop\` events`,
};

/** Turns what sinks tell into a recording's events and reports. */
export class SinkEvents {
  readonly #storeId: StoreId;
  readonly #events: EventHub;
  readonly #reporter: Reporter;
  readonly #flushRows: () => void;

  constructor(storeId: StoreId, events: EventHub, reporter: Reporter, flushRows: () => void) {
    this.#storeId = storeId;
    this.#events = events;
    this.#reporter = reporter;
    this.#flushRows = flushRows;
  }

  /** What one sink may ask and tell. */
  contextOf(sink: Sink): SinkContext {
    let previous: SinkState = sink.stats().state === "buffering" ? "buffering" : "connecting";
    return {
      applicationId: this.#storeId.applicationId,
      recordingId: this.#storeId.recordingId,
      flushRows: this.#flushRows,
      onState: (state, error) => {
        const stats = { ...sink.stats(), state };
        this.#events.emit("statechange", { sink: stats, state, previous, error });
        previous = state;
        if (state === "broken")
          this.#reporter.error(error ?? new RerunError("INTERNAL", `the ${sink.kind} sink is broken`), stats);
      },
      onDrop: (drop) => {
        this.#events.emit("drop", { sink: sink.stats(), ...drop });
        // That the sink is broken was told already.
        if (previous === "broken") return;
        this.#reporter.notice(DROP_NOTICES[drop.reason](sink.kind), "QUEUE_FULL");
      },
      onWarning: (message) => this.#reporter.notice(message),
    };
  }
}
