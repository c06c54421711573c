import { typeFiles, viewFiles } from "./all-files.ts";
import { archetypePage } from "./archetype-page.ts";
import { toDefinitions, type DefinitionSources } from "./definitions.ts";
import { gapsOf, type Gap } from "./gaps.ts";
import type { Definitions } from "./model.ts";

/**
 * Returns everything that the generator needs and that nobody has written yet. The generator itself stops at the first
 * gap.
 */
export function definitionGaps(sources: DefinitionSources): readonly Gap[] {
  const found: Gap[] = [];
  const definitions = toDefinitions(sources, (gap) => found.push(gap));
  for (const attempt of attempts(definitions)) found.push(...gapsOf(attempt));
  return [...new Map(found.map((gap) => [gap.problem, gap])).values()];
}

/** The generation in small parts, so that one gap does not hide others. */
function* attempts(all: Definitions): Iterable<() => unknown> {
  const nothing: Definitions = { ...all, archetypes: [], blueprint: [], encodings: [], views: [] };
  for (const encoding of all.encodings) yield () => typeFiles({ ...nothing, encodings: [encoding] }, []);
  for (const component of all.components.values()) yield () => typeFiles(nothing, [component]);
  for (const archetype of all.archetypes) yield () => typeFiles({ ...nothing, archetypes: [archetype] }, []);
  for (const archetype of all.blueprint) yield () => typeFiles({ ...nothing, blueprint: [archetype] }, []);
  for (const view of all.views) yield () => viewFiles({ ...nothing, views: [view] });
  yield () => archetypePage(all);
}
