import { concatBytes } from "../../bytes/concat-bytes.ts";
import { ProtobufError, readField, type ProtobufField } from "../../protobuf/reader.ts";
import { LENGTH_DELIMITED } from "../../protobuf/varint.ts";
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
  try {
    return REPLACERS[kind](payload, encodeStoreId(storeId));
  } catch (error) {
    if (error instanceof RerunError) throw error;
    throw new RerunError("INVALID_FORMAT", `a ${kind} message cannot be decoded`, { cause: error });
  }
}

/** The fields `ArrowMsg.store_id` and `BlueprintActivationCommand.blueprint_id`. Source: log_msg.proto. */
const STORE_ID = 1;
/** The fields `SetStoreInfo.info` and `StoreInfo.store_id`. Source: log_msg.proto. */
const [INFO, STORE_ID_OF_INFO] = [2, 2];

const REPLACERS: Readonly<
  Record<EncodedMessage["kind"], (payload: Uint8Array, storeId: Uint8Array) => Uint8Array<ArrayBuffer>>
> = {
  chunk: (payload, storeId) => replaced(payload, STORE_ID, storeId),
  activation: (payload, storeId) => replaced(payload, STORE_ID, storeId),
  storeInfo(payload, storeId) {
    const infos = divided(payload, INFO).values;
    if (infos.length === 0) throw new RerunError("INVALID_FORMAT", "a message has no store id");
    return replaced(payload, INFO, replaced(concatBytes(infos), STORE_ID_OF_INFO, storeId));
  },
};

/** A copy of a message with another value of a field, and all other fields as they are: a payload is large. */
function replaced(message: Uint8Array, number: number, value: Uint8Array): Uint8Array<ArrayBuffer> {
  const { before, after } = divided(message, number);
  return concatBytes([...before, new ProtobufWriter().bytes(number, value).finish(), ...after]);
}

/** The values of a field, and the bytes before the first of them, and between and after them. */
function divided(
  message: Uint8Array,
  number: number,
): { readonly before: readonly Uint8Array[]; readonly after: readonly Uint8Array[]; readonly values: Uint8Array[] } {
  const [before, after, values]: [Uint8Array[], Uint8Array[], Uint8Array[]] = [[], [], []];
  const field: ProtobufField = { number: 0, wireType: 0, start: 0, end: 0 };
  let from = 0;
  for (let at = 0; at < message.byteLength; at = field.end) {
    readField(message, at, message.byteLength, field);
    if (field.number !== number) continue;
    if (field.wireType !== LENGTH_DELIMITED) throw new ProtobufError(`the field ${number} is not a message`);
    (values.length === 0 ? before : after).push(message.subarray(from, at));
    values.push(message.subarray(field.start, field.end));
    from = field.end;
  }
  after.push(message.subarray(from));
  return { before, after, values };
}
