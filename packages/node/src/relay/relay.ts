import type { EncodedMessage } from "@rerun-ts/core";
import { grpcFrameHeader, varintLength, writeVarint } from "@rerun-ts/core/internal";
import { History, retentionClass, type RetentionClass } from "./history.ts";
import { readLogMsg } from "./log-msg.ts";
import { MessageMemory } from "./message-memory.ts";
import { ProtobufError, forEachField } from "./protobuf-fields.ts";
import { RelayMessage, type MessageAbout, type MessagePlace } from "./relay-message.ts";
import { RelayReader, type ReaderEvents, type ReaderWants } from "./relay-reader.ts";
import { GRPC_STATUS, RelayRefusal } from "./relay-refusal.ts";
import { RelayStores } from "./relay-store.ts";

/** How a {@link Relay} works. */
export interface RelayOptions {
  /** Bytes that are kept for readers that come later. */
  readonly memoryLimit: number;
  /** Whether these get the newest data first. */
  readonly isNewestFirst: boolean;
  /** Bytes that may be held for the sake of a reader that is behind, besides what is kept anyway. */
  readonly maxReaderBytes: number;
}

/** A message of a recording of this program. */
export interface OwnMessage extends Pick<EncodedMessage, "kind" | "payload" | "isStatic"> {
  /** Whether it belongs to a blueprint. */
  readonly isBlueprint: boolean;
}

/** What became of a message that was written. */
export type WriteResult = "taken" | "duplicate";

/** gRPC's prefix: a flag and the length. */
const PREFIX_BYTES = 5;
const LOG_MSG_TAG = 0x0a;
/** How often readers are looked at while nobody lets the event loop have its turn. */
const LOOK_BYTES = 1024 * 1024;

/**
 * The meeting point of those who write and those who read: passes messages on, and keeps them for readers that come later.
 * It knows no protocol. Nobody waits for a reader: one that is too far behind is let go.
 */
