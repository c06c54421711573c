import { RerunError } from "../../errors.ts";
import type { EncodedMessage, StoreId } from "../encode/encoded-message.ts";
import { storeKey } from "../encode/store-id.ts";
import { readManifest } from "./chunk-manifest.ts";
import type { ChunkMessage } from "./messages.ts";
import { decodeRrd } from "./rrd-decoder.ts";
import { moveToStore } from "./move-to-store.ts";
import { decodeStreamHeader } from "./stream-header.ts";

/** How {@link readEncodedMessages} reads. */
export interface ReadEncodedMessagesOptions {
  /** Which store messages of a store are given to. Default: their own. */
  storeOf?: ((storeId: StoreId) => StoreId) | undefined;
}

/**
 * The messages of a whole file as a recording hands them to its sinks, in memory of their own: payloads are copied as
 * they are, with what a footer needs to know. Chunks without rows are left out, and so is the end. A file that is cut
 * off is read up to there.
 *
 * @throws {RerunError} `FORMAT` if it is no recording, or damaged; `UNSUPPORTED` at chunks of a version of Rerun that is
 * too old or too new, or with Arrow types that Rerun's own components do not have
 */
export function readEncodedMessages(bytes: Uint8Array, options?: ReadEncodedMessagesOptions): EncodedMessage[] {
  // A stream that has not begun yet would be no mistake to the decoder.
  decodeStreamHeader(bytes);
  const stores = new Stores(options?.storeOf);
  return decodeRrd(bytes).flatMap((message) => {
    if (message.kind === "end") return [];
    const storeId = stores.of(message.storeId);
    const isMoved = storeKey(storeId) !== storeKey(message.storeId);
    const payload = isMoved ? moveToStore(message.kind, message.payload, storeId) : new Uint8Array(message.payload);
    return message.kind === "chunk"
      ? encodedChunk(message, storeId, payload)
      : [{ kind: message.kind, storeId, payload, isStatic: true }];
  });
}

function encodedChunk(
  message: ChunkMessage,
  storeId: StoreId,
  payload: Uint8Array<ArrayBuffer>,
): readonly EncodedMessage[] {
  const { manifest, chunkId } = describe(message);
  if (manifest.rows === 0) return [];
  return [{ kind: "chunk", storeId, payload, isStatic: manifest.timelines.length === 0, chunkId, manifest }];
}

function describe(message: ChunkMessage): ReturnType<typeof readManifest> {
  try {
    return readManifest(message.readArrow());
  } catch (error) {
    // A view was read beyond its end.
    if (error instanceof RangeError) throw new RerunError("FORMAT", "a chunk is damaged", { cause: error });
    throw error;
  }
}

/** One object for each store, however many messages there are. */
class Stores {
  readonly #byKey = new Map<string, StoreId>();
  readonly #storeOf: (storeId: StoreId) => StoreId;

  constructor(storeOf: ReadEncodedMessagesOptions["storeOf"]) {
    this.#storeOf = storeOf ?? ((storeId) => storeId);
  }

  of(storeId: StoreId): StoreId {
    const key = storeKey(storeId);
    let found = this.#byKey.get(key);
    if (found === undefined) this.#byKey.set(key, (found = this.#storeOf(storeId)));
    return found;
  }
}
