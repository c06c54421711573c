import { lz4Decode } from "../../compress/lz4-decode.ts";
import { Compression, type DataframePart } from "../../gen/rerun/common/v1alpha1/common_pb.ts";

/**
 * The Arrow IPC stream of a table in a message, decompressed. @throws {RerunError} `INVALID_FORMAT` if it is damaged
 */
export function readDataframePart(part: DataframePart | undefined): Uint8Array {
  const payload = part?.payload ?? new Uint8Array(0);
  return part?.compression === Compression.LZ4 ? lz4Decode(payload, Number(part.uncompressedSize)) : payload;
}
