import { invalidArgument } from "../checks/invalid-value-error.ts";
import { RerunError, messageOf } from "../errors/rerun-error.ts";
import { nonNegative, type OptionNames } from "../checks/option-names.ts";
import type { OverflowPolicy } from "../sink/message-queue.ts";
import { MAX_RETAINED_BYTES } from "../sink/retained-messages.ts";
import type { DeliveryLimits } from "./delivery-queue.ts";
import type { ProxyUrl } from "./proxy-url.ts";

const MIB = 1024 * 1024;

const ON_FULL: readonly OverflowPolicy[] = ["block", "drop-oldest", "drop-newest", "error"];

/** Options of all sinks for servers. */
export interface ServerSinkOptions {
  /** The largest number of bytes pending or in flight. Default 100 MiB. */
  maxQueueBytes?: number | undefined;
  /**
   * Policy for data that does not fit. Default `"block"`: on Node `log` waits while the connection makes progress.
   * Without progress, and in pages, it means `"drop-oldest"`, because a page cannot wait. `"error"` breaks the sink.
   */
  onFull?: OverflowPolicy | undefined;
  /**
   * The maximum size of the state retained for a restarted server, in bytes. Default 64 MiB. The retained state is
   * store infos, blueprints and static data.
   */
  maxRetainedBytes?: number | undefined;
}

export const SERVER_SINK_OPTIONS: OptionNames<ServerSinkOptions> = { maxQueueBytes: 1, onFull: 1, maxRetainedBytes: 1 };

/** HTTP headers for a server, or a function called for each request. */
export type GrpcHeaders =
  | Readonly<Record<string, string>>
  | Headers
  | (() => Readonly<Record<string, string>> | Headers | Promise<Readonly<Record<string, string>> | Headers>);

/** Headers without a function. @throws {TypeError} if they are not headers */
export function toHeaders(headers: Exclude<GrpcHeaders, Function> | undefined): Headers {
  try {
    return new Headers(headers);
  } catch {
    throw invalidArgument("headers", "HTTP headers", headers);
  }
}

/** The headers of one request. */
export async function resolveHeaders(headers: GrpcHeaders | undefined): Promise<Headers> {
  return toHeaders(typeof headers === "function" ? await headers() : headers);
}

/** Checks `onFull`. @throws {TypeError} that names the option. */
function checkOnFull(onFull: OverflowPolicy = "block"): OverflowPolicy {
  if (ON_FULL.includes(onFull)) return onFull;
  throw invalidArgument("onFull", `one of ${ON_FULL.join(", ")}`, onFull);
}

/** The limits of the queue that the options ask for. @throws {TypeError} if an option is wrong. */
export function deliveryLimits({ maxQueueBytes, maxRetainedBytes, onFull }: ServerSinkOptions): DeliveryLimits {
  return {
    maxQueueBytes: nonNegative("maxQueueBytes", maxQueueBytes ?? 100 * MIB),
    maxRetainedBytes: nonNegative("maxRetainedBytes", maxRetainedBytes ?? MAX_RETAINED_BYTES),
    policy: checkOnFull(onFull) === "drop-newest" ? "drop-newest" : "drop-oldest",
  };
}

/**
 * The headers of a call. If a function for the headers fails, the code is `CONNECTION`, because it may fail while the
 * program is offline.
 */
export async function headersFor({ href }: ProxyUrl, headers: GrpcHeaders | undefined): Promise<Headers> {
  try {
    return await resolveHeaders(headers);
  } catch (error) {
    throw new RerunError("CONNECTION", `cannot connect to ${href}: \`headers\` failed: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
