import { wrongType } from "../checks/invalid-value-error.ts";
import { encodeBlueprintActivation, type BlueprintActivation } from "../rrd/encode/blueprint-activation.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import type { BlueprintLike } from "./recording-options.ts";

/**
 * Encodes a blueprint and its activation for an application with a normalised id. Returns no messages for an empty
 * blueprint.
 *
 * @throws {InvalidValueError} saying what is wrong with the blueprint
 */
export function encodeBlueprint(
  blueprint: BlueprintLike,
  applicationId: string,
  activation: BlueprintActivation,
): readonly EncodedMessage[] {
  if (typeof (blueprint as BlueprintLike | undefined)?.encodeBlueprint !== "function")
    throw wrongType("a `Blueprint`", blueprint);
  const messages = blueprint.encodeBlueprint(applicationId);
  const storeId = messages[0]?.storeId;
  return storeId === undefined ? [] : [...messages, encodeBlueprintActivation(storeId, activation)];
}
