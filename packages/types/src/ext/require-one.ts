import { didYouMean, problemWith, suggestName } from "@rerun-ts/core/checks";
import type { FieldValues } from "../define/archetype.ts";

/** Throws `InvalidValueError` if none of the options that are forms of a required field is given. */
export function requireOne(options: FieldValues, archetype: string, names: readonly string[]): void {
  if (names.some((name) => options[name] !== undefined)) return;
  let unknown = "";
  for (const name of Object.keys(options)) {
    const meant = names.includes(name) ? undefined : suggestName(name, names);
    if (meant !== undefined) unknown = `; unknown: ${didYouMean(name, meant)}`;
  }
  const list = names.map((name) => `\`${name}\``).join(names.length === 2 ? " or " : ", ");
  throw problemWith(archetype, `lacks its data: pass ${names.length > 2 ? "one of " : ""}${list}${unknown}`);
}