export class Relay {
  readonly history: History;
  readonly stores: RelayStores = new RelayStores();
  readonly readers: Set<RelayReader> = new Set();
  /** What was taken, and its bytes. */
  receivedMessages = 0;
  receivedBytes = 0;
  duplicates = 0;
  droppedReaders = 0;
  /** Why a reader was let go, the last time. */
  lastDropReason: string | undefined;
  readonly #options: RelayOptions;
  readonly #memory: Readonly<Record<RetentionClass, MessageMemory>> = {
    persistent: new MessageMemory(),
    static: new MessageMemory(),
    disposable: new MessageMemory(),
  };
  /** What came last; at first something that nobody sees. */
  #tail = new RelayMessage({ memory: Buffer.alloc(0), start: 0, end: 0, bodyStart: 0 }, TABLE);
  #lookAt = LOOK_BYTES;
  #isWaking = false;
  #isEnding = false;
  #onEnded: () => void = () => {};

  constructor(options: RelayOptions) {
    this.#options = options;
    this.history = new History(options.memoryLimit);
  }

  /** Takes an encoded `LogMsg`, and copies it. @throws {RelayRefusal} if it is none. */
  write(logMsg: Uint8Array): WriteResult {
    const bytes = asBuffer(logMsg);
    const about = this.#read(bytes, 0, bytes.length);
    return this.#accept(about, () => this.#copy(about, bytes, 0, bytes.length));
  }

  /**
   * Takes the `WriteMessagesRequest` that stands in `bytes` behind gRPC's prefix.
   * @param isOwn whether the memory holds nothing else and may be kept; else it is copied
   * @throws {RelayRefusal} if it is none
   */
  writeFrame(bytes: Buffer, start: number, end: number, isOwn: boolean): WriteResult {
    const body = findLogMsg(bytes, start + PREFIX_BYTES, end);
    const about = this.#read(bytes, body.start, body.end);
    const place = (): MessagePlace =>
      isOwn && body.isAlone
        ? { memory: bytes, start, end, bodyStart: body.start }
        : this.#copy(about, bytes, body.start, body.end);
    return this.#accept(about, place);
  }

  /** Takes a message of a recording of this program, and copies it. @throws {RelayRefusal} if there is no room for good. */
  writeEncoded(message: OwnMessage): WriteResult {
    const { payload } = message;
    const header = grpcFrameHeader(message);
    const memory = this.#memory[retentionClass(message)];
    const place = memory.take(header.length + payload.length);
    const end = place.start + header.length + payload.length;
    place.memory.set(header, place.start);
    place.memory.set(payload, place.start + header.length);
    const { start: bodyStart } = findLogMsg(place.memory, place.start + PREFIX_BYTES, end);
    const about = this.#read(place.memory, bodyStart, end);
    return this.#accept(about, () => ({ ...place, end, bodyStart }));
  }

  /** Takes a `WriteTableRequest`, and copies it. @throws {RelayRefusal} if it is incomplete. */
  writeTable(request: Uint8Array): void {
    const bytes = asBuffer(request);
    checkTable(bytes);
    const { memory, start } = this.#memory.disposable.take(PREFIX_BYTES + bytes.length);
    memory[start] = 0;
    memory.writeUInt32BE(bytes.length, start + 1);
    memory.set(bytes, start + PREFIX_BYTES);
    const end = start + PREFIX_BYTES + bytes.length;
    this.#append(new RelayMessage({ memory, start, end, bodyStart: start + PREFIX_BYTES }, TABLE));
  }

  /** Adds a reader, which takes what is kept at once, and then what comes. */
  subscribe(wants: ReaderWants, events: ReaderEvents): RelayReader {
    const { isNewestFirst } = this.#options;
    const reader = new RelayReader(this.history, this.#tail, { wants, isNewestFirst }, events);
    reader.isEnding = this.#isEnding;
    this.readers.add(reader);
    return reader;
  }

  /** Lets a reader go that wants no more, or has got everything. */
  unsubscribe(reader: RelayReader): void {
    reader.detach();
    this.readers.delete(reader);
    if (this.#isEnding && this.readers.size === 0) this.#onEnded();
  }

  /** Nothing more will come. Settles when all readers have got everything, and have gone. */
  async end(): Promise<void> {
    this.#isEnding = true;
    const ended = new Promise<void>((resolve) => (this.#onEnded = resolve));
    for (const reader of this.readers) {
      reader.isEnding = true;
      reader.wake();
    }
    if (this.readers.size > 0) await ended;
  }

  /** What the `LogMsg` between `start` and `end` is. */
  #read(bytes: Buffer, start: number, end: number): MessageAbout {
    const outline = refusingDamage(() => readLogMsg(bytes, start, end));
    if (outline === undefined)
      throw new RelayRefusal(GRPC_STATUS.invalidArgument, "missing `msg` in `log_msg` in `WriteMessagesRequest`");
    const { kind, isStatic, storeStart, storeEnd, idStart, idEnd } = outline;
    const store = refusingDamage(() => this.stores.find(bytes, storeStart, storeEnd));
    return { kind, store, isStatic, chunkId: bytes.toString("latin1", idStart, idEnd) };
  }

  /** Takes a message unless it is there already. */
  #accept(about: MessageAbout, makePlace: () => MessagePlace): WriteResult {
    const { kind, store, chunkId } = about;
    if (kind === "chunk" && chunkId !== "" && store?.chunkIds.has(chunkId) === true) {
      this.duplicates++;
      return "duplicate";
    }
    const message = new RelayMessage(makePlace(), about);
    if (kind === "storeInfo" && store !== undefined && this.history.isKept) {
      if (store.openedBy?.equals(message.logMsg) === true) {
        this.duplicates++;
        return "duplicate";
      }
      store.openedBy = message.logMsg;
    }
    this.#checkPersistent(about);
    this.#append(message);
    return "taken";
  }

  /** What is kept for good must end somewhere. */
  #checkPersistent(about: MessageAbout): void {
    if (!this.history.isFullForGood || classOf(about) !== "persistent") return;
    throw new RelayRefusal(
      GRPC_STATUS.resourceExhausted,
      "what opens recordings and blueprints takes all the memory that there is for late readers",
    );
  }

  /** Gives a `LogMsg` its place, with a frame around it. */
  #copy(about: MessageAbout, bytes: Buffer, start: number, end: number): MessagePlace {
    const length = end - start;
    const bodyLength = 1 + varintLength(length) + length;
    const place = this.#memory[classOf(about)].take(PREFIX_BYTES + bodyLength);
    const { memory } = place;
    memory[place.start] = 0;
    memory.writeUInt32BE(bodyLength, place.start + 1);
    memory[place.start + PREFIX_BYTES] = LOG_MSG_TAG;
    const bodyStart = writeVarint(memory, place.start + PREFIX_BYTES + 1, length);
    bytes.copy(memory, bodyStart, start, end);
    return { memory, start: place.start, end: bodyStart + length, bodyStart };
  }

  #append(message: RelayMessage): void {
    message.position = this.#tail.position + message.size;
    this.#tail.next = message;
    this.#tail = message;
    this.receivedMessages++;
    this.receivedBytes += message.end - message.start;
    this.history.add(message);
    if (this.readers.size === 0) return;
    if (message.position >= this.#lookAt) this.#look();
    if (!this.#isWaking) {
      this.#isWaking = true;
      setImmediate(() => this.#wake());
    }
  }

  /** Tells the readers of what has come, all at once for what came together. */
  #wake(): void {
    this.#isWaking = false;
    this.#look();
    for (const reader of this.readers) reader.wake();
  }

  /** Lets go of readers that are too far behind. */
  #look(): void {
    this.#lookAt = this.#tail.position + LOOK_BYTES;
    const { maxReaderBytes } = this.#options;
    for (const reader of this.readers) {
      if (reader.bytesBehind(this.history) > maxReaderBytes) reader.skipGivenUp();
      if (reader.bytesBehind(this.history) <= maxReaderBytes) continue;
      this.droppedReaders++;
      this.lastDropReason = `the reader is more than ${maxReaderBytes} bytes behind what is kept`;
      reader.drop(this.lastDropReason);
      this.unsubscribe(reader);
    }
  }
}

