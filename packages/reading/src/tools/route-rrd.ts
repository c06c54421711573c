import type { StoreId } from "@rerun-ts/core";
import { checkObject, checkOptions, yieldingRerunErrors, invalidArgument } from "@rerun-ts/core/checks";
import { decodeMessage, withStoreId, storeKey } from "@rerun-ts/core/rrd";
import type { ToolMessage } from "./tool-message.ts";
import { sourceList, toolMessages } from "./tool-messages.ts";
import { TOOL_OPTIONS, type RrdSources, type ToolOptions } from "./tool-options.ts";
import { writeRrd } from "./write-rrd.ts";

/** Options of {@link routeRrd}. */
export interface RouteOptions extends ToolOptions {
  /** The application of the output. Default: the application of the input. */
  applicationId?: string | undefined;
  /** The id of the recording, and of blueprints. Default: the ids of the input. */
  recordingId?: string | undefined;
}

/**
 * Moves recordings to another application or recording id. Several files can become one recording. The rows stay as
 * they are. With a recording id and several sources, commands that activate blueprints are left out.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` if a source or an option is wrong
 * @throws {RerunError} `INVALID_FORMAT` if a source is damaged, or the error of a source
 */
export function routeRrd(sources: RrdSources, options: RouteOptions): AsyncGenerator<Uint8Array, void, undefined> {
  return yieldingRerunErrors(route(sources, options));
}

async function* route(sources: RrdSources, options: RouteOptions): AsyncGenerator<Uint8Array, void, undefined> {
  checkObject(options);
  checkOptions("routeRrd", options, { ...TOOL_OPTIONS, applicationId: 1, recordingId: 1 });
  for (const name of ["applicationId", "recordingId"] as const) {
    const value: unknown = options[name];
    if (value !== undefined && (typeof value !== "string" || value === ""))
      throw invalidArgument(name, "a non-empty string", value);
  }
  yield* writeRrd(moved(sources, options));
}

async function* moved(sources: RrdSources, options: RouteOptions): AsyncGenerator<ToolMessage, void, undefined> {
  const { applicationId, recordingId } = options;
  const leavesActivations = recordingId === undefined || sourceList(sources).length === 1;
  for await (const found of toolMessages(sources, options)) {
    const { message, storeId: from } = found;
    if (message.kind === "activation" && !leavesActivations) continue;
    const storeId: StoreId = {
      kind: from.kind,
      applicationId: applicationId ?? from.applicationId,
      recordingId: recordingId ?? from.recordingId,
    };
    if (storeKey(storeId) === storeKey(from)) yield found;
    else yield { ...found, ...moveMessage(message, storeId) };
  }
}

/** A copy of a message for another store. */
function moveMessage(message: ToolMessage["message"], storeId: StoreId): Pick<ToolMessage, "message" | "storeId"> {
  const payload = withStoreId(message.kind, message.payload, storeId);
  return { storeId, message: decodeMessage(message.kind, payload) as ToolMessage["message"] };
}
