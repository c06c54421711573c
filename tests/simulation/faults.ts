import type { Patch } from "./build.ts";
import type { Schedule } from "./schedule.ts";

const TRANSPORT = "packages/core/src/transport";
const RELAY = "packages/node/src/relay";

/** A fault that these packages once had. */
export interface Fault {
  /** The message of the simulation about it. */
  readonly finding: RegExp;
  /** The part that all schedules of its search have in common, so that the search does not take long. */
  readonly only: Partial<Schedule>;
  /** The seed with which it is found soon. Default 1. */
  readonly seed?: number;
  /** The first schedule of the seed that is tried: those before it do not find the fault. Default 0. */
  readonly first?: number;
  /** Changes that put it back. */
  readonly patches: readonly Patch[];
}

export const FAULTS: Readonly<Record<string, Fault>> = {
  "the backlog is pushed into a queue that has no room for it": {
    only: {},
    finding: /rows were dropped, although the queue had room/,
    patches: [
      {
        file: `${TRANSPORT}/local-delivery.ts`,
        from: "if (isBacklog) this.queue.pushBacklog(message);\n    else this.drop(",
        to: "this.drop(",
      },
    ],
  },
  "a slow connection counts as lost before a frame has left": {
    only: { transport: "websocket", isPage: false },
    finding: /no progress/,
    patches: [
      {
        file: `${TRANSPORT}/websocket/websocket-writer.ts`,
        from: "MIN_FRAME_BYTES = 8 * 1024",
        to: "MIN_FRAME_BYTES = 256 * 1024",
      },
      {
        file: `${TRANSPORT}/websocket/websocket-connection.ts`,
        from: "if (bufferedAmount < this.#bufferedBytes) this.#activeAt = performance.now();",
        to: "",
      },
      {
        file: `${RELAY}/websocket/client-websocket.ts`,
        from: "now - this.#lastAckAt >= HEARTBEAT_MS",
        to: "false",
      },
    ],
  },
  "rows that are logged while rows are sent go into the same builder": {
    only: { logsEvents: true },
    finding: /in no store|in two chunks|has counted/,
    patches: [
      {
        file: "packages/core/src/batch/batcher.ts",
        from: "if (builder.isEmitting) builder = entity.replace(builder);",
        to: "",
      },
      {
        file: "packages/core/src/batch/batcher.ts",
        from: "builder.rows === 0 || builder.isEmitting",
        to: "builder.rows === 0",
      },
    ],
  },
  "static columns overtake older static rows": {
    only: { transport: "websocket", isPage: false },
    seed: 13,
    finding: /in static rows|lacks the newest static data/,
    patches: [{ file: "packages/core/src/recording/row-log.ts", from: "this.batcher.flushEntity(entity);", to: "" }],
  },
  "a flush counts as done when the newest message was dropped, but not the older ones": {
    seed: 7,
    only: { maxQueueBytes: 20 * 1024, bytesPerSecond: 20_000 },
    finding: /in no store/,
    patches: [
      {
        file: `${TRANSPORT}/local-delivery.ts`,
        from: "const messages = this.queue.unacknowledged;",
        to: "const messages = this.queue.unacknowledged.slice(-1);",
      },
    ],
  },
  "a relay whose welcome was lost is not sent the retained state": {
    only: { transport: "websocket", isPage: false, latencyMs: 150 },
    seed: 20,
    finding: /before it was opened|lacks the newest static data/,
    patches: [
      {
        file: `${TRANSPORT}/websocket/websocket-writer.ts`,
        from: "if (this.#hasMoved) this.queue.restart();",
        to: "if (this.#hasMoved && !isKnown) this.queue.restart();",
      },
    ],
  },
  "a relay that knows a session only from a lost handshake counts as the one before": {
    only: { transport: "websocket", isPage: false, latencyMs: 150 },
    seed: 33,
    finding: /before it was opened|lacks the newest static data/,
    patches: [
      { file: `${TRANSPORT}/websocket/websocket-writer.ts`, from: "isResumed && hasProof &&", to: "isResumed &&" },
    ],
  },
  "the numbers of what a page has posted go to other data when it comes back": {
    only: { transport: "websocket", isPage: true, maxQueueBytes: 20 * 1024 },
    finding: /in no store|has arrived after/,
    patches: [
      {
        file: "packages/web/src/page/keepalive-flush.ts",
        from: "if (isSequence) this.#queue.take(Infinity, batch.length - this.#queue.sentCount);",
        to: "",
      },
    ],
  },
  "what a page has posted is dropped, and its numbers go to other data": {
    only: { transport: "websocket", isPage: true, maxQueueBytes: 20 * 1024 },
    seed: 8,
    first: 424,
    finding: /in no store|has arrived after/,
    patches: [
      {
        file: `${TRANSPORT}/delivery-queue.ts`,
        from: "for (const message of again) this.#returned.push(message);",
        to: "this.#returnedBytes = 0; this.#pending.refill([...again, ...this.#pending.takeAll()]);",
      },
    ],
  },
  "static data overtakes older static data in a call beside it": {
    only: { transport: "grpc-web", isPage: false, latencyMs: 5 },
    first: 364,
    finding: /in static rows/,
    patches: [{ file: `${TRANSPORT}/order.ts`, from: "isStatic || ", to: "" }],
  },
  "the end of a call acknowledges an older one beside it": {
    only: { transport: "grpc-web", isPage: false },
    finding: /in no store|no progress: 0 bytes/,
    patches: [
      {
        file: `${TRANSPORT}/grpc-web/grpc-web-writer.ts`,
        from: 'call.result = "done";',
        to: "this.#calls.splice(this.#calls.indexOf(call), 1);\n      this.queue.acknowledge(messages.length);",
      },
    ],
  },
};
