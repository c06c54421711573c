import { GRPC_STATUS } from "@rerun-ts/core/transport";
import { readLogMsg } from "./grpc/log-msg.ts";
import { rejectingMalformed } from "./grpc/write-request.ts";
import { retentionClass, type RetentionClass } from "./history.ts";
import { RelayError } from "./relay-error.ts";
import type { MessageInfo } from "./relay-message.ts";
import type { RelayStores } from "./relay-store.ts";

/**
 * The maximum size of encoded ids. The id of a chunk has two numbers, and the id of a store has an application id and a
 * name.
 */
const MAX_CHUNK_ID_BYTES = 64;
const MAX_STORE_ID_BYTES = 4096;

/** The properties of every table. */
export const TABLE_INFO: MessageInfo = { kind: "table", store: undefined, isStatic: false, chunkId: "" };

/**
 * Reads the properties of the `LogMsg` between `start` and `end`.
 * @throws {RelayError} if the message is malformed
 */
export function readMessageInfo(bytes: Buffer, start: number, end: number, stores: RelayStores): MessageInfo {
  const outline = rejectingMalformed(() => readLogMsg(bytes, start, end));
  if (outline === undefined)
    throw new RelayError(GRPC_STATUS.invalidArgument, "missing `msg` in `log_msg` in `WriteMessagesRequest`");
  const { kind, isStatic, storeStart, storeEnd, applicationStart, applicationEnd, idStart, idEnd } = outline;
  checkIds(storeEnd - storeStart + (applicationEnd - applicationStart), idEnd - idStart);
  const store = rejectingMalformed(() =>
    kind === "storeInfo" ? stores.open(bytes, outline) : stores.find(bytes, storeStart, storeEnd),
  );
  return { kind, store, isStatic, chunkId: bytes.toString("latin1", idStart, idEnd) };
}

/** The retention class of a message. */
export function classOf({ kind, isStatic, store }: MessageInfo): RetentionClass {
  return retentionClass({ kind, isStatic, isBlueprint: store?.isBlueprint === true });
}

/** Bounds the ids, which the relay keeps. @throws {RelayError} if one is too long */
function checkIds(storeBytes: number, chunkBytes: number): void {
  if (storeBytes <= MAX_STORE_ID_BYTES && chunkBytes <= MAX_CHUNK_ID_BYTES) return;
  throw new RelayError(GRPC_STATUS.invalidArgument, "the id of a store or of a chunk is too long");
}
