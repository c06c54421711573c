import { RerunError } from "../../errors/rerun-error.ts";
import { STREAM_HEADER_LENGTH, STREAM_MAGIC } from "../encode/stream-header.ts";

/** The content of a stream's header. */
export interface StreamHeader {
  /** The version of Rerun that wrote the stream, e.g. `0.41.0`. */
  readonly version: string;
}

const OLD_MAGICS = ["RRF0", "RRF1"];
/** The serializer of Rerun before 0.23. */
const SERIALIZER_MSGPACK = 1;
const SERIALIZER_PROTOBUF = 2;

/** The first four bytes as a string. */
function magicOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 4));
}

/** Whether the bytes begin with the header of a stream. */
export function isStreamHeader(bytes: Uint8Array): boolean {
  return magicOf(bytes) === STREAM_MAGIC && bytes[9] === SERIALIZER_PROTOBUF;
}

/**
 * Decodes the header of a stream.
 * @throws {RerunError} `INVALID_FORMAT` if the bytes are not a header, or its version is unsupported
 */
export function decodeStreamHeader(bytes: Uint8Array): StreamHeader {
  if (bytes.byteLength < STREAM_HEADER_LENGTH)
    throw new RerunError("INVALID_FORMAT", "the data is too short to be a Rerun recording");
  const magic = magicOf(bytes);
  if (OLD_MAGICS.includes(magic) || (magic === STREAM_MAGIC && bytes[9] === SERIALIZER_MSGPACK))
    throw new RerunError(
      "INVALID_FORMAT",
      "the recording was written by a version of Rerun that is too old; open and save it with Rerun 0.23 first",
    );
  if (magic !== STREAM_MAGIC)
    throw new RerunError(
      "INVALID_FORMAT",
      `the data is not a Rerun recording: it begins with ${JSON.stringify(magic)}`,
    );
  if (bytes[9] !== SERIALIZER_PROTOBUF)
    throw new RerunError("INVALID_FORMAT", `the recording has the unknown serializer ${bytes[9]}`);
  return { version: `${bytes[4]}.${bytes[5]}.${bytes[6]}` };
}
