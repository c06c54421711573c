import { lz4Decode } from "../../compress/lz4-decode.ts";
import type { Compression, DataframePart, EncoderVersion } from "../../gen/rerun/common/v1alpha1/common_pb.ts";
import { COMPRESSION_LZ4, type StoredTable } from "./stored-messages.ts";

/** `ENCODER_VERSION_V0` of `rerun.common.v1alpha1.EncoderVersion`. */
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the enumeration would load a protobuf library
const V0 = 1 as EncoderVersion.V0;
/** `COMPRESSION_NONE` of `rerun.common.v1alpha1.Compression`. */
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the enumeration would load a protobuf library
const NONE = 1 as Compression.NONE;

/** The fields of a message with a table, an Arrow IPC stream. Rerun rejects messages without a version. */
export function dataframePart(
  payload: Uint8Array<ArrayBuffer>,
): Pick<DataframePart, "encoderVersion" | "payload" | "compression" | "uncompressedSize"> {
  const { byteLength } = payload;
  return { encoderVersion: V0, payload, compression: NONE, uncompressedSize: BigInt(byteLength) };
}

/**
 * The Arrow IPC stream of a table in a message, decompressed. @throws {RerunError} `INVALID_FORMAT` if it is damaged
 */
export function readDataframePart(part: StoredTable | undefined): Uint8Array {
  const payload = part?.payload ?? new Uint8Array(0);
  return part?.compression === COMPRESSION_LZ4 ? lz4Decode(payload, Number(part.uncompressedSize)) : payload;
}
