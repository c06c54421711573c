import { RerunError } from "@rerun-ts/core";
import { createFileRegistry, fromBinary, type DescMessage } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import type { MessageColumns } from "../columns/message-columns.ts";
import { MessageReader } from "./message-reader.ts";

/**
 * Columns for the messages of a protobuf schema: a file descriptor set, and the full name of the message.
 * @throws {RerunError} `UNSUPPORTED` if the schema does not describe the message
 */
export function protobufColumns(name: string, schema: Uint8Array): MessageColumns {
  const reader = new MessageReader(findMessage(name, schema));
  return { rows: reader.column, push: (bytes, start, end) => reader.read(bytes, start, end) };
}

function findMessage(name: string, schema: Uint8Array): DescMessage {
  let message: DescMessage | undefined;
  try {
    message = createFileRegistry(fromBinary(FileDescriptorSetSchema, schema)).getMessage(name);
  } catch (error) {
    throw new RerunError("UNSUPPORTED", "the schema is not a protobuf file descriptor set", { cause: error });
  }
  if (message === undefined) throw new RerunError("UNSUPPORTED", `the schema does not describe the message ${name}`);
  return message;
}
