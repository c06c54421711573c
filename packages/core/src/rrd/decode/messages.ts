import { fromBinary } from "@bufbuild/protobuf";
import type { Tuid as ProtoTuid, StoreId as ProtoStoreId } from "../../gen/rerun/common/v1alpha1/common_pb.ts";
import { Compression, StoreKind } from "../../gen/rerun/common/v1alpha1/common_pb.ts";
import {
  ArrowMsgSchema,
  BlueprintActivationCommandSchema,
  SetStoreInfoSchema,
  StoreSourceKind,
  type RrdFooter,
} from "../../gen/rerun/log_msg/v1alpha1/log_msg_pb.ts";
import type { Tuid } from "../../batch/tuid.ts";
import { lz4Decode } from "../../compress/lz4-decode.ts";
import { RerunError } from "../../errors.ts";
import type { StoreId } from "../encode/encoded-message.ts";
import { decodeFooter } from "./footer.ts";
import type { MessageFrame } from "./message-frame.ts";

/** What all messages have. */
interface MessagePayload {
  /** The message as it stands in the stream: protobuf. */
  readonly payload: Uint8Array;
}

/** A message that opens a store. */
export interface StoreInfoMessage extends MessagePayload {
  readonly kind: "storeInfo";
  readonly storeId: StoreId;
  /** What wrote the store, if it says so in words. */
  readonly source: string | undefined;
}

/** A message with rows of one entity. */
export interface ChunkMessage extends MessagePayload {
  readonly kind: "chunk";
  readonly storeId: StoreId;
  readonly chunkId: Tuid | undefined;
  /** As the message says; the Arrow data has the last word. */
  readonly isStatic: boolean | undefined;
  readonly compression: "none" | "lz4";
  /** The Arrow IPC stream, decompressed. @throws {RerunError} `FORMAT` if it is damaged. */
  readArrow(): Uint8Array;
}

/** A message that ends a blueprint. */
export interface ActivationMessage extends MessagePayload {
  readonly kind: "activation";
  readonly storeId: StoreId;
  readonly makeActive: boolean;
  readonly makeDefault: boolean;
}

/** The message that ends a stream. */
export interface EndMessage extends MessagePayload {
  readonly kind: "end";
  readonly footer: RrdFooter | undefined;
}

/** A message of a stream. */
export type RrdMessage = StoreInfoMessage | ChunkMessage | ActivationMessage | EndMessage;

/** Reads the payload of a message. @throws {RerunError} `FORMAT` if it is damaged. */
export function decodeMessage(kind: MessageFrame["kind"], payload: Uint8Array): RrdMessage {
  try {
    return DECODERS[kind](payload);
  } catch (error) {
    throw error instanceof RerunError
      ? error
      : new RerunError("FORMAT", `a ${kind} message cannot be read`, { cause: error });
  }
}

const DECODERS: Readonly<Record<MessageFrame["kind"], (payload: Uint8Array) => RrdMessage>> = {
  storeInfo(payload) {
    const { info } = fromBinary(SetStoreInfoSchema, payload);
    const { kind, extra } = info?.storeSource ?? {};
    const source = kind === StoreSourceKind.OTHER ? new TextDecoder().decode(extra?.payload) : undefined;
    return { kind: "storeInfo", payload, storeId: toStoreId(info?.storeId), source };
  },
  chunk(payload) {
    const message = fromBinary(ArrowMsgSchema, payload);
    const isCompressed = message.compression === Compression.LZ4;
    return {
      kind: "chunk",
      payload,
      storeId: toStoreId(message.storeId),
      chunkId: toTuid(message.chunkId),
      isStatic: message.isStatic,
      compression: isCompressed ? "lz4" : "none",
      readArrow: () =>
        isCompressed ? lz4Decode(message.payload, Number(message.uncompressedSize)) : aligned(message.payload),
    };
  },
  activation(payload) {
    const { blueprintId, makeActive, makeDefault } = fromBinary(BlueprintActivationCommandSchema, payload);
    return { kind: "activation", payload, storeId: toStoreId(blueprintId), makeActive, makeDefault };
  },
  end: (payload) => ({ kind: "end", payload, footer: payload.byteLength === 0 ? undefined : decodeFooter(payload) }),
};

/** Arrow libraries read numbers in place, so the bytes must begin where numbers may. */
function aligned(bytes: Uint8Array): Uint8Array {
  // Not `slice`, which does not copy where the bytes are a `Buffer` of Node.
  return bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
}

function toStoreId(id: ProtoStoreId | undefined): StoreId {
  if (id === undefined) throw new RerunError("FORMAT", "a message does not tell its store");
  return {
    kind: id.kind === StoreKind.BLUEPRINT ? "blueprint" : "recording",
    applicationId: id.applicationId?.id ?? "",
    recordingId: id.recordingId,
  };
}

function toTuid(id: ProtoTuid | undefined): Tuid | undefined {
  if (id === undefined) return undefined;
  const { timeNs = 0n, inc = 0n } = id;
  return {
    timeHi: Number(timeNs >> 32n),
    timeLo: Number(timeNs & 0xffffffffn),
    incHi: Number(inc >> 32n),
    incLo: Number(inc & 0xffffffffn),
  };
}
