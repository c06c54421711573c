import { type AsComponents, componentBatches } from "@rerun-ts/core";
import { describeValue, InvalidValueError } from "@rerun-ts/core/checks";
import { toEntityPath } from "@rerun-ts/core/encode";
import { VisualizerType, archetypeNameOf } from "@rerun-ts/types/archetype-names";
import { ActiveVisualizers } from "@rerun-ts/types/blueprint";
import { describeData, isComponents } from "../property.ts";
import type { Visualizer } from "../visualizer.ts";
import type { LayoutWriter } from "./layout-writer.ts";
import { checkRecord } from "./options.ts";
import { randomUuid } from "./uuid.ts";
import { visualizerTypeOf } from "./visualizer-types.ts";

/**
 * Overrides of an entity in a view: an archetype stands for its visualizer, `EntityBehavior` and `VisibleTimeRanges`
 * for themselves.
 */
export type VisualizerLike = Visualizer | AsComponents;

/** Overrides of a view, by the path of the entity. */
export type ViewOverrides = Readonly<Record<string, VisualizerLike | readonly VisualizerLike[] | undefined>>;

// Names instead of classes, because most layouts use none of these, and their bundles should not contain them.
const ARCHETYPES = "rerun.blueprint.archetypes.";
const OF_ENTITIES = new Set([`${ARCHETYPES}EntityBehavior`, `${ARCHETYPES}VisibleTimeRanges`]);
const EXPECTED = "a visualizer, an archetype that has one, EntityBehavior or VisibleTimeRanges";

/** Fields of a visualizer that are written. */
interface PreparedVisualizer {
  /** The id of the visualizer, unless it was given as an archetype. */
  readonly id?: string;
  readonly instruction: AsComponents;
  readonly overrides: AsComponents | readonly AsComponents[] | undefined;
}

/** The ids of visualizers that were given as archetypes: the same whenever a view is encoded. */
export class VisualizerIds {
  readonly #ids = new Map<string, string>();

  /** The id of the visualizer at a path. */
  idOf(path: string, index: number): string {
    const key = `${index} ${path}`;
    const id = this.#ids.get(key) ?? randomUuid();
    this.#ids.set(key, id);
    return id;
  }
}

/** Writes the overrides of a view below `folder`. @throws {InvalidValueError} naming the entity and the problem */
export function writeOverrides(
  writer: LayoutWriter,
  folder: string,
  overrides: ViewOverrides,
  owner: string,
  ids: VisualizerIds,
): void {
  checkRecord(`${owner}: overrides`, overrides, "an object with the paths of entities as its keys");
  for (const [entity, given] of Object.entries(overrides)) {
    if (given === undefined) continue;
    const name = `${owner}: overrides[${JSON.stringify(entity)}]`;
    const path = `${folder}${absolutePath(entity, `${owner}: overrides`)}/visualizers`;
    const active: string[] = [];
    for (const [index, item] of (Array.isArray(given) ? (given as readonly VisualizerLike[]) : [given]).entries()) {
      const argument = Array.isArray(given) ? `${name}[${index}]` : name;
      const visualizer = toVisualizer(item as VisualizerLike, argument);
      if (visualizer === undefined) {
        writer.log(path, item as AsComponents, argument);
      } else {
        const { id = ids.idOf(path, index) } = visualizer;
        active.push(id);
        writeVisualizer(writer, `${path}/${id}`, visualizer, argument);
      }
    }
    if (active.length > 0) writer.log(path, new ActiveVisualizers(active), name);
  }
}

/**
 * The path of an entity without its root.
 * @throws {InvalidValueError} if the path is relative, or matches several entities
 */
function absolutePath(entity: string, argument: string): string {
  const { path } = toEntityPath(entity);
  // An escaped star or variable is part of a name.
  const isPattern = /^\/?\$origin(?:\/|$)|(?:^|[^\\])(?:\\\\)*\*|^\.\.?(?:\/|$)/.test(entity);
  if (isPattern) {
    const expected =
      'keyed by absolute paths of single entities, such as /world/points (write "\\*" for a star in a name)';
    throw new InvalidValueError(expected, describeValue(entity), false, argument);
  }
  return path.parts.length === 0 ? "" : path.toString();
}

/** The visualizer of an override, or `undefined` for an override of the entity itself. @throws {InvalidValueError} */
function toVisualizer(item: VisualizerLike, argument: string): PreparedVisualizer | undefined {
  if (isVisualizer(item)) {
    const { id, instruction, options } = item;
    return { id, instruction, overrides: options.overrides };
  }
  const archetype = isComponents(item) ? archetypeNameOf(item) : undefined;
  if (archetype !== undefined && OF_ENTITIES.has(archetype)) return undefined;
  const type = visualizerTypeOf(archetype);
  if (type === undefined) throw new InvalidValueError(EXPECTED, describeData(item), false, argument);
  const fields = { visualizer_type: VisualizerType.batch(type) };
  return { instruction: componentBatches(`${ARCHETYPES}VisualizerInstruction`, fields), overrides: item };
}

function isVisualizer(item: VisualizerLike | undefined | null): item is Visualizer {
  return typeof item === "object" && item !== null && "visualizerType" in item;
}

function writeVisualizer(
  writer: LayoutWriter,
  path: string,
  { instruction, overrides = [] }: PreparedVisualizer,
  owner: string,
): void {
  const names = {
    "VisualizerInstruction.visualizerType": "visualizerType",
    "VisualizerInstruction.componentMap": "mappings",
  };
  writer.log(path, instruction, owner, names);
  if (!Array.isArray(overrides) || overrides.length > 0) writer.log(path, overrides, owner);
}
