import { RerunError } from "@rerun-ts/core";
import type { Schema } from "apache-arrow";
import type { IpcMessage } from "@rerun-ts/core/rrd";
import { readSchema } from "../ipc/read-schema.ts";
import { chunkIdOfDigits } from "./chunk-id-text.ts";
import { migrateSchema } from "./migrate-schema.ts";

/** A chunk's schema, and the id that is in it. */
export interface CachedSchema {
  readonly schema: Schema;
  readonly id: string;
}

/** Beginning of an id as a string of a flatbuffer, with its length before it, and the length of all of it. */
const ID_START = "&\0\0\0chunk_";
const ID_LENGTH = 43;
/** The digits of an id. */
const DIGITS = 32;
const MAX_SCHEMAS = 10_000;

/**
 * The schemas of chunks, which mostly differ in nothing but the chunk's id: each other schema is read once. That is
 * most of the work for small chunks.
 */
export class SchemaCache {
  readonly #schemas = new Map<string, Schema>();

  /** The schema of a message. @throws {RerunError} `INVALID_FORMAT` or `UNSUPPORTED` if it is none of a chunk */
  read({ header, metadata }: IpcMessage): CachedSchema {
    const text = latin1.decode(metadata);
    const start = text.indexOf(ID_START);
    const written =
      start < 0 ? undefined : /^[0-9A-Fa-f]{32}$/.exec(text.slice(start + ID_START.length, start + 42))?.[0];
    const key = written === undefined ? text : text.slice(0, start) + text.slice(start + ID_LENGTH);
    const known = written === undefined ? undefined : this.#schemas.get(key);
    const at = start + ID_START.length;
    if (known !== undefined) return { schema: known, id: chunkIdOfDigits(metadata.subarray(at, at + DIGITS)) };
    const schema = migrateSchema(readSchema(header));
    checkVersion(schema.metadata.get("sorbet:version"));
    const id = /^(?:chunk_)?([0-9A-Fa-f]{32})$/.exec(schema.metadata.get("rerun:id") ?? "")?.[1];
    if (id === undefined) throw new RerunError("INVALID_FORMAT", "a chunk has no id");
    if (!schema.metadata.has("rerun:entity_path")) throw new RerunError("INVALID_FORMAT", "a chunk has no entity path");
    if (id === written && this.#schemas.size < MAX_SCHEMAS) this.#schemas.set(key, schema);
    return { schema, id: chunkIdOfDigits(new TextEncoder().encode(id)) };
  }
}

const latin1 = /* @__PURE__ */ new TextDecoder("latin1");

/** Accepts the chunk formats that Rerun has read since 0.24 without a migration. */
function checkVersion(version: string | undefined): void {
  if (version !== undefined && /^0\.1\.\d+$/.test(version)) return;
  const origin = version === undefined ? "by a Rerun before 0.24" : `in version ${version} of the chunk format`;
  throw new RerunError("UNSUPPORTED", `a chunk was written ${origin}; migrate the file with \`rerun rrd migrate\``);
}
