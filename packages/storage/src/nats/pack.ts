import { RerunError, isRerunError, type StoreId } from "@rerun-ts/core";
import { concatBytes } from "@rerun-ts/core/util";
import type { FlatRanges } from "../commits/pack-ranges.ts";
import type { PackPrints } from "../commits/run-prints.ts";
import { PackRecordsWriter, type PackTable } from "./pack-records.ts";
import { PackedMessages, type PackMessages } from "./packed-messages.ts";

/** The messages of a pack: the run of their producer, and their numbers in the run. */
export interface PackId {
  readonly run: string;
  /** The number of the first message in the run, from 1 on. */
  readonly number: number;
  /** The number of the run's messages in this pack, including the first ones that open its store. */
  readonly count: number;
  /** The prints of the run before the pack, and with it. Default: its numbers alone identify the messages. */
  readonly prints?: PackPrints | undefined;
}

/**
 * Messages of one store that travel together. Repeated messages may be in other packs, so commits refer to the numbers
 * of messages.
 */
export interface Pack extends PackId {
  readonly storeId: StoreId;
  /** The message that opens the store. Each pack contains it, so that any pack can begin a part. */
  readonly storeInfo: Uint8Array<ArrayBuffer> | undefined;
  /** The other messages, in order. A chunk lacks its manifest if that has a type that cannot be stored. */
  readonly messages: PackMessages;
}

interface PackHeader {
  readonly store: StoreId;
  /** The bytes of the store info, or 0 if there is none. */
  readonly info: number;
  readonly table: PackTable;
  /** The bytes of the records of all messages. */
  readonly records: number;
}

const MAGIC = 0x52525033;
const PIECE_MAGIC = 0x52525054;
/** The first three bytes of packs and pieces of all versions. The run, the numbers and the count follow in each. */
const FAMILY = MAGIC >>> 8;
/** Magic, run, number, the length of the header or the numbers of the piece, the count, and the prints or zeros. */
const PREFIX_LENGTH = 34;
/** Of a piece, with its hash. */
const PIECE_PREFIX_LENGTH = PREFIX_LENGTH + 4;
const OLD_PREFIX_LENGTH = 26;

/** Encodes a pack: a prefix, the header as JSON, the records, the store info, and the payloads. */
export function encodePack({ storeId, storeInfo, messages, ...id }: Pack): Uint8Array<ArrayBuffer> {
  const writer = new PackRecordsWriter();
  let payloads = 0;
  for (const message of messages) {
    writer.add(message);
    payloads += message.payload.byteLength;
  }
  const info = storeInfo?.byteLength ?? 0;
  const header: PackHeader = { store: storeId, info, table: writer.table, records: writer.byteLength };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(PREFIX_LENGTH + json.byteLength + writer.byteLength + info + payloads);
  const view = writePrefix(bytes, MAGIC, id);
  view.setUint32(18, json.byteLength);
  bytes.set(json, PREFIX_LENGTH);
  let offset = PREFIX_LENGTH + json.byteLength;
  writer.copyTo(view, offset);
  offset += writer.byteLength;
  if (storeInfo !== undefined) bytes.set(storeInfo, offset);
  offset += info;
  for (const { payload } of messages) {
    bytes.set(payload, offset);
    offset += payload.byteLength;
  }
  return bytes;
}

/** Part of a pack that is too large for one message of NATS. */
export interface Piece {
  /**
   * The hash of the whole pack and of the size of its pieces. Another sender of the run may encode the same messages in
   * another way, and limits of the server may change: pieces with different hashes do not belong together.
   */
  readonly hash: number;
  readonly index: number;
  readonly count: number;
  readonly bytes: Uint8Array;
}

/** Cuts an encoded pack into messages of at most `maxBytes`. A pack that fits stays whole. */
export function cutPack(id: PackId, pack: Uint8Array, maxBytes: number): Uint8Array[] {
  if (pack.byteLength <= maxBytes) return [pack];
  const size = maxBytes - PIECE_PREFIX_LENGTH;
  const count = Math.ceil(pack.byteLength / size);
  const hash = hashOf(pack, size);
  return Array.from({ length: count }, (_, index) => {
    const part = pack.subarray(index * size, (index + 1) * size);
    const bytes = new Uint8Array(PIECE_PREFIX_LENGTH + part.byteLength);
    const view = writePrefix(bytes, PIECE_MAGIC, id);
    view.setUint16(20, index);
    view.setUint16(22, count);
    view.setUint32(PREFIX_LENGTH, hash);
    bytes.set(part, PIECE_PREFIX_LENGTH);
    return bytes;
  });
}

/** Joins all pieces of a pack, in order. @throws {RerunError} `INVALID_FORMAT` if one of them is damaged */
export function joinPieces(pieces: readonly Uint8Array[], hash: number): Uint8Array<ArrayBuffer> {
  const bytes = concatBytes(pieces);
  if (hashOf(bytes, pieces[0]?.byteLength ?? 0) !== hash) throw damaged();
  return bytes;
}

