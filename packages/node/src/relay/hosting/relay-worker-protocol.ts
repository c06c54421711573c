import type { SerializedError } from "@rerun-ts/core/transport";
import type { WorkerBasics, WorkerReply } from "../../worker/worker-thread.ts";
import type { RelayServerOptions } from "../relay-server.ts";
import type { RelayStats } from "../relay-stats.ts";

/** The data that the relay's worker is started with. */
export interface RelayWorkerData extends WorkerBasics {
  readonly options: RelayServerOptions;
  readonly stats: SharedArrayBuffer;
}

/** A message that is posted to the relay's worker, besides flushes. */
export type ToRelayWorker =
  | { readonly type: "message"; readonly message: RelayMessageParts }
  | { readonly type: "close"; readonly timeoutMs: number };

/** A message in its form for `postMessage` to the worker. */
export interface RelayMessageParts {
  readonly kind: "storeInfo" | "chunk" | "activation";
  readonly isStatic: boolean;
  readonly isBlueprint: boolean;
  readonly bytes: ArrayBuffer;
  /** The position of the message in `bytes`. */
  readonly offset: number;
  readonly length: number;
  readonly rows: number;
}

/** A message that the relay's worker posts. */
export type FromRelayWorker =
  | WorkerReply
  | { readonly type: "listening"; readonly port: number }
  | { readonly type: "failed"; readonly error: SerializedError }
  | { readonly type: "readerDisconnected"; readonly reason: string }
  | { readonly type: "refused"; readonly reason: string }
  | { readonly type: "rejected"; readonly reason: string; readonly rows: number; readonly bytes: number }
  | { readonly type: "closed"; readonly isDone: boolean };

/** The statistics that are numbers, in the order of their positions in shared memory. */
const NUMBERS = [
  "readers",
  "writers",
  "connections",
  "heldMessages",
  "heldBytes",
  "receivedMessages",
  "receivedBytes",
  "sentBytes",
  "duplicates",
  "droppedReaders",
  "refused",
] as const satisfies readonly (keyof RelayStats)[];

const RECEIVED_MESSAGES = NUMBERS.indexOf("receivedMessages");
const RECEIVED_BYTES = NUMBERS.indexOf("receivedBytes");

/** The statistics and the port of a relay in shared memory: the worker writes them, the calling thread reads them. */
export class SharedStats {
  readonly buffer: SharedArrayBuffer;
  readonly #numbers: Float64Array<SharedArrayBuffer>;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer((NUMBERS.length + 1) * 8)) {
    this.buffer = buffer;
    this.#numbers = new Float64Array(buffer);
  }

  /** The port, or 0 until the relay listens. */
  get port(): number {
    return this.#numbers[NUMBERS.length] as number;
  }

  set port(port: number) {
    this.#numbers[NUMBERS.length] = port;
  }

  write(stats: RelayStats): void {
    for (const [index, name] of NUMBERS.entries()) this.#numbers[index] = stats[name];
  }

  /** Writes the numbers of received messages and bytes alone. */
  writeReceived({ receivedMessages, receivedBytes }: Pick<RelayStats, "receivedMessages" | "receivedBytes">): void {
    this.#numbers[RECEIVED_MESSAGES] = receivedMessages;
    this.#numbers[RECEIVED_BYTES] = receivedBytes;
  }

  read(lastDropReason: string | undefined): RelayStats {
    const stats: Record<string, number> = {};
    for (const [index, name] of NUMBERS.entries()) stats[name] = this.#numbers[index] as number;
    return { ...(stats as Record<(typeof NUMBERS)[number], number>), lastDropReason };
  }
}
