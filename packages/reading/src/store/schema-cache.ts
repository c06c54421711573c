import { RerunError } from "@rerun-ts/core";
import {
  checkChunkVersion,
  ChunkSchemas,
  SchemaTemplates,
  type IpcMessage,
  type ReadChunkSchema,
} from "@rerun-ts/core/rrd";
import { DataType, Schema, type Field } from "apache-arrow";
import { childFieldsOf } from "../arrays/layout.ts";
import { storedForm } from "../arrays/stored-types.ts";
import { readSchema } from "../ipc/read-schema.ts";
import { chunkIdOfDigits } from "./chunk-id-text.ts";
import { modernSchema, type ModernSchema } from "./migrate-schema.ts";
import type { SharedFields } from "./shared-fields.ts";

const PATH = "rerun:entity_path";

/** A chunk's schema, with the id in it. */
export interface CachedSchema extends ModernSchema {
  readonly id: string;
}

/** A cache of the schemas of chunks, each of which is read once. */
export class SchemaCache {
  readonly #schemas: ChunkSchemas<ModernSchema>;

  /** @param fields makes equal fields of different schemas the same objects. Default: they are different ones */
  constructor(fields?: Pick<SharedFields, "share">) {
    const share = (schema: Schema): Schema => fields?.share(schema) ?? schema;
    this.#schemas = new ChunkSchemas((message) => {
      const { contents, id, path } = readChunkSchema(message);
      const { schema, modern } = contents;
      if (modern === undefined) return { contents: { schema: share(schema) }, id, path };
      return { contents: { schema, modern: { ...modern, schema: share(modern.schema) } }, id };
    }, new SchemaTemplates(withPath));
  }

  /**
   * The schema of a message.
   * @throws {RerunError} `INVALID_FORMAT` or `UNSUPPORTED` if the schema is not that of a chunk
   */
  read(message: IpcMessage): CachedSchema {
    const { contents, digits } = this.#schemas.get(message);
    return { ...contents, id: chunkIdOfDigits(digits) };
  }
}

/** A schema with the same fields for another entity. */
function withPath({ schema }: ModernSchema, path: string): ModernSchema {
  const { fields, metadata, dictionaries, metadataVersion } = schema;
  return { schema: new Schema(fields, new Map(metadata).set(PATH, path), dictionaries, metadataVersion) };
}

function readChunkSchema({ header }: IpcMessage): ReadChunkSchema<ModernSchema> {
  const contents = modernSchema(readSchema(header));
  const schema = contents.modern?.schema ?? contents.schema;
  checkChunkVersion(schema.metadata, Infinity);
  const id = /^(?:chunk_)?([0-9A-Fa-f]{32})$/.exec(schema.metadata.get("rerun:id") ?? "")?.[1];
  if (id === undefined) throw new RerunError("INVALID_FORMAT", "a chunk has no id");
  const path = schema.metadata.get(PATH);
  if (path === undefined) throw new RerunError("INVALID_FORMAT", "a chunk has no entity path");
  return { contents, id, path: isOnlyText(schema, path) ? path : undefined };
}

/** Whether a text is certainly that of one value of a schema's metadata, and no other: flatbuffers may share texts. */
function isOnlyText({ fields, metadata }: Schema, text: string): boolean {
  const texts = [...metadata].flat();
  const pending: Field[] = [...fields];
  for (let field = pending.pop(); field !== undefined; field = pending.pop()) {
    const type = field.type as DataType;
    // The schema does not have all of their texts.
    if (DataType.isDictionary(type) || storedForm(type) !== undefined) return false;
    if (DataType.isTimestamp(type)) texts.push(type.timezone ?? "");
    texts.push(field.name, ...[...field.metadata].flat());
    pending.push(...childFieldsOf(type));
  }
  return texts.filter((one) => one === text).length === 1;
}
