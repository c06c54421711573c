import { MESSAGE_KINDS } from "../encode/message-frame.ts";

/** The header of a message. */
export interface MessageFrame {
  readonly kind: keyof typeof MESSAGE_KINDS;
  /** The length of the payload in bytes. */
  readonly length: number;
}

/** All of Rerun's tools reject longer messages. */
const MAX_LENGTH = 16 * 1024 ** 3;
const NAMES = Object.entries(MESSAGE_KINDS) as [MessageFrame["kind"], number][];

/** Decodes the header of a message. Returns `undefined` if the bytes are no such header. */
export function decodeMessageFrame(bytes: Uint8Array): MessageFrame | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const number = view.getBigUint64(0, true);
  const length = view.getBigUint64(8, true);
  const kind = NAMES.find(([, value]) => BigInt(value) === number)?.[0];
  return kind === undefined || length > BigInt(MAX_LENGTH) ? undefined : { kind, length: Number(length) };
}
