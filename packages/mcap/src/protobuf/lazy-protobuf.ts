import { RerunError } from "@rerun-ts/core";
import type { MessageColumns } from "../columns/message-columns.ts";
import type { McapChannel } from "../file/records.ts";

let columns: ((name: string, schema: Uint8Array) => MessageColumns) | undefined;

/** Loads the protobuf library before the first channel that needs it. Most files have none. */
export async function loadProtobufFor({ messageEncoding }: McapChannel): Promise<void> {
  if (messageEncoding === "protobuf") ({ protobufColumns: columns } = await import("./protobuf-columns.ts"));
}

/**
 * Columns for the messages of a protobuf schema: a file descriptor set, and the full name of the message.
 * @throws {RerunError} `UNSUPPORTED` if the schema does not describe the message
 */
export function lateProtobufColumns(name: string, schema: Uint8Array): MessageColumns {
  if (columns === undefined) throw new RerunError("INTERNAL", "the protobuf library is not loaded");
  return columns(name, schema);
}
