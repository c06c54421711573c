import { parseProxyUrl, type GrpcHeaders } from "@rerun-ts/core";
import { checkOptions, withRerunErrors } from "@rerun-ts/core/checks";
import { sendMessages } from "@rerun-ts/core/recording";
import { DEFAULT_PROXY_URL, headersFor } from "@rerun-ts/core/transport";
import type { UnaryCall, ViewerControl } from "@rerun-ts/core/viewer-control";
import type { Transport } from "@connectrpc/connect";
import type { SecureClientSessionOptions } from "node:http2";
import { GrpcSink } from "../transport/grpc/grpc-sink.ts";
import { absorbSessionErrors } from "../net/absorb-session-errors.ts";

/** Options of {@link connectViewer}. */
export interface ConnectViewerOptions {
  /** Headers for each call. A function is called for each call. Default: none. */
  headers?: GrpcHeaders | undefined;
  /** Settings of the encrypted connection, such as `{ ca }`. Default: those of Node. */
  tls?: SecureClientSessionOptions | undefined;
}

/**
 * A machine that vanishes says nothing. Its connection must end within the time of a call, which is then repeated.
 */
const PINGS = { pingIntervalMs: 2000, pingTimeoutMs: 5000 };

/**
 * Returns the {@link ViewerControl} of a viewer: the native one, with a window or `--headless`. Does not wait for it:
 * each call connects, and waits for a starting viewer.
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
  checkOptions("connectViewer", options, { headers: 1, tls: 1 });
  const { headers, tls } = options;
  const url = parseProxyUrl(target);
  const control = await import("@rerun-ts/core/viewer-control");
  // Loaded on demand, because programs that spawn a viewer may never use its control.
  const load = async (): Promise<Transport> => {
    const { Http2SessionManager, createGrpcTransport } = await import("@connectrpc/connect-node");
    const sessionManager = absorbSessionErrors(new Http2SessionManager(url.origin, PINGS, { ...tls }));
    // A small message of gzip can expand to gigabytes.
    return createGrpcTransport({ baseUrl: url.origin, sessionManager, acceptCompression: [] });
  };
  let loading: Promise<Transport> | undefined;
  const name = `the viewer at ${url.href}`;
  const unary: UnaryCall = async (method, message, signal) => {
    const transport = await (loading ??= load());
    try {
      const response = await transport.unary(method, signal, undefined, await headersFor(url, headers), message);
      return response.message;
    } catch (error) {
      const { ConnectError } = await import("@connectrpc/connect");
      const { code, rawMessage } = ConnectError.from(error);
      throw control.viewerError(name, code, rawMessage, error);
    }
  };
  return control.createViewerControl(url.href, {
    name,
    ...control.grpcViewerCalls(unary),
    async send(messages, limits) {
      await sendMessages(new GrpcSink(url.href, { headers, tls }), messages, limits, printWarning);
    },
  });
}

/** There is no recording that could report. */
function printWarning(message: string): void {
  console.warn(`[rerun] ${message}`);
}
