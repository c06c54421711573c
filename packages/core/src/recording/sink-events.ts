import { RerunError } from "../errors/rerun-error.ts";
import type { DropReason, RecordingSink, RecordingSinkContext, SinkDrop, SinkState } from "../sink/sink.ts";
import type { EventHub } from "./events.ts";
import type { Reporter } from "./reporter.ts";

/** Each notice is reported once per kind of sink. The numbers are in `stats()` and in the `drop` events. */
const DROP_NOTICES: Readonly<Record<DropReason, (kind: string) => string>> = {
  "queue-full": (kind) => `the queue of the ${kind} sink is full: data is dropped, see the \`drop\` events`,
  "backlog-full": () => "no sink was set and the backlog is full: the oldest data is dropped, see `maxBacklogBytes`",
  "no-sink": () => NO_SINKS,
  expired: (kind) => `the ${kind} sink drops old data, see the \`drop\` events`,
  rejected: (kind) => `the server of the ${kind} sink rejects some data, which is dropped: see the \`drop\` events`,
  closed: (kind) =>
    kind === "buffering"
      ? "the recording was closed before it had a sink: data is dropped; call `save`, `connectGrpc` or `setSinks` first"
      : `the ${kind} sink is closed or broken: data is dropped, see the \`drop\` events`,
};

export const NO_SINKS = "the recording has no sinks; data is dropped until one is set";

/** Members that the contexts of all sinks share. */
type SharedContext = Pick<
  RecordingSinkContext,
  "applicationId" | "recordingId" | "flushRows" | "sendInOrder" | "recycle" | "copy"
>;

/** Turns the reports of sinks into events and warnings of the recording. */
export class SinkEvents {
  readonly #shared: SharedContext;
  readonly #events: EventHub;
  readonly #reporter: Reporter;
  #held: Set<() => void> | undefined;

  constructor(shared: SharedContext, events: EventHub, reporter: Reporter) {
    this.#shared = shared;
    this.#events = events;
    this.#reporter = reporter;
  }

  /** Runs `send`. All drops during this call become one event for each sink. */
  mergeDrops(send: () => void): void {
    const held = new Set<() => void>();
    this.#held = held;
    try {
      send();
    } finally {
      this.#held = undefined;
    }
    for (const emit of held) emit();
  }

  /** The context of one sink. `onDropped` is called with the rows of each drop. */
  contextOf(sink: RecordingSink, onDropped: (rows: number) => void): RecordingSinkContext {
    let dropped: SinkDrop | undefined;
    let isDropping = false;
    let previousError: RerunError | undefined;
    let previous: SinkState = sink.kind === "buffering" ? "buffering" : "connecting";
    // Drops that a listener causes become part of the next event, which prevents an endless loop.
    const emitDrop = (): void => {
      if (isDropping || dropped === undefined) return;
      if (this.#held !== undefined) return void this.#held.add(emitDrop);
      isDropping = true;
      const drop = dropped;
      dropped = undefined;
      this.#events.emit("drop", { sink: sink.stats(), ...drop });
      isDropping = false;
    };
    return {
      ...this.#shared,
      onState: (state, error) => {
        // A sink and its slot report the same failure.
        if (state === previous && error === previousError) return;
        if (state === "closed" || state === "broken") emitDrop();
        const stats = { ...sink.stats(), state };
        this.#events.emit("statechange", { sink: stats, state, previous, error });
        previous = state;
        previousError = error;
        if (state === "broken")
          this.#reporter.error(error ?? new RerunError("INTERNAL", `the ${sink.kind} sink is broken`), stats);
      },
      onDrop: ({ rows, bytes, reason, isReported }) => {
        onDropped(rows);
        dropped = { rows: rows + (dropped?.rows ?? 0), bytes: bytes + (dropped?.bytes ?? 0), reason };
        emitDrop();
        // `broken` means that the failure was reported already.
        if (previous !== "broken" && isReported !== true)
          this.#reporter.notice(DROP_NOTICES[reason](sink.kind), "QUEUE_FULL");
      },
      onWarning: (message, code = "IO_ERROR") => this.#reporter.notice(message, code),
    };
  }
}
