import type { StoreId } from "../encode/encoded-message.ts";
import { storeKey } from "../encode/store-id.ts";
import type { EndMessage, RrdMessage } from "./decode-message.ts";

/** The ids of stores with their application: chunks of Rerun before 0.26 lack it, and the store info has it. */
export class CompleteStoreIds {
  /** By the same ids without the application. */
  readonly #complete = new Map<string, StoreId>();

  /** The id of the store of a message. */
  of({ kind, storeId }: Pick<Exclude<RrdMessage, EndMessage>, "kind" | "storeId">): StoreId {
    if (kind === "storeInfo") this.#complete.set(storeKey({ ...storeId, applicationId: "" }), storeId);
    return (storeId.applicationId === "" ? this.#complete.get(storeKey(storeId)) : undefined) ?? storeId;
  }
}
