import type { DescMethodServerStreaming } from "@bufbuild/protobuf";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { EmptySchema, type Empty } from "@bufbuild/protobuf/wkt";
import { RerunError } from "../../errors.ts";
import {
  MessageProxyService,
  type ReadMessagesRequestSchema,
} from "../../gen/rerun/sdk_comms/v1alpha1/sdk_comms_pb.ts";
import { decodeMessage, type ActivationMessage, type ChunkMessage, type StoreInfoMessage } from "./messages.ts";

/** A message as a server gives it: streams of servers have no end. */
export type ServerMessage = StoreInfoMessage | ChunkMessage | ActivationMessage;

/** The service that viewers and proxies offer, for generated clients. */
export const proxyService: typeof MessageProxyService = MessageProxyService;

/**
 * Its method `ReadMessages`, whose answers are left as bytes: what is empty for the client keeps what it does not know.
 * Decoded whole, the payload of a message would be gone, and its data copied.
 */
export const readMessagesMethod: DescMethodServerStreaming<typeof ReadMessagesRequestSchema, typeof EmptySchema> = {
  ...MessageProxyService.method.readMessages,
  output: EmptySchema,
};

/** The fields of `LogMsg`. Source: log_msg.proto. */
const KINDS = { 1: "storeInfo", 2: "chunk", 3: "activation" } as const;
/** The field `log_msg` of `ReadMessagesResponse`. Source: sdk_comms.proto. */
const LOG_MSG = 1;

/** The message in an answer of {@link readMessagesMethod}; `undefined` if it is of a kind that only a newer Rerun knows. */
export function decodeServerMessage(answer: Empty): ServerMessage | undefined {
  const field = answer.$unknown?.find(({ no }) => no === LOG_MSG);
  if (field === undefined) throw new RerunError("FORMAT", "the server gave an answer without a message");
  const logMsg = new BinaryReader(new BinaryReader(field.data).bytes());
  const [number] = logMsg.tag();
  const kind = KINDS[number as keyof typeof KINDS];
  return kind === undefined ? undefined : (decodeMessage(kind, logMsg.bytes()) as ServerMessage);
}
