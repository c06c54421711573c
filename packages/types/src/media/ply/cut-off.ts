import { InvalidValue } from "@rerun-ts/core/internal";

/** The file ends before its data does. */
export function cutOff(): InvalidValue {
  return new InvalidValue("a whole PLY file", "one that is cut off", false);
}
