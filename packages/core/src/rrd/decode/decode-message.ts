import type { Tuid } from "../../batch/tuid.ts";
import { lz4Decode } from "../../compress/lz4-decode.ts";
import { RerunError } from "../../errors/rerun-error.ts";
import type { StoreId } from "../encode/encoded-message.ts";
import { decodeFooter } from "./footer.ts";
import type { MessageFrame } from "./decode-message-frame.ts";
import { sourceText } from "./store-source.ts";
import {
  COMPRESSION_LZ4,
  STORE_KIND_BLUEPRINT,
  readStoredActivation,
  readStoredChunk,
  readStoredInfo,
  type RrdFooter,
  type StoredChunk,
  type StoredStoreId,
} from "./stored-messages.ts";

/** The part that is common to all messages. */
interface MessagePayload {
  /** The protobuf message in its form in the stream. */
  readonly payload: Uint8Array;
}

/** A message to open a store. */
export interface StoreInfoMessage extends MessagePayload {
  readonly kind: "storeInfo";
  /** The new store. */
  readonly storeId: StoreId;
  /** The name of the store's program, if it has one. */
  readonly source: string | undefined;
}

/** A message with rows of one entity. */
export interface ChunkMessage extends MessagePayload {
  readonly kind: "chunk";
  /** The store of the rows. */
  readonly storeId: StoreId;
  /** The id of the chunk, if the message has one. */
  readonly chunkId: Tuid | undefined;
  /** Whether the message is marked as static. Only the Arrow data is authoritative. */
  readonly isStatic: boolean | undefined;
  /** Compression of the Arrow data in the message. */
  readonly compression: "none" | "lz4";
  /** The size of the Arrow data without compression, in bytes. */
  readonly uncompressedBytes: number;
  /**
   * Decompresses the Arrow IPC stream.
   *
   * @param allocate returns memory, aligned to 8 bytes, for data that is decompressed or moved. Default: new memory
   * @throws {RerunError} `INVALID_FORMAT` if it is damaged
   */
  readArrow(allocate?: (length: number) => Uint8Array<ArrayBuffer>): Uint8Array;
}

/** The last message of a blueprint. */
export interface ActivationMessage extends MessagePayload {
  readonly kind: "activation";
  /** The blueprint. */
  readonly storeId: StoreId;
  /** Whether viewers should show the blueprint now. */
  readonly makeActive: boolean;
  /** Whether viewers return to the blueprint when the user resets the layout. */
  readonly makeDefault: boolean;
}

/** The last message of a stream. */
export interface EndMessage extends MessagePayload {
  readonly kind: "end";
  /** The index of the stream, if it has one. */
  readonly footer: RrdFooter | undefined;
}

/** A message of a stream. */
export type RrdMessage = StoreInfoMessage | ChunkMessage | ActivationMessage | EndMessage;

/** Decodes the payload of a message. @throws {RerunError} `INVALID_FORMAT` if it is damaged */
export function decodeMessage(kind: MessageFrame["kind"], payload: Uint8Array): RrdMessage {
  try {
    return DECODERS[kind](payload);
  } catch (error) {
    throw error instanceof RerunError
      ? error
      : new RerunError("INVALID_FORMAT", `a ${kind} message cannot be decoded`, { cause: error });
  }
}

const DECODERS: Readonly<Record<MessageFrame["kind"], (payload: Uint8Array) => RrdMessage>> = {
  storeInfo(payload) {
    const { info } = readStoredInfo(payload);
    const source = sourceText(info?.storeSource);
    const storeId = toStoreId(info?.storeId);
    // Before Rerun 0.26, the id of a store lacked the application.
    const applicationId = storeId.applicationId || (info?.applicationId?.id ?? "");
    return { kind: "storeInfo", payload, storeId: { ...storeId, applicationId }, source };
  },
  chunk(payload) {
    const message = readStoredChunk(payload);
    const isCompressed = message.compression === COMPRESSION_LZ4;
    return {
      kind: "chunk",
      payload,
      storeId: toStoreId(message.storeId),
      chunkId: toTuid(message.chunkId),
      isStatic: message.isStatic,
      compression: isCompressed ? "lz4" : "none",
      uncompressedBytes: isCompressed ? message.uncompressedSize : message.payload.byteLength,
      readArrow: (allocate) =>
        isCompressed
          ? lz4Decode(message.payload, message.uncompressedSize, allocate)
          : aligned(message.payload, allocate),
    };
  },
  activation(payload) {
    const { blueprintId, makeActive, makeDefault } = readStoredActivation(payload);
    return { kind: "activation", payload, storeId: toStoreId(blueprintId), makeActive, makeDefault };
  },
  end: (payload) => ({ kind: "end", payload, footer: payload.byteLength === 0 ? undefined : decodeFooter(payload) }),
};

/** Copies bytes that are not aligned to 8 bytes, because Arrow libraries read numbers in place. */
function aligned(bytes: Uint8Array, allocate?: (length: number) => Uint8Array<ArrayBuffer>): Uint8Array {
  if (bytes.byteOffset % 8 === 0) return bytes;
  // `slice` of a Node `Buffer` would not copy.
  if (allocate === undefined) return new Uint8Array(bytes);
  const copy = allocate(bytes.byteLength);
  copy.set(bytes);
  return copy;
}

/** Converts a store id. @throws {RerunError} `INVALID_FORMAT` if there is none */
export function toStoreId(id: StoredStoreId | undefined): StoreId {
  if (id === undefined) throw new RerunError("INVALID_FORMAT", "a message has no store id");
  return {
    kind: id.kind === STORE_KIND_BLUEPRINT ? "blueprint" : "recording",
    applicationId: id.applicationId?.id ?? "",
    recordingId: id.recordingId,
  };
}

function toTuid(id: StoredChunk["chunkId"]): Tuid | undefined {
  if (id === undefined) return undefined;
  const { timeNs, inc } = id;
  return { timeHi: timeNs?.hi ?? 0, timeLo: timeNs?.lo ?? 0, incHi: inc?.hi ?? 0, incLo: inc?.lo ?? 0 };
}
