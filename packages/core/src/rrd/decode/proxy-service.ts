import type { DescMethodServerStreaming } from "@bufbuild/protobuf";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { EmptySchema, type Empty } from "@bufbuild/protobuf/wkt";
import { RerunError } from "../../errors/rerun-error.ts";
import {
  MessageProxyService,
  type ReadMessagesRequestSchema,
} from "../../gen/rerun/sdk_comms/v1alpha1/sdk_comms_pb.ts";
import { decodeMessage, type ActivationMessage, type ChunkMessage, type StoreInfoMessage } from "./decode-message.ts";

/** A message from a server. Its streams have no end message. */
export type ServerMessage = StoreInfoMessage | ChunkMessage | ActivationMessage;

/** The service of viewers and proxies, for generated clients. */
export const proxyService: typeof MessageProxyService = MessageProxyService;

/**
 * The service's method `ReadMessages` with responses of the type `Empty`. Protobuf stores their content as unknown
 * fields, for {@link decodeServerMessage}. If the client decoded the responses, payloads would be lost and their data
 * copied.
 */
export const readMessagesMethod: DescMethodServerStreaming<typeof ReadMessagesRequestSchema, typeof EmptySchema> = {
  ...MessageProxyService.method.readMessages,
  output: EmptySchema,
};

/** The fields of `LogMsg`. Source: log_msg.proto. */
const KINDS = { 1: "storeInfo", 2: "chunk", 3: "activation" } as const;
/** The field `log_msg` of `ReadMessagesResponse`. Source: sdk_comms.proto. */
const LOG_MSG = 1;

/**
 * Decodes the message in a response of {@link readMessagesMethod}. Returns `undefined` for a kind of a newer version of
 * Rerun.
 * @throws {RerunError} `INVALID_FORMAT` if the response has no message, or a damaged one
 */
export function decodeServerMessage(response: Empty): ServerMessage | undefined {
  const field = response.$unknown?.find(({ no }) => no === LOG_MSG);
  if (field === undefined) throw new RerunError("INVALID_FORMAT", "the server sent a response without a message");
  const logMsg = new BinaryReader(new BinaryReader(field.data).bytes());
  const [number] = logMsg.tag();
  const kind = KINDS[number as keyof typeof KINDS];
  return kind === undefined ? undefined : (decodeMessage(kind, logMsg.bytes()) as ServerMessage);
}
