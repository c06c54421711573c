import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { StoreIdSchema, StoreKind, type StoreId as ProtoStoreId } from "../../gen/rerun/common/v1alpha1/common_pb.ts";
import {
  ArrowMsgSchema,
  BlueprintActivationCommandSchema,
  SetStoreInfoSchema,
} from "../../gen/rerun/log_msg/v1alpha1/log_msg_pb.ts";
import { RerunError } from "../../errors/rerun-error.ts";
import type { EncodedMessage, StoreId } from "../encode/encoded-message.ts";

/** Copies a message to another store. @throws {RerunError} `INVALID_FORMAT` if it is damaged */
export function withStoreId(
  kind: EncodedMessage["kind"],
  payload: Uint8Array,
  storeId: StoreId,
): Uint8Array<ArrayBuffer> {
  return REPLACERS[kind](payload, toProto(storeId));
}

const REPLACERS: Readonly<
  Record<EncodedMessage["kind"], (payload: Uint8Array, storeId: ProtoStoreId) => Uint8Array<ArrayBuffer>>
> = {
  storeInfo(payload, storeId) {
    const message = fromBinary(SetStoreInfoSchema, payload);
    if (message.info === undefined) throw new RerunError("INVALID_FORMAT", "a message has no store id");
    message.info.storeId = storeId;
    return toBinary(SetStoreInfoSchema, message);
  },
  chunk(payload, storeId) {
    return toBinary(ArrowMsgSchema, { ...fromBinary(ArrowMsgSchema, payload), storeId });
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
