import type { ActivationMessage, ChunkMessage, StoreInfoMessage } from "@rerun-ts/core/decode";
import type { StoreId } from "@rerun-ts/core";
import type { ManifestEntry } from "@rerun-ts/core/rrd";
import type { ChunkData } from "../store/chunk-data.ts";

/** A message of a source, checked as far as a loader would. */
export interface ToolMessage {
  readonly message: StoreInfoMessage | ChunkMessage | ActivationMessage;
  readonly storeId: StoreId;
  /** Chunks: their rows. */
  readonly chunk?: ChunkData;
  /** For chunks, the facts for a footer. `undefined` if a column has a type that our footers cannot describe. */
  readonly described?: ManifestEntry | undefined;
  /** The position of the source in the list of sources. */
  readonly source: number;
  /** Offset and length of the payload in the source. */
  readonly place?: { readonly offset: number; readonly length: number };
}
