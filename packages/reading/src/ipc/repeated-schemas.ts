import type { IpcMessage } from "@rerun-ts/core/rrd";
import type { Schema } from "apache-arrow";
import { readSchema } from "./read-schema.ts";

/** Reads the schemas of consecutive tables. A schema with the same bytes as the previous one is not read again. */
export class RepeatedSchemas {
  #last: { readonly metadata: Uint8Array; readonly schema: Schema } | undefined;

  /** The schema of a message: the same object as before for the same bytes. */
  readonly read = ({ metadata, header }: IpcMessage): Schema => {
    const last = this.#last;
    const isSame =
      last?.metadata.length === metadata.length && metadata.every((byte, index) => byte === last.metadata[index]);
    if (isSame) return last.schema;
    const schema = readSchema(header);
    this.#last = { metadata: metadata.slice(), schema };
    return schema;
  };
}
