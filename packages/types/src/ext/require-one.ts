import { InvalidValueError, didYouMean, suggestName } from "@rerun-ts/core/checks";
import type { FieldValues } from "../define/archetype.ts";

/** Throws `InvalidValueError` if none of the options that are forms of a required field is given. */
export function requireOne(options: FieldValues, archetype: string, names: readonly string[]): void {
  if (names.some((name) => options[name] !== undefined)) return;
  let got = "none of them";
  for (const name of Object.keys(options)) {
    const meant = names.includes(name) ? undefined : suggestName(name, names);
    if (meant !== undefined) got = didYouMean(name, meant);
  }
  const list = names.map((name) => `\`${name}\``).join(names.length === 2 ? " or " : ", ");
  throw new InvalidValueError(`given ${names.length > 2 ? "one of " : ""}${list}`, got, false, archetype);
}
