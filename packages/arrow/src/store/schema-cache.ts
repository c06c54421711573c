import { RerunError } from "@rerun-ts/core";
import { checkChunkVersion, ChunkSchemas, type IpcMessage } from "@rerun-ts/core/rrd";
import type { Schema } from "apache-arrow";
import { readSchema } from "../ipc/read-schema.ts";
import { chunkIdOfDigits } from "./chunk-id-text.ts";
import { migrateSchema } from "./migrate-schema.ts";
import type { SharedFields } from "./shared-fields.ts";

/** A chunk's schema, with the id in it. */
export interface CachedSchema {
  readonly schema: Schema;
  readonly id: string;
}

/** A cache of the schemas of chunks, each of which is read once. */
export class SchemaCache {
  readonly #schemas: ChunkSchemas<Schema>;

  /** @param fields makes equal fields of different schemas the same objects. Default: they are different ones */
  constructor(fields?: Pick<SharedFields, "share">) {
    this.#schemas = new ChunkSchemas((message) => {
      const { contents, id } = readChunkSchema(message);
      return { contents: fields?.share(contents) ?? contents, id };
    });
  }

  /**
   * The schema of a message.
   * @throws {RerunError} `INVALID_FORMAT` or `UNSUPPORTED` if the schema is not that of a chunk
   */
  read(message: IpcMessage): CachedSchema {
    const { contents, digits } = this.#schemas.get(message);
    return { schema: contents, id: chunkIdOfDigits(digits) };
  }
}

function readChunkSchema({ header }: IpcMessage): { readonly contents: Schema; readonly id: string } {
  const schema = migrateSchema(readSchema(header));
  checkChunkVersion(schema.metadata.get("sorbet:version"), Infinity);
  const id = /^(?:chunk_)?([0-9A-Fa-f]{32})$/.exec(schema.metadata.get("rerun:id") ?? "")?.[1];
  if (id === undefined) throw new RerunError("INVALID_FORMAT", "a chunk has no id");
  if (!schema.metadata.has("rerun:entity_path")) throw new RerunError("INVALID_FORMAT", "a chunk has no entity path");
  return { contents: schema, id };
}
