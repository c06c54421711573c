import { lz4Decode } from "../../compress/lz4-decode.ts";
import { Compression, EncoderVersion, type DataframePart } from "../../gen/rerun/common/v1alpha1/common_pb.ts";

/** The fields of a message with a table, an Arrow IPC stream. Rerun rejects messages without a version. */
export function dataframePart(
  payload: Uint8Array<ArrayBuffer>,
): Pick<DataframePart, "encoderVersion" | "payload" | "compression" | "uncompressedSize"> {
  const { byteLength } = payload;
  const uncompressedSize = BigInt(byteLength);
  return { encoderVersion: EncoderVersion.V0, payload, compression: Compression.NONE, uncompressedSize };
}

/**
 * The Arrow IPC stream of a table in a message, decompressed. @throws {RerunError} `INVALID_FORMAT` if it is damaged
 */
export function readDataframePart(part: DataframePart | undefined): Uint8Array {
  const payload = part?.payload ?? new Uint8Array(0);
  return part?.compression === Compression.LZ4 ? lz4Decode(payload, Number(part.uncompressedSize)) : payload;
}
