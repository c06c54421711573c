import type { ComponentDescriptor } from "../../batch/component.ts";

/** The path of the recording's properties. */
export const PROPERTIES_PATH = "/__properties";

const ARCHETYPE_PREFIXES = ["rerun.blueprint.archetypes.", "rerun.archetypes.", "rerun."];

/** The name of a component in the schema of a manifest: `/points:Points3D:colors`, `property:RecordingInfo:name`. */
export function schemaColumnName(entityPath: string, component: string): string {
  if (entityPath === PROPERTIES_PATH) return `property:${component}`;
  const property = entityPath.startsWith(`${PROPERTIES_PATH}/`)
    ? entityPath.slice(PROPERTIES_PATH.length + 1)
    : undefined;
  return property === undefined ? `${entityPath}:${component}` : `property:${property}:${component}`;
}

/** The name of a column of a manifest: its parts, joined by colons, with the replacements that Rerun makes. */
export function manifestColumnName(
  timeline: string | undefined,
  descriptor: ComponentDescriptor | undefined,
  marker: string,
): string {
  const parts = timeline === undefined ? [] : [timeline];
  if (descriptor !== undefined) parts.push(...descriptorParts(descriptor));
  parts.push(marker);
  return parts
    .map((part) => part.replace(/[, \-.\\]/g, "_"))
    .join(":")
    .replace(/^_+/, "");
}

/**
 * Two timelines whose columns in a manifest cannot be told apart. Rerun refuses such a manifest, and finds columns by
 * their names only. `undefined` if there are none.
 */
export function findConflict(
  timelines: readonly string[],
  descriptors: readonly ComponentDescriptor[],
): readonly [string, string] | undefined {
  const owners = new Map<string, string>();
  for (const descriptor of [undefined, ...descriptors]) {
    for (const timeline of timelines) {
      const name = manifestColumnName(timeline, descriptor, "start");
      const owner = owners.get(name);
      if (owner !== undefined) return [owner, timeline];
      // Rerun does not mind if columns of components have the same name.
      if (descriptor === undefined) owners.set(name, timeline);
    }
  }
  return undefined;
}

function descriptorParts({ archetype, component }: ComponentDescriptor): string[] {
  if (archetype === undefined) return [component];
  const prefix = ARCHETYPE_PREFIXES.find((candidate) => archetype.startsWith(candidate)) ?? "";
  const shortName = archetype.slice(prefix.length);
  const field = component.startsWith(`${shortName}:`) ? component.slice(shortName.length + 1) : component;
  return [shortName, field];
}
