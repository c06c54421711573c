import type { MessagePort } from "node:worker_threads";
import type { PlainError } from "../delivery/worker-protocol.ts";
import type { RelayStats } from "./health.ts";
import type { RelayServerOptions } from "./relay-server.ts";

/** What the relay's worker is started with. */
export interface RelayWorkerSetup {
  readonly options: RelayServerOptions;
  readonly counters: SharedArrayBuffer;
  readonly stats: SharedArrayBuffer;
  /** Where memory goes back to. */
  readonly returns: MessagePort;
}

/** What the relay's worker is told. */
export type ToRelayWorker =
  | { readonly type: "message"; readonly message: RelayMessageParts }
  | { readonly type: "flush"; readonly id: number }
  | { readonly type: "close"; readonly timeoutMs: number };

/** A message on its way to the worker. */
export interface RelayMessageParts {
  readonly kind: "storeInfo" | "chunk" | "activation";
  readonly isStatic: boolean;
  readonly isBlueprint: boolean;
  readonly bytes: ArrayBuffer;
  /** Where in `bytes` the message stands. */
  readonly offset: number;
  readonly length: number;
}

/** What the relay's worker tells. */
export type FromRelayWorker =
  | { readonly type: "listening"; readonly port: number }
  | { readonly type: "failed"; readonly error: PlainError }
  | { readonly type: "dropped"; readonly reason: string }
  | { readonly type: "refused"; readonly reason: string }
  | { readonly type: "flushed"; readonly id: number }
  | { readonly type: "closed" };

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

/** The numbers of a relay's statistics, in memory that both threads see; and its port. */
export class SharedStats {
  readonly buffer: SharedArrayBuffer;
  readonly #numbers: Float64Array<SharedArrayBuffer>;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer((NUMBERS.length + 1) * 8)) {
    this.buffer = buffer;
    this.#numbers = new Float64Array(buffer);
  }

  /** 0 until the relay listens. */
  get port(): number {
    return this.#numbers[NUMBERS.length] as number;
  }

  set port(port: number) {
    this.#numbers[NUMBERS.length] = port;
  }

  write(stats: RelayStats): void {
    for (const [index, name] of NUMBERS.entries()) this.#numbers[index] = stats[name];
  }

  read(lastDropReason: string | undefined): RelayStats {
    const stats: Record<string, number> = {};
    for (const [index, name] of NUMBERS.entries()) stats[name] = this.#numbers[index] as number;
    return { ...(stats as Record<(typeof NUMBERS)[number], number>), lastDropReason };
  }
}
