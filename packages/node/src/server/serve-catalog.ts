import { pathToFileURL } from "node:url";
import { RerunError } from "@rerun-ts/core";
import { withRerunErrors } from "@rerun-ts/core/checks";
import type * as catalog from "@rerun-ts/catalog";
import { toUrlHost } from "../net/host-names.ts";
import { checkCatalogOptions, type CatalogSettings, type ServeCatalogOptions } from "./serve-catalog-options.ts";
import { ServerProcess } from "./server-process.ts";

/** A catalog that this program serves. */
export interface CatalogServer {
  /** The URL for `connectCatalog` and viewers on this machine, e.g. `rerun+http://127.0.0.1:51234`. */
  readonly url: string;
  /** The address that the server listens on. */
  readonly host: string;
  /** The port on which the server listens, also if the system has chosen it. */
  readonly port: number;
  /** Whether the server has not ended. */
  readonly isRunning: boolean;
  /** Ends the server. Its datasets and tables are gone, but not the registered files. */
  close(): Promise<void>;
  /** Ends the server, as `close` does. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A line of the server's log that users must see. */
const WARNING = /\b(?:WARN|ERROR)\b/;

/**
 * Starts the real `rerun server`: a catalog of datasets and tables. It ends with `close`, and with this process at the
 * latest, even if that is killed. Until then it keeps the process alive, unless `unref` is set.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` if an option is wrong, `NOT_FOUND` if the program or a recording is missing,
 * `LISTEN_FAILED` if the port is in use, `SERVER` with the output of the server if it ends, `TIMEOUT`, `ABORTED`, or
 * `UNSUPPORTED` if datasets of single recordings are wanted and `@rerun-ts/catalog` is not installed
 * @example
 * await using server = await rr.serve.serveCatalog({ datasets: { runs: "/data/runs" } });
 * console.log(`rerun ${server.url}`);
 */
export function serveCatalog(options?: ServeCatalogOptions): Promise<CatalogServer> {
  return withRerunErrors(async () => {
    const settings = checkCatalogOptions(options);
    const { signal } = settings;
    if (signal?.aborted === true) throw aborted(signal);
    const server = new ServerProcess({
      ...settings,
      onLine: (line) => {
        if (WARNING.test(line)) settings.onWarning(line);
      },
    });
    try {
      const port = await within(settings, server.ready);
      const isWildcard = settings.host === "0.0.0.0" || settings.host === "::";
      const url = `rerun+http://${isWildcard ? "127.0.0.1" : toUrlHost(settings.host)}:${port}`;
      await within(settings, register(url, settings.files));
      if (settings.isUnref) server.unref();
      return {
        url,
        host: settings.host,
        port,
        get isRunning() {
          return server.isRunning;
        },
        close: () => server.stop(),
        [Symbol.asyncDispose]: () => server.stop(),
      };
    } catch (error) {
      await server.stop();
      throw error;
    }
  });
}

/** Registers recordings one by one, which the server itself cannot. */
async function register(url: string, files: ReadonlyMap<string, readonly string[]>): Promise<void> {
  if (files.size === 0) return;
  const { connectCatalog } = await loadCatalog();
  const client = await connectCatalog(url);
  try {
    for (const [name, paths] of files) {
      const dataset = await client.createDataset(name);
      if (paths.length > 0) await dataset.register(paths.map((path) => pathToFileURL(path).href)).wait();
    }
  } finally {
    client.close();
  }
}

async function loadCatalog(): Promise<typeof catalog> {
  try {
    return await import("@rerun-ts/catalog");
  } catch (cause) {
    const message = "datasets of single recordings need the package: npm install @rerun-ts/catalog";
    throw new RerunError("UNSUPPORTED", message, { cause, argument: "datasets" });
  }
}

/** The result of a step of the start, unless it takes too long or is aborted. */
async function within<T>({ timeoutMs, signal }: CatalogSettings, step: Promise<T>): Promise<T> {
  let onAbort = (): void => {};
  let timer: NodeJS.Timeout | undefined;
  const ends = new Promise<never>((_, reject) => {
    const message = `\`rerun server\` was not ready within ${timeoutMs} ms; \`timeoutMs\` is the time to wait for it`;
    timer = setTimeout(() => reject(new RerunError("TIMEOUT", message, { argument: "timeoutMs" })), timeoutMs);
    onAbort = () => reject(aborted(signal));
    signal?.addEventListener("abort", onAbort);
  });
  try {
    return await Promise.race([step, ends]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

function aborted(signal: AbortSignal | undefined): RerunError {
  return new RerunError("ABORTED", "starting `rerun server` was aborted by `signal`", { cause: signal?.reason });
}