/** A hash of 32 bits of a pack, and of the size of its pieces. */
function hashOf(bytes: Uint8Array, size: number): number {
  const view = viewOf(bytes);
  let hash = size | 0;
  let at = 0;
  for (; at + 4 <= bytes.byteLength; at += 4) {
    hash = Math.imul(hash ^ view.getInt32(at), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < bytes.byteLength; at++) hash = Math.imul(hash ^ view.getUint8(at), 0x9e3779b1);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/**
 * The id of a message, and the piece of a pack in it.
 * @throws {RerunError} `INVALID_FORMAT` if the message is neither a pack nor a piece
 */
export function readPackId(bytes: Uint8Array): PackId & { readonly piece: Piece | undefined } {
  if (bytes.byteLength < OLD_PREFIX_LENGTH) throw damaged();
  const view = viewOf(bytes);
  const magic = view.getUint32(0);
  const run = Array.from(bytes.subarray(4, 12), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const number = view.getUint16(12) * 2 ** 32 + view.getUint32(14);
  const count = view.getUint16(24);
  // Its producer must be told.
  if (magic >>> 8 !== FAMILY || number === 0 || count === 0) throw damaged();
  const isPack = magic === MAGIC;
  if (!isPack && magic !== PIECE_MAGIC) return { run, number, count, piece: undefined };
  if (bytes.byteLength < PREFIX_LENGTH) throw damaged();
  const [before, after] = [view.getUint32(26), view.getUint32(30)];
  const prints = after === 0 ? undefined : ([before, after] as const);
  if (isPack) return { run, number, count, prints, piece: undefined };
  const [index, pieces] = [view.getUint16(20), view.getUint16(22)];
  if (index >= pieces || bytes.byteLength < PIECE_PREFIX_LENGTH) throw damaged();
  const [hash, piece] = [view.getUint32(PREFIX_LENGTH), bytes.subarray(PIECE_PREFIX_LENGTH)];
  return { run, number, count, prints, piece: { hash, index, count: pieces, bytes: piece } };
}

export interface DecodedPack extends Pack {
  /** Whether chunks lack their manifests. */
  readonly hasBareChunks: boolean;
}

/** Decodes a pack. Its messages refer to `bytes`. @throws {RerunError} `INVALID_FORMAT` if the pack is damaged */
export function decodePack(bytes: Uint8Array<ArrayBuffer>): DecodedPack {
  const { run, number, count, prints } = readPackId(bytes);
  const magic = viewOf(bytes).getUint32(0);
  if (magic >>> 8 === FAMILY && magic !== MAGIC)
    throw new RerunError(
      "INVALID_FORMAT",
      "a pack is from another version of @rerun-ts/storage: ingesters must have the version of its producer",
    );
  let offset = PREFIX_LENGTH + viewOf(bytes).getUint32(18);
  if (magic !== MAGIC || offset > bytes.byteLength) throw damaged();
  const { store, info, table, records } = parseHeader(bytes.subarray(PREFIX_LENGTH, offset));
  const take = (size: number): Uint8Array<ArrayBuffer> => {
    if (!Number.isSafeInteger(size) || size < 0 || size > bytes.byteLength - offset) throw damaged();
    offset += size;
    return bytes.subarray(offset - size, offset);
  };
  const view = viewOf(take(records));
  const storeInfo = info === 0 ? undefined : take(info);
  try {
    const decoded = PackedMessages.read(store, table, view, bytes.subarray(offset));
    if (decoded.messages.length > count) throw damaged();
    return { run, number, count, prints, storeId: store, storeInfo, ...decoded };
  } catch (error) {
    // The values have other types than those of a pack.
    throw isRerunError(error) ? error : damaged(error);
  }
}

/** The packs of some of the messages of a pack, by ranges of their numbers. */
export function slicePack(pack: Pack, ranges: FlatRanges): Pack[] {
  const slices: Pack[] = [];
  const { number, count, messages } = pack;
  const firstMessage = number + count - messages.length;
  for (let at = 0; at + 1 < ranges.length; at += 2) {
    const [first, last] = [ranges[at] as number, ranges[at + 1] as number];
    if (first === number && last === number + count - 1) return [pack];
    const kept = messages.slice(Math.max(0, first - firstMessage), Math.max(0, last + 1 - firstMessage));
    slices.push({ ...pack, number: first, count: last - first + 1, prints: undefined, messages: kept });
  }
  return slices;
}

function parseHeader(json: Uint8Array): PackHeader {
  try {
    const header = JSON.parse(new TextDecoder().decode(json)) as PackHeader;
    const { kind, applicationId, recordingId } = header.store;
    const isStore = [applicationId, recordingId].every((id) => typeof id === "string");
    if (!isStore || (kind !== "recording" && kind !== "blueprint")) throw damaged();
    return header;
  } catch (error) {
    throw damaged(error);
  }
}

function writePrefix(
  bytes: Uint8Array<ArrayBuffer>,
  magic: number,
  { run, number, count, prints }: PackId,
): DataView<ArrayBuffer> {
  const view = viewOf(bytes);
  view.setUint32(0, magic);
  for (let at = 0; at < 8; at++) bytes[4 + at] = Number.parseInt(run.slice(2 * at, 2 * at + 2), 16);
  view.setUint16(12, Math.floor(number / 2 ** 32));
  view.setUint32(14, number % 2 ** 32);
  view.setUint16(24, count);
  view.setUint32(26, prints?.[0] ?? 0);
  view.setUint32(30, prints?.[1] ?? 0);
  return view;
}

function viewOf<B extends ArrayBufferLike>({ buffer, byteOffset, byteLength }: Uint8Array<B>): DataView<B> {
  return new DataView(buffer, byteOffset, byteLength);
}

function damaged(cause?: unknown): RerunError {
  return new RerunError("INVALID_FORMAT", "a message is not a pack, or damaged", { cause });
}
