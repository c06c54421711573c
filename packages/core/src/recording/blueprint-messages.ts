import { InvalidValueError, invalidArgument } from "../checks/invalid-value-error.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { encodeRrd } from "../rrd/encode/rrd-writer.ts";
import { normalizeApplicationId } from "./application-id.ts";
import { encodeBlueprint } from "./encode-blueprint.ts";
import type { BlueprintLike, SendBlueprintOptions } from "./recording-options.ts";

/**
 * The messages of a blueprint for recordings of this application, with its activation. By default viewers show it now
 * and in later sessions.
 *
 * @throws {TypeError} or {RangeError} naming the argument, or the problem with the blueprint
 */
export function blueprintMessages(
  blueprint: BlueprintLike,
  applicationId: string,
  { makeActive = true, makeDefault = true }: SendBlueprintOptions = {},
): readonly EncodedMessage[] {
  if (typeof applicationId !== "string" || applicationId === "") {
    throw invalidArgument("applicationId", "a non-empty string", applicationId);
  }
  if (typeof (blueprint as BlueprintLike | undefined)?.encodeBlueprint !== "function") {
    throw invalidArgument("blueprint", "a blueprint, a view or a container", blueprint);
  }
  try {
    return encodeBlueprint(blueprint, normalizeApplicationId(applicationId), { makeActive, makeDefault });
  } catch (error) {
    throw error instanceof InvalidValueError ? error.toError(error.argument ?? "blueprint") : error;
  }
}

/** A blueprint as the bytes of a `.rbl` file. Throws as {@link blueprintMessages} does. */
export function encodeRbl(blueprint: BlueprintLike, applicationId: string): Uint8Array<ArrayBuffer> {
  return encodeRrd(blueprintMessages(blueprint, applicationId));
}
