import { readStoredFooter, type RrdFooter } from "./stored-messages.ts";

/** The length of a stream's footer with one entry, in bytes. */
export const STREAM_FOOTER_LENGTH = 32;

/** Whether these bytes are the footer of a stream. */
export function isStreamFooter(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(20, 28)) === "RRF2FOOT";
}

/** Decodes the payload of an end message. */
export function decodeFooter(payload: Uint8Array): RrdFooter {
  return readStoredFooter(payload);
}
