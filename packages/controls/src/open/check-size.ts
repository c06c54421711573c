import { argumentError } from "@rerun-ts/core/checks";
import type { Declaration } from "../protocol.ts";

/** The maximum size of an offer, in characters of JSON. Relays accept twice as many bytes. */
const MAX_OFFER = 1024 * 1024;
/** The longest form of a character in JSON. */
const ESCAPED = 6;

/** Checks that the controls fit into a message, also with the longest texts. @throws {TypeError} if they do not */
export function checkSize(declarations: readonly Declaration[]): void {
  const texts = declarations.reduce((sum, { maxLength = 0 }) => sum + maxLength * ESCAPED, 0);
  const size = JSON.stringify(declarations).length + texts;
  if (size > MAX_OFFER)
    throw argumentError(
      "controls",
      `\`controls\` must be at most ${MAX_OFFER} characters as JSON, got up to ${size}: lower \`maxLength\`, or shorten texts`,
    );
}
