import type { DescMethodServerStreaming } from "@bufbuild/protobuf";
import { WireType } from "@bufbuild/protobuf/wire";
import { EmptySchema, type Empty } from "@bufbuild/protobuf/wkt";
import { lz4Decode } from "../../compress/lz4-decode.ts";
import { RerunError } from "../../errors/rerun-error.ts";
import { RerunCloudService, type FetchChunksRequestSchema } from "../../gen/rerun/cloud/v1alpha1/cloud_pb.ts";
import { Compression } from "../../gen/rerun/common/v1alpha1/common_pb.ts";
import { readField, readVarint, type ProtobufField } from "../../protobuf/reader.ts";

/**
 * The method `FetchChunks` with responses of the type `Empty`, whose content is kept as unknown fields for
 * {@link fetchedArrow}: a generated decoder would make six objects for each chunk.
 */
export const fetchChunksMethod: DescMethodServerStreaming<typeof FetchChunksRequestSchema, typeof EmptySchema> = {
  ...RerunCloudService.method.fetchChunks,
  output: EmptySchema,
};

/** The field `chunks` of `FetchChunksResponse`. Source: cloud.proto. */
const CHUNKS = 1;
/** Fields of `ArrowMsg`. Source: log_msg.proto. */
const [COMPRESSION, UNCOMPRESSED_SIZE, PAYLOAD] = [2, 3, 5];
const LZ4: number = Compression.LZ4;

/**
 * The chunks of a response of {@link fetchChunksMethod}, each an Arrow IPC stream, decompressed.
 * @throws {RerunError} `INVALID_FORMAT` if one is damaged
 */
export function fetchedArrow(response: Empty): readonly Uint8Array[] {
  const chunks: Uint8Array[] = [];
  try {
    const field: ProtobufField = { number: 0, wireType: 0, start: 0, end: 0 };
    for (const { no, wireType, data } of response.$unknown ?? []) {
      if (no !== CHUNKS || wireType !== WireType.LengthDelimited) continue;
      chunks.push(arrowOf(data, field));
    }
  } catch (error) {
    if (error instanceof RerunError) throw error;
    throw new RerunError("INVALID_FORMAT", "the server sent a chunk that cannot be decoded", { cause: error });
  }
  return chunks;
}

/** @param message an `ArrowMsg` with its length in front of it */
function arrowOf(message: Uint8Array, field: ProtobufField): Uint8Array {
  let compression = 0;
  let size = 0;
  let payload: Uint8Array | undefined;
  let at = 0;
  while ((message[at] ?? 0) >= 0x80) at++;
  for (at++; at < message.length; at = field.end) {
    readField(message, at, message.length, field);
    if (field.number === COMPRESSION) compression = readVarint(message, field.start, field.end);
    else if (field.number === UNCOMPRESSED_SIZE) size = readVarint(message, field.start, field.end);
    else if (field.number === PAYLOAD) payload = message.subarray(field.start, field.end);
  }
  if (payload === undefined) throw new RerunError("INVALID_FORMAT", "the server sent a chunk without data");
  if (compression === LZ4) return lz4Decode(payload, size);
  // Arrow libraries read numbers in place, so they must be aligned.
  return payload.byteOffset % 8 === 0 ? payload : new Uint8Array(payload);
}
