import type { DropReason, EncodedMessage, SinkState } from "@rerun-ts/core";
import type { DeliveryLimits } from "@rerun-ts/core/internal";
import type { MessagePort } from "node:worker_threads";

/** What a worker is started with. */
export interface WorkerSetup {
  readonly origin: string;
  readonly href: string;
  readonly isSecure: boolean;
  readonly host: string;
  readonly port: number;
  readonly transport: "grpc" | "websocket";
  readonly token: string | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly tls: object | undefined;
  readonly limits: DeliveryLimits;
  readonly counters: SharedArrayBuffer;
  /** Where memory goes back to. */
  readonly returns: MessagePort;
}

/** A message on its way to the worker: what is needed of it there, and its bytes. */
export type MessageParts = Pick<EncodedMessage, "kind" | "storeId" | "isStatic" | "chunkId"> & {
  readonly bytes: ArrayBuffer;
  /** Where in `bytes` the message stands. */
  readonly offset: number;
  readonly length: number;
  readonly rows: number;
  readonly entityPath: string;
  readonly components: readonly string[];
};

/** What the worker is told. */
export type ToWorker =
  | { readonly type: "message"; readonly message: MessageParts }
  | { readonly type: "flush"; readonly id: number; readonly ack: boolean }
  | { readonly type: "finish" }
  | { readonly type: "abort" };

/** An error, as it crosses between threads. */
export interface PlainError {
  readonly code: string;
  readonly message: string;
}

/** What the worker tells. */
export type FromWorker =
  | { readonly type: "ready" }
  | { readonly type: "state"; readonly state: SinkState; readonly error: PlainError | undefined }
  | { readonly type: "drop"; readonly rows: number; readonly bytes: number; readonly reason: DropReason }
  | { readonly type: "failure"; readonly error: PlainError }
  | { readonly type: "flushed"; readonly id: number }
  | { readonly type: "finished" };

/** Where each number stands in the memory that both threads see; the first ones are integers that one can wait for. */
export const WORDS = { isReady: 0, isOpen: 1, isFinished: 2, progress: 3 } as const;
const WORDS_BYTES = 16;
export const NUMBERS = {
  received: 0,
  sent: 1,
  waiting: 2,
  queued: 3,
  reconnects: 4,
  arrivedRows: 5,
  arrivedBytes: 6,
} as const;
const NUMBERS_COUNT = 7;

/** The numbers that both threads see. */
export class SharedCounters {
  readonly buffer: SharedArrayBuffer;
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly numbers: Float64Array<SharedArrayBuffer>;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(WORDS_BYTES + NUMBERS_COUNT * 8)) {
    this.buffer = buffer;
    this.words = new Int32Array(buffer, 0, WORDS_BYTES / 4);
    this.numbers = new Float64Array(buffer, WORDS_BYTES, NUMBERS_COUNT);
  }

  /** Sets a word and wakes whoever waits for it. */
  set(word: keyof typeof WORDS, value: number): void {
    Atomics.store(this.words, WORDS[word], value);
    Atomics.notify(this.words, WORDS[word]);
  }

  get(word: keyof typeof WORDS): number {
    return Atomics.load(this.words, WORDS[word]);
  }

  /** Something has moved. */
  advance(): void {
    Atomics.add(this.words, WORDS.progress, 1);
    Atomics.notify(this.words, WORDS.progress);
  }

  /** Waits, without the event loop, until the word is another one than `value`, or the time is up. */
  wait(word: keyof typeof WORDS, value: number, timeoutMs: number): void {
    Atomics.wait(this.words, WORDS[word], value, timeoutMs);
  }
}
