import { parseProxyUrl, type GrpcHeaders, type RerunError } from "@rerun-ts/core";
import { checkOptions, withRerunErrors } from "@rerun-ts/core/checks";
import { sendMessages } from "@rerun-ts/core/recording";
import { DEFAULT_PROXY_URL, headersFor } from "@rerun-ts/core/transport";
import type { UnaryCall, ViewerControl } from "@rerun-ts/core/viewer-control";
import { connectionHint } from "../page/connection-hint.ts";
import { GrpcSink } from "../transport/grpc-sink.ts";

/** Options of {@link connectViewer}. */
export interface ConnectViewerOptions {
  /** Headers for each call. A function is called for each call. Default: none. */
  headers?: GrpcHeaders | undefined;
  /** The function for requests. Default: the platform's `fetch`. */
  fetch?: typeof fetch | undefined;
}

/**
 * Returns the {@link ViewerControl} of a native viewer on this machine. Does not wait for it: each call connects, and
 * waits for a starting viewer. The viewer accepts calls of the same pages as for logging: see `connectGrpc`.
 *
 * @param url the URL of the viewer. Default `rerun+http://127.0.0.1:9876/proxy`
 * @throws {RerunError} `INVALID_ARGUMENT` if the URL or an option is wrong
 *
 * @example
 * const viewer = await rr.viewer.connectViewer();
 * await viewer.setTime({ timeline: "frame", at: 120, play: false });
 */
export function connectViewer(url?: string | URL, options?: ConnectViewerOptions): Promise<ViewerControl> {
  return withRerunErrors(() => createControl(url, options));
}

async function createControl(
  target: string | URL = DEFAULT_PROXY_URL,
  options: ConnectViewerOptions = {},
): Promise<ViewerControl> {
  checkOptions("connectViewer", options, { headers: 1, fetch: "function" });
  const { headers, fetch: send } = options;
  const url = parseProxyUrl(target);
  const [{ ConnectError }, { createGrpcWebTransport }, control] = await Promise.all([
    import("@connectrpc/connect"),
    import("@connectrpc/connect-web"),
    import("@rerun-ts/core/viewer-control"),
  ]);
  const transport = createGrpcWebTransport({
    baseUrl: url.origin,
    fetch: (input, init) => (send ?? fetch)(input, { ...init, credentials: "omit" }),
  });
  const name = `the viewer at ${url.href}`;
  const errorOf = (error: unknown): RerunError => {
    const { code, rawMessage, cause } = ConnectError.from(error);
    // A `TypeError` means that the browser made no request or hid the reason of its failure.
    const isLost = cause instanceof TypeError;
    if (isLost) return control.viewerError(name, UNAVAILABLE, `${rawMessage}${connectionHint(url)}`, error);
    const reason = rawMessage === HIDDEN ? "it gave no reason (browsers hide that of other origins)" : rawMessage;
    return control.viewerError(name, code, reason, error);
  };
  const unary: UnaryCall = async (method, message, signal) => {
    try {
      const response = await transport.unary(method, signal, undefined, await headersFor(url, headers), message);
      return response.message;
    } catch (error) {
      throw errorOf(error);
    }
  };
  return control.createViewerControl(url.href, {
    name,
    ...control.grpcViewerCalls(unary),
    async send(messages, limits) {
      await sendMessages(new GrpcSink(url.href, { headers, fetch: send }), messages, limits, (message) => {
        // Printed, because no recording can report it.
        console.warn(`[rerun] ${message}`);
      });
    },
  });
}

/** Connect's message about a response whose status is hidden. */
const HIDDEN = "missing trailer";
/** The status of gRPC for a server that cannot be reached. */
const UNAVAILABLE = 14;
