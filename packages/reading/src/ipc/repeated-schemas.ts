import type { IpcMessage } from "@rerun-ts/core/rrd";
import type { Schema } from "apache-arrow";
import { equalBytes } from "../arrays/equal-bytes.ts";
import { readSchema } from "./read-schema.ts";

/** Reads the schemas of consecutive tables. A schema with the same bytes as the previous one is not read again. */
export class RepeatedSchemas {
  readonly #maxBytes: number;
  #last: { readonly metadata: Uint8Array; readonly schema: Schema } | undefined;

  /** @param maxBytes the largest schema that is remembered. Default: any */
  constructor(maxBytes: number = Infinity) {
    this.#maxBytes = maxBytes;
  }

  /** The schema of a message: the same object as before for the same bytes. */
  readonly read = ({ metadata, header }: IpcMessage): Schema => {
    const last = this.#last;
    if (last !== undefined && equalBytes(metadata, last.metadata)) return last.schema;
    const schema = readSchema(header);
    if (metadata.byteLength <= this.#maxBytes) this.#last = { metadata: metadata.slice(), schema };
    return schema;
  };
}
