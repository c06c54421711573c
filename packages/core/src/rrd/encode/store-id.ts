import type { StoreId } from "./encoded-message.ts";
import { ProtobufWriter } from "../../protobuf/writer.ts";

/** Encodes `rerun.common.v1alpha1.StoreId`. */
export function encodeStoreId({ kind, recordingId, applicationId }: StoreId): Uint8Array<ArrayBuffer> {
  const application = new ProtobufWriter().string(1, applicationId).finish();
  return new ProtobufWriter()
    .uint(1, kind === "recording" ? 1 : 2)
    .string(2, recordingId)
    .bytes(3, application)
    .finish();
}

/** A string that is equal for equal stores only. */
export function storeKey({ kind, recordingId, applicationId }: StoreId): string {
  return `${kind}\0${applicationId}\0${recordingId}`;
}
