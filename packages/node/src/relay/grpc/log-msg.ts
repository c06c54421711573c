import { LENGTH_DELIMITED, forEachField, readField, readVarint, type ProtobufField } from "@rerun-ts/core/transport";

/** The kind of a message: it opens a store, has rows of data, activates a blueprint, or is a table. */
export type RelayMessageKind = "storeInfo" | "chunk" | "activation" | "table";

/** The properties of a `LogMsg` that a relay needs to know, as positions in its bytes. */
export interface LogMsgOutline {
  kind: RelayMessageKind;
  /** The position of the encoded `StoreId`. The range is empty if there is none. */
  storeStart: number;
  storeEnd: number;
  /** The position of the encoded `ApplicationId` of a store info, for stores whose id lacks the application. */
  applicationStart: number;
  applicationEnd: number;
  /** The position of the id of the chunk. The range is empty if there is none. */
  idStart: number;
  idEnd: number;
  isStatic: boolean;
  /** The position of the message in the bytes, in its form for files. */
  readonly payloadStart: number;
  readonly payloadEnd: number;
  /** The size of the data of a chunk after decompression, as the message states it. */
  uncompressedBytes: number;
}

const KINDS: Readonly<Record<number, RelayMessageKind>> = { 1: "storeInfo", 2: "chunk", 3: "activation" };

/**
 * Reads the outline of the `LogMsg` between `start` and `end`, without its payload. Returns `undefined` if it contains
 * no known message. Source: log_msg.proto.
 * @throws {ProtobufError} if the bytes are malformed
 */
export function readLogMsg(bytes: Uint8Array, start: number, end: number): LogMsgOutline | undefined {
  let kind: RelayMessageKind | undefined;
  let [innerStart, innerEnd] = [0, 0];
  const field: ProtobufField = { number: 0, wireType: 0, start, end: start };
  for (let at = start; at < end; at = field.end) {
    readField(bytes, at, end, field);
    const found = KINDS[field.number];
    if (found === undefined || field.wireType !== LENGTH_DELIMITED) continue;
    kind = found;
    [innerStart, innerEnd] = [field.start, field.end];
  }
  if (kind === undefined) return undefined;
  const outline: LogMsgOutline = {
    kind,
    storeStart: innerStart,
    storeEnd: innerStart,
    applicationStart: innerStart,
    applicationEnd: innerStart,
    idStart: innerStart,
    idEnd: innerStart,
    isStatic: kind !== "chunk",
    payloadStart: innerStart,
    payloadEnd: innerEnd,
    uncompressedBytes: innerEnd - innerStart,
  };
  READERS[kind](bytes, innerStart, innerEnd, outline);
  return outline;
}

type OutlineReader = (bytes: Uint8Array, start: number, end: number, outline: LogMsgOutline) => void;

const READERS: Readonly<Record<RelayMessageKind, OutlineReader>> = {
  storeInfo(bytes, start, end, outline) {
    forEachField(bytes, start, end, ({ number, wireType, start: infoStart, end: infoEnd }) => {
      if (number !== 2 || wireType !== LENGTH_DELIMITED) return;
      forEachField(bytes, infoStart, infoEnd, (field) => {
        if (field.wireType !== LENGTH_DELIMITED) return;
        if (field.number === 2) setStore(outline, field);
        if (field.number === 1) [outline.applicationStart, outline.applicationEnd] = [field.start, field.end];
      });
    });
  },
  // Reads the fields without a call for each, because nearly all messages are chunks.
  chunk(bytes, start, end, outline) {
    const field: ProtobufField = { number: 0, wireType: 0, start, end: start };
    for (let at = start; at < end; at = field.end) {
      readField(bytes, at, end, field);
      const { number, wireType } = field;
      if (number === 1 && wireType === LENGTH_DELIMITED) setStore(outline, field);
      else if (number === 6 && wireType === LENGTH_DELIMITED)
        [outline.idStart, outline.idEnd] = [field.start, field.end];
      else if (number === 3 && wireType === 0)
        outline.uncompressedBytes = Math.max(outline.uncompressedBytes, readVarint(bytes, field.start, field.end));
      else if (number === 7 && wireType === 0) outline.isStatic = readVarint(bytes, field.start, field.end) !== 0;
    }
  },
  activation(bytes, start, end, outline) {
    forEachField(bytes, start, end, (field) => {
      if (field.number === 1 && field.wireType === LENGTH_DELIMITED) setStore(outline, field);
    });
  },
  table() {},
};

function setStore(outline: LogMsgOutline, field: { readonly start: number; readonly end: number }): void {
  outline.storeStart = field.start;
  outline.storeEnd = field.end;
}
