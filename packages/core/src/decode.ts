// A separate entry point, so that programs that only write do not load the decoder.
export { messageEncoder, readEncodedMessages, type ReadEncodedMessagesOptions } from "./rrd/decode/encoded-messages.ts";
export { readEncodedMessagesInTurns } from "./rrd/decode/read-in-turns.ts";
export { RrdDecoder, decodeRrd } from "./rrd/decode/rrd-decoder.ts";
export type {
  ActivationMessage,
  ChunkMessage,
  EndMessage,
  RrdMessage,
  StoreInfoMessage,
} from "./rrd/decode/decode-message.ts";
export {
  decodeServerMessage,
  proxyService,
  readMessagesMethod,
  type ServerMessage,
} from "./rrd/decode/proxy-service.ts";
