import {
  checkObject,
  checkOptions,
  type OptionNames,
  yieldingRerunErrors,
  invalidArgument,
} from "@rerun-ts/core/checks";
import { contentFilter } from "@rerun-ts/core/encode";
import { SchemaCache } from "../store/schema-cache.ts";
import { SharedFields } from "../store/shared-fields.ts";
import { editChunk, isPlain } from "./edit-chunk.ts";
import type { ToolMessage } from "./tool-message.ts";
import { toolMessages } from "./tool-messages.ts";
import { TOOL_OPTIONS, type RrdSources, type ToolOptions } from "./tool-options.ts";
import { writeRrd } from "./write-rrd.ts";

/** Options of {@link filterRrd}. */
export interface FilterOptions extends ToolOptions {
  /** The kept entities, as expressions of queries, e.g. `["/**", "-/camera/**"]`. Default: all. */
  contents?: string | readonly string[] | undefined;
  /** The omitted entities, e.g. `/camera`, or `/camera/**` to include all entities below it. Default: none. */
  dropEntities?: readonly string[] | undefined;
  /** The omitted timelines. A chunk without another timeline is omitted, too. Default: none. */
  dropTimelines?: readonly string[] | undefined;
}

const OPTIONS: OptionNames<FilterOptions> = { ...TOOL_OPTIONS, contents: 1, dropEntities: 1, dropTimelines: 1 };

/**
 * Copies a part of recordings: the chosen entities and timelines. Blueprints are copied whole.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` if a source or an option is wrong
 * @throws {RerunError} `INVALID_FORMAT` if a source is damaged, or the error of a source
 */
export function filterRrd(sources: RrdSources, options: FilterOptions): AsyncGenerator<Uint8Array, void, undefined> {
  return yieldingRerunErrors(filter(sources, options));
}

async function* filter(sources: RrdSources, options: FilterOptions): AsyncGenerator<Uint8Array, void, undefined> {
  checkObject(options);
  checkOptions("filterRrd", options, OPTIONS);
  const { dropTimelines = [], dropEntities = [], contents = ["/**", "/__properties/**"] } = options;
  for (const [name, list] of Object.entries({ dropTimelines, dropEntities })) {
    if (!Array.isArray(list) || !list.every((item) => typeof item === "string"))
      throw invalidArgument(name, "an array of strings", list);
  }
  const isKept = contentFilter(contents);
  const isDropped = contentFilter([...dropEntities]);
  const keeps = (entityPath: string): boolean => isKept(entityPath) && !isDropped(entityPath);
  yield* writeRrd(filtered(sources, options, keeps, new Set(dropTimelines)));
}

async function* filtered(
  sources: RrdSources,
  options: FilterOptions,
  keeps: (entityPath: string) => boolean,
  dropped: ReadonlySet<string>,
): AsyncGenerator<ToolMessage, void, undefined> {
  const schemas = new SchemaCache(new SharedFields());
  for await (const toolMessage of toolMessages(sources, options, { schemas })) {
    const { chunk, storeId } = toolMessage;
    if (chunk === undefined || storeId.kind === "blueprint") {
      yield toolMessage;
      continue;
    }
    if (!keeps(chunk.entityPath)) continue;
    const { timelines } = chunk.layout;
    const rest = timelines.filter(({ name }) => !dropped.has(name));
    if (rest.length === timelines.length && (dropped.size === 0 || isPlain(chunk))) yield toolMessage;
    else if (rest.length > 0 || timelines.length === 0) {
      const without = new Set(timelines.filter(({ name }) => dropped.has(name)).map(({ index }) => index));
      yield { ...toolMessage, ...editChunk(chunk, { storeId, without }) };
    }
  }
}
