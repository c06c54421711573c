import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { StoreIdSchema, StoreKind, type StoreId as ProtoStoreId } from "../../gen/rerun/common/v1alpha1/common_pb.ts";
import { BlueprintActivationCommandSchema, SetStoreInfoSchema } from "../../gen/rerun/log_msg/v1alpha1/log_msg_pb.ts";
import { concatBytes } from "../../bytes/concat-bytes.ts";
import { readField, type ProtobufField } from "../../protobuf/reader.ts";
import { ProtobufWriter } from "../../protobuf/writer.ts";
import { RerunError } from "../../errors/rerun-error.ts";
import type { EncodedMessage, StoreId } from "../encode/encoded-message.ts";
import { encodeStoreId } from "../encode/store-id.ts";

/** Copies a message to another store. @throws {RerunError} `INVALID_FORMAT` if it is damaged */
export function withStoreId(
  kind: EncodedMessage["kind"],
  payload: Uint8Array,
  storeId: StoreId,
): Uint8Array<ArrayBuffer> {
  if (kind !== "chunk") return REPLACERS[kind](payload, toProto(storeId));
  try {
    return chunkOf(payload, storeId);
  } catch (error) {
    throw new RerunError("INVALID_FORMAT", "a chunk message cannot be decoded", { cause: error });
  }
}

/** `ArrowMsg.store_id`. */
const STORE_ID = 1;

/** Copies all fields but the store, as bytes: the payload is large. */
function chunkOf(payload: Uint8Array, storeId: StoreId): Uint8Array<ArrayBuffer> {
  const pieces = [new ProtobufWriter().bytes(STORE_ID, encodeStoreId(storeId)).finish()];
  const field: ProtobufField = { number: 0, wireType: 0, start: 0, end: 0 };
  let from = 0;
  for (let at = 0; at < payload.byteLength; at = field.end) {
    readField(payload, at, payload.byteLength, field);
    if (field.number !== STORE_ID) continue;
    if (at > from) pieces.push(payload.subarray(from, at) as Uint8Array<ArrayBuffer>);
    from = field.end;
  }
  return concatBytes([...pieces, payload.subarray(from)]);
}

const REPLACERS: Readonly<
  Record<
    Exclude<EncodedMessage["kind"], "chunk">,
    (payload: Uint8Array, storeId: ProtoStoreId) => Uint8Array<ArrayBuffer>
  >
> = {
  storeInfo(payload, storeId) {
    const message = fromBinary(SetStoreInfoSchema, payload);
    if (message.info === undefined) throw new RerunError("INVALID_FORMAT", "a message has no store id");
    message.info.storeId = storeId;
    return toBinary(SetStoreInfoSchema, message);
  },
  activation(payload, storeId) {
    const message = fromBinary(BlueprintActivationCommandSchema, payload);
    return toBinary(BlueprintActivationCommandSchema, { ...message, blueprintId: storeId });
  },
};

function toProto({ kind, applicationId, recordingId }: StoreId): ProtoStoreId {
  return create(StoreIdSchema, {
    kind: kind === "recording" ? StoreKind.RECORDING : StoreKind.BLUEPRINT,
    recordingId,
    applicationId: { id: applicationId },
  });
}
