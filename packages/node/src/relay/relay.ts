import { GRPC_STATUS } from "@rerun-ts/core/transport";
import { checkAllowed, type AllowedStores } from "./http/access-grants.ts";
import { History } from "./history.ts";
import { AdjacentMessages } from "./adjacent-messages.ts";
import { MessageFrames, type OwnMessage } from "./message-frames.ts";
import { TABLE_INFO, classOf, readMessageInfo } from "./message-info.ts";
import type { MessageRecorder } from "./message-recorder.ts";
import { Arrival, RelayMessage, type MessageInfo } from "./relay-message.ts";
import { RelayReader, type ReaderEvents, type ReaderContent } from "./relay-reader.ts";
import { RelayError, unavailableRelay } from "./relay-error.ts";
import { RelayStores, type RelayStore } from "./relay-store.ts";
import type { ForwardedClient, OpenClient } from "./upstream.ts";
import { PREFIX_BYTES, checkTableRequest, findLogMsg } from "./grpc/write-request.ts";

/** Options of a {@link Relay}. */
export interface RelayOptions {
  /** The limit of the history that is retained for readers that connect later, in bytes. */
  readonly memoryLimit: number;
  /** Whether these readers receive the newest data first. */
  readonly isNewestFirst: boolean;
  /** The maximum size of evicted messages in memory for one slow reader, in bytes. */
  readonly maxReaderBytes: number;
}

/** The result of writing a message to a relay. */
export type WriteResult = "accepted" | "duplicate";

/** Larger messages are copied separately. */
const MAX_IN_RUN_BYTES = 4 * 1024;
/** Interval at which slow readers are checked while a writer does not yield to the event loop. */
const CHECK_READERS_BYTES = 1024 * 1024;

/**
 * Passes messages from writers to readers, and retains them for readers that connect later. Each message is copied and
 * framed once, whatever the number of readers. The relay ignores messages that it has already.
 *
 * Writers never wait for readers: a reader that needs more than `maxReaderBytes` of evicted messages is disconnected. A
 * relay is independent of protocols and runs in one thread. `write…` throws a {@link RelayError} for a message that it
 * rejects, and stays usable; `end` lets readers receive the pending messages, and then ends them.
 */
export class Relay {
  readonly history: History;
  readonly stores: RelayStores = new RelayStores();
  readonly readers: Set<RelayReader> = new Set();
  /** Counters of {@link RelayStats}. */
  receivedMessages = 0;
  receivedBytes = 0;
  duplicates = 0;
  droppedReaders = 0;
  lastDropReason: string | undefined;
  readonly #options: RelayOptions;
  readonly #frames = new MessageFrames();
  /** The small messages that arrived last. */
  readonly #adjacent = new AdjacentMessages(this.#frames.disposable);
  /** The message that arrived last, or at first a placeholder that no reader receives. */
  #tail = new Arrival(new RelayMessage({ memory: Buffer.alloc(0), start: 0, end: 0, bodyStart: 0 }, TABLE_INFO));
  #checkReadersAt = CHECK_READERS_BYTES;
  #isWaking = false;
  /** The time of the messages of this iteration of the event loop. */
  #now = 0;
  #isEnding = false;
  #recorder: MessageRecorder | undefined;
  #observer: ((message: RelayMessage) => void) | undefined;
  #forward: OpenClient | undefined;
  #onEnded: () => void = () => {};

  constructor(options: RelayOptions) {
    this.#options = options;
    this.history = new History(options.memoryLimit);
  }

  /** Lets a recorder store all messages from now on. */
  record(recorder: MessageRecorder): void {
    this.#recorder = recorder;
  }

  /** Calls a function with every message of a recording from now on. */
  observe(observer: (message: RelayMessage) => void): void {
    this.#observer = observer;
  }

  /** Makes the relay an edge: what its clients send is forwarded, and acknowledged when it is stored. */
  forward(forward: OpenClient): void {
    this.#forward = forward;
  }

  get isEdge(): boolean {
    return this.#forward !== undefined;
  }

  /** The records of a client of an edge; `undefined` for other relays. @throws {RelayError} if a number is too large */
  openUpstream(sequence: Parameters<OpenClient>[0]): ForwardedClient | undefined {
    return this.#forward?.(sequence);
  }

