import type { EncodedMessage, StoreId } from "../encode/encoded-message.ts";
import { storeKey } from "../encode/store-id.ts";
import { CompleteStoreIds } from "./complete-store-ids.ts";
import { ManifestReader } from "./read-chunk-manifest.ts";
import type { RrdMessage } from "./decode-message.ts";
import { decodeRrd } from "./rrd-decoder.ts";
import { withStoreId } from "./with-store-id.ts";
import { decodeStreamHeader } from "./decode-stream-header.ts";

/** Options of {@link readEncodedMessages}. */
export interface ReadEncodedMessagesOptions {
  /** Returns the store that receives the messages of a store. Called once per store. Default: the same store. */
  storeOf?: ((storeId: StoreId) => StoreId) | undefined;
}

/**
 * Reads a complete `.rrd` as messages for the sinks of a recording.
 *
 * Payloads are copied unchanged, still compressed, unless they move to another store. Only the manifest of each chunk
 * is read from its data. The messages do not refer to `bytes`. Chunks without rows and the end of the stream are left
 * out, and a truncated file is read up to its last complete message.
 *
 * @throws {RerunError} `INVALID_FORMAT` if it is not a recording or damaged, `UNSUPPORTED` if a chunk has an unknown
 * version, or Arrow types unknown to Rerun's components
 */
export function readEncodedMessages(bytes: Uint8Array, options?: ReadEncodedMessagesOptions): EncodedMessage[] {
  const encode = messageEncoder(options);
  return decodeFile(bytes).flatMap(encode);
}

/** Reads the messages of a file, which has a complete header. */
export function decodeFile(bytes: Uint8Array): RrdMessage[] {
  // The decoder would accept an incomplete one as the beginning of a stream.
  decodeStreamHeader(bytes);
  return decodeRrd(bytes);
}

/**
 * Returns a function that encodes messages of a stream for the sinks of a recording. {@link readEncodedMessages} does
 * the same for a whole recording.
 */
export function messageEncoder(
  options?: ReadEncodedMessagesOptions,
): (message: RrdMessage) => readonly EncodedMessage[] {
  const stores = new Stores(options?.storeOf);
  const manifests = new ManifestReader();
  return (message) => encodedMessages(message, stores, manifests);
}

function encodedMessages(message: RrdMessage, stores: Stores, manifests: ManifestReader): readonly EncodedMessage[] {
  if (message.kind === "end") return [];
  const storeId = stores.of(message);
  const isMoved = storeKey(storeId) !== storeKey(message.storeId);
  const payload = isMoved ? withStoreId(message.kind, message.payload, storeId) : new Uint8Array(message.payload);
  if (message.kind !== "chunk") return [{ kind: message.kind, storeId, payload, isStatic: true }];
  const { manifest, chunkId } = manifests.read(message.readArrow());
  if (manifest.rows === 0) return [];
  return [{ kind: "chunk", storeId, payload, isStatic: manifest.timelines.length === 0, chunkId, manifest }];
}

/** The stores of the messages. All messages of a store share one object. */
class Stores {
  readonly #byKey = new Map<string, StoreId>();
  readonly #complete = new CompleteStoreIds();
  readonly #storeOf: (storeId: StoreId) => StoreId;

  constructor(storeOf: ReadEncodedMessagesOptions["storeOf"]) {
    this.#storeOf = storeOf ?? ((storeId) => storeId);
  }

  of(message: Exclude<RrdMessage, { kind: "end" }>): StoreId {
    const storeId = this.#complete.of(message);
    const key = storeKey(storeId);
    let found = this.#byKey.get(key);
    if (found === undefined) this.#byKey.set(key, (found = this.#storeOf(storeId)));
    return found;
  }
}
