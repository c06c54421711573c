import { MESSAGE_KINDS } from "../encode/message-frame.ts";

/** The header before a message. */
export interface MessageFrame {
  readonly kind: keyof typeof MESSAGE_KINDS;
  /** The length of the payload. */
  readonly length: number;
}

/** Longer messages are refused by all of Rerun's tools. */
const MAX_LENGTH = 16 * 1024 ** 3;
const NAMES = Object.entries(MESSAGE_KINDS) as [MessageFrame["kind"], number][];

/** Reads the header of a message; `undefined` if it is none. */
export function decodeMessageFrame(bytes: Uint8Array): MessageFrame | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const number = view.getBigUint64(0, true);
  const length = view.getBigUint64(8, true);
  const kind = NAMES.find(([, value]) => BigInt(value) === number)?.[0];
  return kind === undefined || length > BigInt(MAX_LENGTH) ? undefined : { kind, length: Number(length) };
}