  /**
   * The number of times that messages could not be stored. A writer notes this before its first message, for
   * {@link whenStored}.
   */
  get storeFailures(): number {
    return this.#recorder?.failures ?? 0;
  }

  /**
   * Calls back when all messages so far may be acknowledged, or with the reason why they may not. Calls before it
   * returns if possible.
   *
   * @param failuresBefore {@link storeFailures} before the first of these messages
   */
  whenStored(failuresBefore: number, onStored: (error: RelayError | undefined) => void): void {
    const storing = this.#recorder?.store();
    const report = (): void => {
      const isStored = this.storeFailures === failuresBefore;
      onStored(isStored ? undefined : unavailableRelay(this.#recorder?.failure?.message ?? "the data was not stored"));
    };
    if (storing === undefined) report();
    else void storing.then(report);
  }

  /** Accepts an encoded `LogMsg`, and copies it. @throws {RelayError} if the message is malformed, or not allowed */
  write(logMsg: Uint8Array, allows?: AllowedStores): WriteResult {
    this.#checkOpen();
    const bytes = asBuffer(logMsg);
    const info = readMessageInfo(bytes, 0, bytes.length, this.stores);
    checkAllowed(info.store?.id, allows);
    this.#checkStorable(info.store);
    if (this.#isDuplicate(info)) return "duplicate";
    return this.#accept(new RelayMessage(this.#frames.copy(info, bytes, 0, bytes.length), info), info);
  }

  /**
   * Accepts a `WriteMessagesRequest` with the prefix of gRPC, between `start` and `end`.
   * @param isOwn whether the memory contains nothing else and may be retained. Otherwise the relay copies it by the
   * next iteration of the event loop, and it must not change until then
   * @throws {RelayError} if the request is malformed, or not allowed
   */
  writeFrame(bytes: Buffer, start: number, end: number, isOwn: boolean, allows?: AllowedStores): WriteResult {
    this.#checkOpen();
    const body = findLogMsg(bytes, start + PREFIX_BYTES, end);
    const info = readMessageInfo(bytes, body.start, body.end, this.stores);
    checkAllowed(info.store?.id, allows);
    this.#checkStorable(info.store);
    if (this.#isDuplicate(info)) return "duplicate";
    const isInRun = !isOwn && end - start <= MAX_IN_RUN_BYTES && classOf(info) === "disposable";
    const location =
      body.isAlone && (isOwn || isInRun)
        ? { memory: bytes, start, end, bodyStart: body.start }
        : this.#frames.copy(info, bytes, body.start, body.end);
    const message = new RelayMessage(location, info);
    const result = this.#accept(message, info);
    if (message.memory === bytes && !isOwn) this.#adjacent.add(message);
    return result;
  }

  /**
   * Accepts a message of a recording in this process, and copies it.
   * @throws {RelayError} if persistent memory is full
   */
  writeEncoded(message: OwnMessage): WriteResult {
    this.#checkOpen();
    const location = this.#frames.copyEncoded(message);
    const info = readMessageInfo(location.memory, location.bodyStart, location.end, this.stores);
    this.#checkStorable(info.store);
    if (this.#isDuplicate(info)) return "duplicate";
    return this.#accept(new RelayMessage(location, info), info);
  }

  /** Accepts a `WriteTableRequest`, and copies it. @throws {RelayError} if the request is incomplete */
  writeTable(request: Uint8Array): void {
    this.#checkOpen();
    const bytes = asBuffer(request);
    checkTableRequest(bytes);
    this.#append(new RelayMessage(this.#frames.copyTable(bytes), TABLE_INFO));
  }

  /** Adds a reader for allowed stores. It can take the retained messages immediately, and then new messages. */
  subscribe(content: ReaderContent, events: ReaderEvents, allows?: AllowedStores): RelayReader {
    const { isNewestFirst } = this.#options;
    const reader = new RelayReader(this.history, this.#tail, { content, isNewestFirst, allows }, events);
    reader.isEnding = this.#isEnding;
    this.readers.add(reader);
    return reader;
  }

  /** Removes a reader, whether or not it has received everything. */
  unsubscribe(reader: RelayReader): void {
    reader.detach();
    this.readers.delete(reader);
    if (this.#isEnding && this.readers.size === 0) this.#onEnded();
  }

  /** Ends all readers once they have received everything. Settles when all of them have unsubscribed. */
  async end(): Promise<void> {
    this.#isEnding = true;
    const ended = new Promise<void>((resolve) => (this.#onEnded = resolve));
    for (const reader of this.readers) {
      reader.isEnding = true;
      reader.wake();
    }
    if (this.readers.size > 0) await ended;
  }

  /** Whether a chunk has arrived before, and is still retained. */
  #isDuplicate({ kind, store, chunkId }: MessageInfo): boolean {
    if (kind !== "chunk" || chunkId === "" || store?.chunkIds.has(chunkId) !== true) return false;
    this.duplicates++;
    return true;
  }

  /**
   * Appends a message, unless it opens a store that is already open.
   * @throws {RelayError} if persistent memory is full
   */
  #accept(message: RelayMessage, info: MessageInfo): WriteResult {
    const { kind, store } = info;
    this.#wakeSoon();
    if (store !== undefined) store.lastWrittenAt = this.#now;
    if (kind === "storeInfo" && store?.openedBy?.equals(message.logMsg) === true) {
      this.duplicates++;
      return "duplicate";
    }
    this.#checkPersistent(info);
    this.#append(message);
    return "accepted";
  }

  /** Bounds the persistent messages. @throws {RelayError} if the memory for them is full */
  #checkPersistent(info: MessageInfo): void {
    if (classOf(info) !== "persistent" || this.history.hasPersistentRoom(() => this.stores.inUse())) return;
    throw new RelayError(
      GRPC_STATUS.resourceExhausted,
      "messages that open recordings and blueprints fill the memory for them; raise `serverMemoryLimit`",
    );
  }

  #append(message: RelayMessage): void {
    message.position = this.#tail.message.position + message.size;
    const arrival = new Arrival(message);
    this.#tail.next = arrival;
    this.#tail = arrival;
    this.receivedMessages++;
    this.receivedBytes += message.end - message.start;
    this.history.add(message);
    if (message.kind !== "table") {
      this.#recorder?.add(message);
      this.#observer?.(message);
    }
    if (message.position >= this.#checkReadersAt) this.#evictSlowReaders();
    this.#wakeSoon();
  }

  #wakeSoon(): void {
    if (this.#isWaking) return;
    this.#isWaking = true;
    this.#now = performance.now();
    setImmediate(() => this.#wake());
  }

  /** Notifies the readers, once for all messages that arrived in one iteration of the event loop. */
  #wake(): void {
    this.#isWaking = false;
    this.#adjacent.settle();
    // Stores regularly, because a call that never ends is never acknowledged.
    void this.#recorder?.store();
    this.#evictSlowReaders();
    for (const reader of this.readers) reader.wake();
  }

  /** @throws {RelayError} `unavailable` if messages are no longer accepted */
  #checkOpen(): void {
    if (this.#isEnding) throw unavailableRelay("the relay is shutting down");
  }

  /** @throws {RelayError} `unavailable` if messages of a store cannot be stored */
  #checkStorable(store: RelayStore | undefined): void {
    const failure = this.#recorder?.prepare(store);
    if (failure !== undefined) throw unavailableRelay(failure.message);
  }

  /** Disconnects readers that are too slow. */
  #evictSlowReaders(): void {
    this.#checkReadersAt = this.#tail.message.position + CHECK_READERS_BYTES;
    const { maxReaderBytes } = this.#options;
    for (const reader of this.readers) {
      if (reader.bytesBehind(this.history) <= maxReaderBytes) continue;
      // The reader may not have had time to take its messages.
      reader.wake();
      if (reader.bytesBehind(this.history) <= maxReaderBytes) continue;
      this.droppedReaders++;
      this.lastDropReason = `the reader is too slow: it needs more than ${maxReaderBytes} bytes of otherwise evicted data`;
      reader.disconnect(this.lastDropReason);
      this.unsubscribe(reader);
    }
  }
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
