import { xxh64 } from "../hash/xxh64.ts";

const MAX_BYTES = 180;
/** What is kept of an id that is changed; four digits and nothing else follow. */
const MAX_CHARACTERS = 176;
const ALLOWED = /^[A-Za-z0-9_\- [\]:]$/;

/**
 * The application id as Rerun 0.41 writes it: other characters than ASCII letters, digits and `_ - space [ ] :`
 * become dashes, long ids are cut, and a hash keeps different ids apart. Recordings and blueprints of
 * all SDKs meet only under the same id.
 */
export function normalizeApplicationId(applicationId: string): string {
  const bytes = new TextEncoder().encode(applicationId);
  const characters = Array.from(applicationId);
  if (bytes.byteLength <= MAX_BYTES && characters.every((character) => ALLOWED.test(character))) return applicationId;
  const kept = characters.slice(0, MAX_CHARACTERS).map((character) => (ALLOWED.test(character) ? character : "-"));
  const hash = xxh64(bytes, 0n) & 0xffffn;
  return kept.join("") + hash.toString(16).padStart(4, "0");
}
