import type { PlainValue } from "./plain-value.ts";

/** A value as JSON. Integers that a number cannot hold, NaN and infinities become strings, bytes Base64. */
export function plainJson(value: PlainValue): string {
  return JSON.stringify(value, (_, inner: PlainValue) => {
    if (typeof inner === "bigint") return Number.isSafeInteger(Number(inner)) ? Number(inner) : String(inner);
    if (typeof inner === "number" && !Number.isFinite(inner)) return String(inner);
    return inner instanceof Uint8Array ? base64(inner) : inner;
  });
}

/** Number of bytes to convert at a time, because a call cannot have any number of arguments. */
const PIECE = 4096;

function base64(bytes: Uint8Array): string {
  let characters = "";
  for (let at = 0; at < bytes.byteLength; at += PIECE)
    characters += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(characters);
}
