import type { EncodedMessage, StoreId } from "../encode/encoded-message.ts";
import type { ManifestReader } from "./read-chunk-manifest.ts";
import type { EndMessage, RrdMessage } from "./decode-message.ts";

/**
 * A message that was read, as `RrdWriter.frame` needs it for the footer. Its payload is not copied. A chunk without
 * rows is in the file, but not in the footer.
 *
 * @param storeId the id of its store, with the application. Default: the id in the message
 * @throws {RerunError} `INVALID_FORMAT` if a chunk is damaged, `UNSUPPORTED` if a footer cannot describe it
 */
export function footerEntry(
  message: Exclude<RrdMessage, EndMessage>,
  manifests: ManifestReader,
  storeId: StoreId = message.storeId,
): EncodedMessage {
  const { kind } = message;
  const payload = message.payload as Uint8Array<ArrayBuffer>;
  if (kind !== "chunk") return { kind, storeId, payload, isStatic: true };
  const { chunkId, manifest } = manifests.read(message.readArrow());
  const isStatic = manifest.timelines.length === 0;
  if (manifest.rows === 0) return { kind, storeId, payload, isStatic };
  return { kind, storeId, payload, isStatic, chunkId, manifest };
}
