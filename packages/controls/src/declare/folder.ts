import { invalidArgument } from "@rerun-ts/core/checks";
import { CONTROL_OPTIONS, checkControlOptions } from "./check-options.ts";
import type { ControlOptions, Controls, FolderControl } from "./control-types.ts";

/**
 * Declares controls in a group. Their paths begin with the name of the folder, as in `log/level`.
 *
 * @param label the title of the folder
 * @example
 * folder("Logging", { level: select(["info", "debug"]) })
 * @throws {TypeError} if an argument is wrong
 */
export function folder<Inside extends Controls>(
  label: string,
  controls: Inside,
  options: Omit<ControlOptions, "label"> = {},
): FolderControl<Inside> {
  if (typeof label !== "string") throw invalidArgument("label", "a string", label);
  if (typeof controls !== "object" || controls === null || Array.isArray(controls))
    throw invalidArgument("controls", "an object with controls by name", controls);
  checkControlOptions<ControlOptions>("folder", { ...options, label }, CONTROL_OPTIONS);
  return { ...options, kind: "folder", label, controls };
}
