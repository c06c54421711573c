import type { GrpcHeaders } from "@rerun-ts/core";
import { argumentError, checkOptions, invalidArgument, withRerunErrors, type OptionNames } from "@rerun-ts/core/checks";
import { cloudService } from "./catalog-service.ts";
import { createCatalogTransport } from "#catalog-transport";
import { CatalogCalls } from "./catalog-calls.ts";
import { CatalogClient } from "./catalog-client.ts";
import type { CatalogTls } from "./catalog-transport.ts";
import { parseCatalogUrl } from "./catalog-url.ts";

/** Options of {@link connectCatalog}. */
export interface ConnectCatalogOptions {
  /** The token of a user. Default: none. */
  token?: string | undefined;
  /** Headers for each call. A function is called for each call. Default: none. */
  headers?: GrpcHeaders | undefined;
  /** Aborts all calls of the catalog, now and later. Default: none. */
  signal?: AbortSignal | undefined;
  /**
   * The longest time to wait for each response of the server, in milliseconds. An upload may take a second more for
   * each 16 kB. Default 60,000.
   */
  timeoutMs?: number | undefined;
  /** Settings of the encrypted connection on Node, such as `{ ca }`. Default: the settings of Node. */
  tls?: CatalogTls | undefined;
  /** The function for requests of pages, for uploads, and for direct URLs. Default: the platform's `fetch`. */
  fetch?: typeof fetch | undefined;
  /**
   * Whether queries read chunks from the storage of the catalog, if the server offers URLs of its files. A chunk that
   * cannot be read there comes from the server. Default `true`.
   */
  directUrls?: boolean | undefined;
}

const KNOWN: OptionNames<ConnectCatalogOptions> = {
  token: 1,
  headers: 1,
  signal: 1,
  timeoutMs: 1,
  tls: 1,
  fetch: "function",
  directUrls: "boolean",
};
const TIMEOUT_MS = 60_000;

/**
 * Connects to a catalog: a `rerun server`, Rerun's cloud, or a native viewer. Node uses gRPC over HTTP/2, and pages use
 * gRPC-web.
 *
 * @param url such as `rerun+http://localhost:51234`, or `rerun://host` with encryption
 * @throws {RerunError} `INVALID_ARGUMENT` if the URL or an option is wrong, `CONNECTION` if no server answers, `AUTH`
 * if the token or the certificate is rejected, `UNSUPPORTED` if the server is not a catalog, `TIMEOUT`, `ABORTED`
 *
 * @example
 * const catalog = await connectCatalog("rerun+http://localhost:51234");
 * const dataset = await catalog.createDataset("runs", { existOk: true });
 * await dataset.register("file:///data/monday.rrd");
 * const table = await dataset.query({ index: "frame", contents: "/arm/**" }).toTable();
 */
export function connectCatalog(url: string | URL, options: ConnectCatalogOptions = {}): Promise<CatalogClient> {
  return withRerunErrors(() => connect(url, options));
}

async function connect(url: string | URL, options: ConnectCatalogOptions): Promise<CatalogClient> {
  const target = parseCatalogUrl(url);
  checkOptions("connectCatalog", options, KNOWN);
  const { token, headers, signal, timeoutMs = TIMEOUT_MS, directUrls = true } = options;
  if (token !== undefined && (typeof token !== "string" || !/^[\x20-\x7e]+$/.test(token)))
    throw argumentError("token", "`token` must be a non-empty string of ASCII characters without line breaks");
  if (typeof timeoutMs !== "number" || !(timeoutMs > 0))
    throw invalidArgument("timeoutMs", "a positive number", timeoutMs);
  const transport = createCatalogTransport(target.origin, { ...options, timeoutMs });
  const calls = new CatalogCalls(target, transport, {
    headers,
    token,
    timeoutMs,
    signal,
    fetchUrl: directUrls ? (options.fetch ?? fetch) : undefined,
  });
  try {
    const call = { doing: "open the catalog" };
    const [version, user] = await Promise.all([
      calls.unary(cloudService.method.version, {}, call),
      calls.unary(cloudService.method.whoAmI, {}, call),
    ]);
    return new CatalogClient(
      calls,
      {
        version: version.version,
        cloudProvider: version.cloudProvider,
        cloudRegion: version.cloudRegion,
        features: version.features,
      },
      {
        userId: user.userId,
        canRead: user.canRead,
        canWrite: user.canWrite,
        capabilities: user.capabilities?.capabilities ?? [],
      },
    );
  } catch (error) {
    calls.close();
    throw error;
  }
}
