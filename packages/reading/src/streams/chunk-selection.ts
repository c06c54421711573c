import { checkObject, checkOptions, invalidArgument, type OptionNames } from "@rerun-ts/core/checks";
import { contentFilter } from "@rerun-ts/core/encode";
import { isPromise } from "@rerun-ts/core/util";
import { wantedComponents } from "../reading/chunk-conditions.ts";
import type { Chunk } from "../reading/chunk.ts";

/** A choice of chunks and of their components. All conditions must hold. */
export interface ChunkSelection {
  /** Expressions for entities, as of queries. Default: all, properties too. */
  contents?: string | readonly string[] | undefined;
  /** A required timeline. Default: any. */
  timeline?: string | undefined;
  /** Whether they must be static, or must not be. Default: either. */
  isStatic?: boolean | undefined;
  /** The chosen components, e.g. `Points3D:positions`. Default: all. */
  components?: string | readonly string[] | undefined;
}

/** A function that says whether a chunk is chosen, or conditions. */
export type ChunkCondition = ChunkSelection | ((chunk: Chunk) => boolean);

/** The chosen part of a chunk and the rest of it. Each is `undefined` if empty. */
export type SplitChunk = (chunk: Chunk) => readonly [chosen: Chunk | undefined, rest: Chunk | undefined];

const KNOWN: OptionNames<ChunkSelection> = { contents: 1, timeline: 1, isStatic: "boolean", components: 1 };

/** Prepares the division of chunks by a condition. @throws {TypeError} if the condition is wrong */
export function chunkSplitter(call: string, condition: ChunkCondition): SplitChunk {
  if (typeof condition === "function")
    return (chunk) => {
      const isChosen: unknown = condition(chunk);
      // A promise would always count as true.
      if (isPromise(isChosen)) throw invalidArgument("condition", "a function without `async`", isChosen);
      return isChosen ? [chunk, undefined] : [undefined, chunk];
    };
  checkObject(condition, "condition");
  checkOptions(call, condition, KNOWN);
  const { contents = ["/**", "/__properties/**"], timeline, isStatic, components } = condition;
  const chosenNames = new Set(wantedComponents(condition));
  const matches = contentFilter(contents);
  return (chunk) => {
    const isChosen =
      matches(chunk.entityPath) &&
      (timeline === undefined || chunk.timelines.includes(timeline)) &&
      (isStatic === undefined || chunk.isStatic === isStatic);
    if (!isChosen) return [undefined, chunk];
    if (components === undefined) return [chunk, undefined];
    const chosen = chunk.components.filter((name) => chosenNames.has(name));
    if (chosen.length === 0) return [undefined, chunk];
    if (chosen.length === chunk.components.length) return [chunk, undefined];
    return [chunk.select(...chosen), chunk.drop(...chosen)];
  };
}
