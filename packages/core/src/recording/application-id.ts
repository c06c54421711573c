import { xxh64 } from "../hash/xxh64.ts";

const MAX_BYTES = 180;
/** The number of characters that remain of an id that must be shortened. The four digits of the hash follow. */
const MAX_CHARACTERS = 176;
const ALLOWED = /^[A-Za-z0-9_\- [\]:]$/;

/**
 * Normalises an application id as Rerun 0.41 does: characters other than ASCII letters, digits and `_ - space [ ] :`
 * become dashes, ids of more than 180 bytes are truncated, and a hash that is appended keeps different ids distinct.
 * Recordings and blueprints, also of other SDKs, belong together only if their ids are equal.
 */
export function normalizeApplicationId(applicationId: string): string {
  const bytes = new TextEncoder().encode(applicationId);
  const characters = Array.from(applicationId);
  if (bytes.byteLength <= MAX_BYTES && characters.every((character) => ALLOWED.test(character))) return applicationId;
  const kept = characters.slice(0, MAX_CHARACTERS).map((character) => (ALLOWED.test(character) ? character : "-"));
  const hash = xxh64(bytes, 0n) & 0xffffn;
  return kept.join("") + hash.toString(16).padStart(4, "0");
}
