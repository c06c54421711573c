import type { EncodedMessage, StoreId } from "./encoded-message.ts";
import { ProtobufWriter } from "../../protobuf/writer.ts";
import { encodeStoreId } from "./store-id.ts";

/** The instructions for viewers once a blueprint is complete. */
export interface BlueprintActivation {
  /** Whether viewers show the blueprint now. */
  readonly makeActive: boolean;
  /** Whether viewers show the blueprint if they have no saved one for the application. */
  readonly makeDefault: boolean;
}

/** The message that ends a blueprint: `rerun.log_msg.v1alpha1.BlueprintActivationCommand`. */
export function encodeBlueprintActivation(
  storeId: StoreId,
  { makeActive, makeDefault }: BlueprintActivation,
): EncodedMessage {
  const payload = new ProtobufWriter()
    .bytes(1, encodeStoreId(storeId))
    .uint(2, makeActive ? 1 : 0)
    .uint(3, makeDefault ? 1 : 0)
    .finish();
  return { kind: "activation", storeId, payload, isStatic: true };
}
