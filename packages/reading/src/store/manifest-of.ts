import { arrowOf } from "./stream-of.ts";
import { RerunError } from "@rerun-ts/core";
import {
  parseChunkId,
  readChunkLayout,
  readChunkManifest,
  type ManifestLayout,
  type ManifestEntry,
} from "@rerun-ts/core/rrd";
import type { Field } from "apache-arrow";
import type { ChunkData } from "./chunk-data.ts";

/** The key of the version of a chunk, which decides whether footers can describe it. */
const VERSION = "sorbet:version";

/** A schema in core's form. Only its path is that of another entity. */
interface KnownLayout {
  readonly version: string | undefined;
  readonly layout: ManifestLayout;
}

/** Schemas in core's form, by the fields that chunks share, also those of different entities. */
const layouts = new WeakMap<readonly Field[], KnownLayout>();

/**
 * The entry of a chunk in a footer.
 * @throws {RerunError} `INVALID_FORMAT` if the chunk is damaged, `UNSUPPORTED` at a type that components cannot have
 */
export function manifestOf(chunk: ChunkData): ManifestEntry {
  const { schema, id, entityPath } = chunk;
  const manifest = readChunkManifest(arrowOf(chunk), (message) => {
    const version = schema.metadata.get(VERSION);
    const known = layouts.get(schema.fields);
    if (known !== undefined && known.version === version) return known.layout;
    const layout = readChunkLayout(message);
    layouts.set(schema.fields, { version, layout });
    return layout;
  });
  return { chunkId: parseChunkId(`chunk_${id}`), manifest: { ...manifest, entityPath } };
}

/** The entry of a chunk in a footer, or `undefined` if a column has a type that our footers cannot describe. */
export function manifestIfPossible(chunk: ChunkData): ManifestEntry | undefined {
  try {
    return manifestOf(chunk);
  } catch (error) {
    if (error instanceof RerunError && error.code === "UNSUPPORTED") return undefined;
    throw error;
  }
}
