import { checkOptions, yieldingRerunErrors } from "@rerun-ts/core/checks";
import { decodeMessage, withStoreId } from "@rerun-ts/core/rrd";
import { editChunk, isPlain } from "./edit-chunk.ts";
import type { ToolMessage } from "./tool-message.ts";
import { toolMessages } from "./tool-messages.ts";
import { TOOL_OPTIONS, type RrdSources, type ToolOptions } from "./tool-options.ts";
import { writeRrd } from "./write-rrd.ts";

/** The format of chunks with the names of Rerun 0.41. */
const VERSION: ReadonlyMap<string, string> = new Map([["sorbet:version", "0.1.4"]]);

/**
 * Writes recordings of Rerun 0.23 and newer in the format of Rerun 0.41: with the component names of today, with the
 * application in the ids of stores, and with a footer. Rows and ids stay as they are.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` if a source or an option is wrong
 * @throws {RerunError} `INVALID_FORMAT` if a source is damaged or older, or the error of a source
 */
export function migrateRrd(
  sources: RrdSources,
  options: ToolOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  return yieldingRerunErrors(migrate(sources, options));
}

async function* migrate(sources: RrdSources, options: ToolOptions): AsyncGenerator<Uint8Array, void, undefined> {
  checkOptions("migrateRrd", options, TOOL_OPTIONS);
  yield* writeRrd(migrated(sources, options));
}

async function* migrated(sources: RrdSources, options: ToolOptions): AsyncGenerator<ToolMessage, void, undefined> {
  for await (const found of toolMessages(sources, options)) {
    const { message, chunk, storeId } = found;
    // Reading a chunk has already renamed its columns.
    if (chunk !== undefined && isPlain(chunk)) yield { ...found, ...editChunk(chunk, { storeId, metadata: VERSION }) };
    else {
      const payload = withStoreId(message.kind, message.payload, storeId);
      yield { ...found, message: decodeMessage(message.kind, payload) as ToolMessage["message"] };
    }
  }
}
