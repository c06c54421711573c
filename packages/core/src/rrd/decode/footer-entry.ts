import type { EncodedMessage } from "../encode/encoded-message.ts";
import type { ManifestReader } from "./chunk-manifest.ts";
import type { EndMessage, RrdMessage } from "./decode-message.ts";

/**
 * A message that was read, as `RrdWriter.frame` needs it for the footer. Its payload is not copied. A chunk without
 * rows is in the file, but not in the footer.
 *
 * @throws {RerunError} `INVALID_FORMAT` if a chunk is damaged, `UNSUPPORTED` if a footer cannot describe it
 */
export function footerEntry(message: Exclude<RrdMessage, EndMessage>, manifests: ManifestReader): EncodedMessage {
  const { kind, storeId } = message;
  const payload = message.payload as Uint8Array<ArrayBuffer>;
  if (kind !== "chunk") return { kind, storeId, payload, isStatic: true };
  const { chunkId, manifest } = manifests.read(message.readArrow());
  const isStatic = manifest.timelines.length === 0;
  if (manifest.rows === 0) return { kind, storeId, payload, isStatic };
  return { kind, storeId, payload, isStatic, chunkId, manifest };
}