const TABLE: MessageAbout = { kind: "table", store: undefined, isStatic: false, chunkId: "" };

function classOf({ kind, isStatic, store }: MessageAbout): RetentionClass {
  return retentionClass({ kind, isStatic, isBlueprint: store?.isBlueprint === true });
}

/** Where the `LogMsg` of a request stands, and whether there is nothing else in the request. */
function findLogMsg(
  bytes: Buffer,
  start: number,
  end: number,
): { readonly start: number; readonly end: number; readonly isAlone: boolean } {
  let found: { start: number; end: number } | undefined;
  let count = 0;
  refusingDamage(() =>
    forEachField(bytes, start, end, (field) => {
      count++;
      if (field.number === 1 && field.wireType === 2) found = { start: field.start, end: field.end };
    }),
  );
  if (found !== undefined) return { ...found, isAlone: count === 1 };
  throw new RelayRefusal(GRPC_STATUS.invalidArgument, "missing `log_msg` in `WriteMessagesRequest`");
}

/** Both fields of a table are needed. */
function checkTable(bytes: Buffer): void {
  const missing = new Map([
    [1, "id"],
    [2, "data"],
  ]);
  refusingDamage(() => forEachField(bytes, 0, bytes.length, ({ number }) => missing.delete(number)));
  for (const name of missing.values())
    throw new RelayRefusal(GRPC_STATUS.invalidArgument, `missing \`${name}\` in \`WriteTableRequest\``);
}

function refusingDamage<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProtobufError) throw new RelayRefusal(GRPC_STATUS.internal, error.message);
    throw error;
  }
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
