import {
  SORBET_ARCHETYPE_NAME,
  SORBET_COMPONENT,
  SORBET_COMPONENT_TYPE,
  SORBET_ENTITY_PATH,
} from "../metadata-keys.ts";
import { CHUNK_ID_KEY, SORBET_VERSION } from "../encode/chunk-schema.ts";

/** The metadata of a column or a schema. */
type Metadata = ReadonlyMap<string, string>;

const VERSION = "sorbet:version";
/** The path of the name and the start time of a recording before Rerun 0.24, and the path of today. */
const OLD_PROPERTIES = "/__properties/recording";
const PROPERTIES = "/__properties";

/** Archetypes that Rerun 0.23 has renamed, and the new names of their fields. */
const ARCHETYPES: ReadonlyMap<string, { readonly name: string; readonly fields: Readonly<Record<string, string>> }> =
  new Map([
    ["rerun.archetypes.Scalar", { name: "rerun.archetypes.Scalars", fields: { scalar: "scalars" } }],
    [
      "rerun.archetypes.SeriesLine",
      { name: "rerun.archetypes.SeriesLines", fields: { color: "colors", width: "widths", name: "names" } },
    ],
    [
      "rerun.archetypes.SeriesPoint",
      {
        name: "rerun.archetypes.SeriesPoints",
        fields: { color: "colors", marker: "markers", name: "names", marker_size: "marker_sizes" },
      },
    ],
  ]);

/** Whether a chunk is older than the version 0.1.1 of the format of chunks, which Rerun 0.24 introduced. */
export function isLegacySchema(metadata: Metadata): boolean {
  const version = metadata.get(VERSION);
  if (version === undefined) return !metadata.has(CHUNK_ID_KEY) && metadata.has("rerun.id");
  return /^0\.(?:0\.[12]|1\.0)$/.test(version);
}

/** The metadata of a chunk's schema before Rerun 0.24, in the form of Rerun 0.41. */
export function modernSchemaMetadata(metadata: Metadata): Map<string, string> {
  const modern = new Map<string, string>();
  for (const [key, value] of metadata) if (key !== "rerun.version") modern.set(withColon(key), value);
  if (modern.get(SORBET_ENTITY_PATH) === OLD_PROPERTIES) modern.set(SORBET_ENTITY_PATH, PROPERTIES);
  return modern.set(VERSION, SORBET_VERSION);
}

/**
 * The metadata of a chunk's column before Rerun 0.24, in the form of Rerun 0.41. `undefined` if the column is an
 * indicator, which Rerun drops. Source: the migrations of Rerun's crate `re_sorbet`.
 */
export function modernColumnMetadata(name: string, metadata: Metadata): Map<string, string> | undefined {
  const modern = new Map<string, string>();
  for (const [key, value] of metadata) if (!DESCRIPTOR.has(key)) modern.set(withColon(key), value);
  setDescriptor(modern, name, metadata);
  if (isIndicator(modern)) return undefined;
  for (const [key, value] of modern)
    modern.set(key, value === OLD_PROPERTIES ? PROPERTIES : value.replaceAll("RecordingProperties", "RecordingInfo"));
  return modern;
}

/** The keys of a column's descriptor, whose values change besides the keys. */
const DESCRIPTOR: ReadonlySet<string> = new Set(["rerun.archetype", "rerun.archetype_field", "rerun.component"]);

function setDescriptor(modern: Map<string, string>, name: string, metadata: Metadata): void {
  const component = metadata.get("rerun.component");
  if (name.endsWith("Indicator")) {
    modern.set(SORBET_COMPONENT, component ?? (name.startsWith("rerun.") ? name : `rerun.components.${name}`));
    return;
  }
  if (component === undefined) return;
  const known = metadata.get("rerun.archetype");
  const renamed = ARCHETYPES.get(known ?? "");
  const archetype = renamed?.name ?? known;
  const ownField = metadata.get("rerun.archetype_field");
  const field = renamed?.fields[ownField ?? ""] ?? ownField;
  const isUntyped = field === undefined && (archetype === undefined || component.endsWith("Indicator"));
  if (!isUntyped) modern.set(SORBET_COMPONENT_TYPE, component);
  if (!isUntyped && archetype !== undefined) modern.set(SORBET_ARCHETYPE_NAME, archetype);
  if (field === undefined) modern.set(SORBET_COMPONENT, component);
  else modern.set(SORBET_COMPONENT, archetype === undefined ? field : `${shortName(archetype)}:${field}`);
}

function shortName(archetype: string): string {
  return archetype
    .trim()
    .replace(/^(?:rerun\.archetypes\.)+/, "")
    .replace(/^(?:rerun\.blueprint\.archetypes\.)+/, "");
}

/** Whether a column only says that an archetype was logged. Those of blueprints stay, as in Rerun. */
function isIndicator(modern: Metadata): boolean {
  const marker = modern.get("rerun:is_indicator");
  if (marker !== undefined) return marker === "true";
  return /^rerun\.components\..*Indicator$/s.test(modern.get(SORBET_COMPONENT) ?? "");
}

function withColon(key: string): string {
  return key.startsWith("rerun.") ? `rerun:${key.slice("rerun.".length)}` : key;
}
