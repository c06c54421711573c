import { create, createFileRegistry, fromBinary, toBinary, type DescMessage } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

/** A message type, to encode messages. */
export interface MessageEncoder {
  /** The file descriptor set that describes it. */
  readonly schema: Uint8Array;
  encode(fields: Readonly<Record<string, unknown>>): Uint8Array;
}

/** The encoder of a message type that a file descriptor set in Base64 describes. */
export function protobufEncoder(name: string, base64: string): MessageEncoder {
  const text = atob(base64);
  const schema = Uint8Array.from(text, (character) => character.charCodeAt(0));
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, schema));
  const message = registry.getMessage(name) as DescMessage;
  return { schema, encode: (fields) => toBinary(message, create(message, fields as never)) };
}
