import { invalidArgument } from "@rerun-ts/core/checks";

/** Conditions for the timelines and the components of chunks. */
export interface ChunkConditions {
  readonly timeline?: string | undefined;
  readonly components?: string | readonly string[] | undefined;
}

/** The names of the wanted components, or `undefined` for any. @throws {TypeError} naming a wrong condition */
export function wantedComponents({ timeline, components }: ChunkConditions): readonly string[] | undefined {
  if (timeline !== undefined && typeof timeline !== "string")
    throw invalidArgument("timeline", "the name of a timeline", timeline);
  if (components === undefined) return undefined;
  const names: readonly unknown[] = typeof components === "string" ? [components] : components;
  if (Array.isArray(names) && names.every((name) => typeof name === "string")) return names;
  throw invalidArgument("components", "the name of a component, or an array of names", components);
}
