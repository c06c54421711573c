import type { StoreId } from "@rerun-ts/core";
import { checkOptions, yieldingRerunErrors } from "@rerun-ts/core/checks";
import { toolMessages } from "./tool-messages.ts";
import { TOOL_OPTIONS, type RrdSources, type ToolOptions } from "./tool-options.ts";

/** A message of a recording in short. */
export interface PrintedMessage {
  /** The kind: the info of a new store, rows of one entity, or the end of a blueprint. */
  readonly kind: "storeInfo" | "chunk" | "activation";
  /** The store. */
  readonly storeId: StoreId;
  /** Chunks: the id, 32 hexadecimal digits. */
  readonly id?: string;
  /** Chunks: the path of the entity. */
  readonly entityPath?: string;
  /** Chunks: the number of rows. */
  readonly numRows?: number;
  /** Chunks: the names of the timelines. */
  readonly timelines?: readonly string[];
  /** Chunks: the names of the components. */
  readonly components?: readonly string[];
  /** The size of the message in bytes. */
  readonly bytes: number;
}

/**
 * Yields a description of each message, in the order of the sources.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` if a source is wrong
 * @throws {RerunError} `INVALID_FORMAT` if a source is damaged, or the error of a source
 */
export function printRrd(
  sources: RrdSources,
  options: ToolOptions = {},
): AsyncGenerator<PrintedMessage, void, undefined> {
  return yieldingRerunErrors(
    (async function* () {
      checkOptions("printRrd", options, TOOL_OPTIONS);
      for await (const { message, storeId, chunk } of toolMessages(sources, options)) {
        const common = { kind: message.kind, storeId, bytes: message.payload.byteLength };
        if (chunk === undefined) yield common;
        else {
          const { id, entityPath, rows: numRows, layout } = chunk;
          const timelines = layout.timelines.map(({ name }) => name);
          const components = layout.components.map(({ name }) => name);
          yield { ...common, id, entityPath, numRows, timelines, components };
        }
      }
    })(),
  );
}
