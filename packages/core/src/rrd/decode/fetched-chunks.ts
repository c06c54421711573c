import { checkGrowth } from "../../compress/check-growth.ts";
import { lz4Decode } from "../../compress/lz4-decode.ts";
import { RerunError } from "../../errors/rerun-error.ts";
import { MESSAGE_HEADER_LENGTH } from "../encode/message-frame.ts";
import { readField, readVarint, type ProtobufField } from "../../protobuf/reader.ts";
import { LENGTH_DELIMITED } from "../../protobuf/varint.ts";
import { decodeMessageFrame } from "./decode-message-frame.ts";
import { COMPRESSION_LZ4 } from "./stored-messages.ts";

/** The field `chunks` of `FetchChunksResponse`. Source: cloud.proto. */
const CHUNKS = 1;
/** Fields of `ArrowMsg`. Source: log_msg.proto. */
const [COMPRESSION, UNCOMPRESSED_SIZE, PAYLOAD] = [2, 3, 5];

/**
 * The chunks of an encoded `FetchChunksResponse`, each an Arrow IPC stream, decompressed. A generated decoder would
 * make six objects for each chunk.
 *
 * @throws {RerunError} `INVALID_FORMAT` if one is damaged
 */
export function fetchedArrow(response: Uint8Array): readonly Uint8Array[] {
  const messages: ArrowMessage[] = [];
  try {
    const field: ProtobufField = { number: 0, wireType: 0, start: 0, end: 0 };
    for (let at = 0; at < response.length; at = field.end) {
      readField(response, at, response.length, field);
      const { end } = field;
      if (field.number === CHUNKS && field.wireType === LENGTH_DELIMITED)
        messages.push(readArrowMessage(response, field.start, end, field));
      field.end = end;
    }
    // All chunks are in memory together.
    const total = messages.reduce((sum, { size }) => sum + size, 0);
    checkGrowth(response.length, total);
    return messages.map(arrowOf);
  } catch (error) {
    if (error instanceof RerunError) throw error;
    throw new RerunError("INVALID_FORMAT", "the server sent a chunk that cannot be decoded", { cause: error });
  }
}

/**
 * The Arrow data of a chunk in a `.rrd` file, decompressed: of an `ArrowMsg` with the header before it.
 *
 * @throws {RerunError} `INVALID_FORMAT` if it is damaged
 */
export function arrowOfFrame(bytes: Uint8Array): Uint8Array {
  const frame = bytes.length < MESSAGE_HEADER_LENGTH ? undefined : decodeMessageFrame(bytes);
  if (frame?.kind !== "chunk" || MESSAGE_HEADER_LENGTH + frame.length !== bytes.length)
    throw new RerunError("INVALID_FORMAT", "these bytes are not a chunk of a recording");
  try {
    const field: ProtobufField = { number: 0, wireType: 0, start: 0, end: 0 };
    return arrowOf(readArrowMessage(bytes, MESSAGE_HEADER_LENGTH, bytes.length, field));
  } catch (error) {
    if (error instanceof RerunError) throw error;
    throw new RerunError("INVALID_FORMAT", "a chunk cannot be decoded", { cause: error });
  }
}

/** The fields of an `ArrowMsg`. */
interface ArrowMessage {
  readonly compression: number;
  /** The number of bytes of the payload without compression. */
  readonly size: number;
  readonly payload: Uint8Array;
}

/** Reads the `ArrowMsg` from `start` to `end`. */
function readArrowMessage(message: Uint8Array, start: number, end: number, field: ProtobufField): ArrowMessage {
  let compression = 0;
  let size = 0;
  let payload: Uint8Array | undefined;
  for (let at = start; at < end; at = field.end) {
    readField(message, at, end, field);
    if (field.number === COMPRESSION) compression = readVarint(message, field.start, field.end);
    else if (field.number === UNCOMPRESSED_SIZE) size = readVarint(message, field.start, field.end);
    else if (field.number === PAYLOAD) payload = message.subarray(field.start, field.end);
  }
  if (payload === undefined) throw new RerunError("INVALID_FORMAT", "the server sent a chunk without data");
  return { compression, size: compression === COMPRESSION_LZ4 ? size : payload.byteLength, payload };
}

function arrowOf({ compression, size, payload }: ArrowMessage): Uint8Array {
  if (compression === COMPRESSION_LZ4) return lz4Decode(payload, size);
  // Arrow libraries read numbers in place, so they must be aligned.
  return payload.byteOffset % 8 === 0 ? payload : new Uint8Array(payload);
}
