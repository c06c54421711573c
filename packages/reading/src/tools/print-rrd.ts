import type { StoreId } from "@rerun-ts/core";
import { checkOptions, yieldingRerunErrors } from "@rerun-ts/core/checks";
import type { EndMessage } from "@rerun-ts/core/decode";
import { Chunk } from "../reading/chunk.ts";
import type { ChunkInfo } from "../store/chunk-info.ts";
import { readManifest } from "../store/read-manifest.ts";
import { toolMessages } from "./tool-messages.ts";
import { TOOL_OPTIONS, type RrdSources, type ToolOptions } from "./tool-options.ts";

/** Options of {@link printRrd}. */
export interface PrintOptions extends ToolOptions {
  /** Whether the footers follow at the end: one message for each store of them. Default `false`. */
  footers?: boolean | undefined;
}

/** A message of a recording in short. */
export interface PrintedMessage {
  /** The kind: the info of a new store, rows of one entity, the end of a blueprint, or the index of a store. */
  readonly kind: "storeInfo" | "chunk" | "activation" | "footer";
  /** The recording or blueprint to which the message belongs. */
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
  /** Chunks: the columns and rows. */
  readonly chunk?: Chunk;
  /** Footers: the entries of the chunks. */
  readonly entries?: readonly ChunkInfo[];
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
  options: PrintOptions = {},
): AsyncGenerator<PrintedMessage, void, undefined> {
  return yieldingRerunErrors(
    (async function* () {
      checkOptions("printRrd", options, { ...TOOL_OPTIONS, footers: "boolean" });
      const ends: EndMessage[] = [];
      const keep = options.footers === true ? (end: EndMessage) => void ends.push(end) : undefined;
      for await (const { message, storeId, chunk } of toolMessages(sources, options, {
        onEnd: keep,
        isDescribed: false,
      })) {
        const common = { kind: message.kind, storeId, bytes: message.payload.byteLength };
        if (chunk === undefined) yield common;
        else {
          const { id, entityPath, rows: numRows, layout } = chunk;
          const timelines = layout.timelines.map(({ name }) => name);
          const components = layout.components.map(({ name }) => name);
          yield { ...common, id, entityPath, numRows, timelines, components, chunk: new Chunk(chunk) };
        }
      }
      for (const { footer } of ends) {
        for (const manifest of footer?.manifests ?? []) {
          const { storeId, chunks } = readManifest(manifest);
          yield { kind: "footer", storeId, bytes: manifest.data?.payload?.byteLength ?? 0, entries: chunks };
        }
      }
    })(),
  );
}
