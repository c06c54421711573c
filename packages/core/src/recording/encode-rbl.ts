import { describeValue } from "../describe-value.ts";
import { InvalidValueError } from "../invalid-value-error.ts";
import { encodeBlueprintActivation } from "../rrd/encode/blueprint-activation.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { encodeRrd } from "../rrd/encode/rrd-writer.ts";
import { normalizeApplicationId } from "./application-id.ts";
import type { BlueprintLike } from "./recording-options.ts";

/** What a viewer that opens the file makes of the blueprint: it shows it, also the next time. */
const ACTIVATION = { makeActive: true, makeDefault: true };

/**
 * A blueprint as the bytes of a `.rbl` file, for recordings of this application.
 *
 * @throws {TypeError} or {RangeError} naming the argument, or what is wrong with the blueprint
 */
export function encodeRbl(blueprint: BlueprintLike, applicationId: string): Uint8Array<ArrayBuffer> {
  if (typeof applicationId !== "string" || applicationId === "") {
    throw new TypeError(`\`applicationId\` must be a non-empty string, got ${describeValue(applicationId)}`);
  }
  const messages = encode(blueprint, normalizeApplicationId(applicationId));
  const storeId = messages[0]?.storeId;
  return encodeRrd(storeId === undefined ? [] : [...messages, encodeBlueprintActivation(storeId, ACTIVATION)]);
}

/** Encodes a blueprint, and names what is wrong with it, if it knows that. */
function encode(blueprint: BlueprintLike, applicationId: string): readonly EncodedMessage[] {
  try {
    return blueprint.encodeBlueprint(applicationId);
  } catch (error) {
    throw error instanceof InvalidValueError ? error.toError(error.argument ?? "blueprint") : error;
  }
}
