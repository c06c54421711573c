import { invalidArgument } from "../checks/invalid-value-error.ts";
import { isUrl } from "../checks/kind-of.ts";
import { messageOf, RerunError } from "../errors/rerun-error.ts";
import { checkViewerVersion, VIEWER_WASM, type PageViewer } from "./page-viewer.ts";

/** A folder of a server with the files of a viewer. */
export interface FetchedViewer {
  readonly viewer: PageViewer;
  readonly place: string;
  readonly url: URL;
}

/**
 * Fetches the files of a viewer from a server.
 *
 * @param option the name of the option with the URL
 * @param base the URL of the page, for a relative URL
 * @param version the release of Rerun that the viewer must have
 * @throws {RerunError} `CONNECTION` or `NOT_FOUND` if a file cannot be fetched, `UNSUPPORTED` for another version
 */
export async function fetchViewer(
  option: string,
  folder: string | URL,
  base: string | undefined,
  version: string,
  signal: AbortSignal | undefined,
): Promise<FetchedViewer> {
  const text = typeof folder === "string" || isUrl(folder) ? String(folder) : "";
  const url = text !== "" && URL.canParse(text, base) ? new URL(text, base) : undefined;
  if (url === undefined || !/^https?:$/u.test(url.protocol))
    throw invalidArgument(option, "the URL of a folder with the viewer's files, over http or https", folder);
  // Files are beside each other in the folder, also if the URL lacks its last slash.
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  const place = describe(url);
  const load = (name: string): Promise<Uint8Array<ArrayBuffer>> => fetchFile(new URL(name, url), signal);
  const manifest = await load("package.json").catch((error: unknown) => {
    if (error instanceof RerunError && error.code === "NOT_FOUND") return undefined;
    throw error;
  });
  if (manifest !== undefined) checkViewerVersion(versionOf(manifest), place, version);
  const [index, bindings, wasm] = [await load("index.js"), await load("re_viewer.js"), await load(VIEWER_WASM)];
  return { viewer: { index, bindings, wasm }, place, url };
}

async function fetchFile(url: URL, signal: AbortSignal | undefined): Promise<Uint8Array<ArrayBuffer>> {
  const failed = (code: "CONNECTION" | "NOT_FOUND", reason: string, cause?: unknown): RerunError =>
    new RerunError(
      code,
      `cannot load ${describe(url)}: ${reason}; \`rerun-ts viewer-files FOLDER\` writes the files of the viewer`,
      { cause },
    );
  let response: Response;
  try {
    response = await fetch(url, { signal: signal ?? null });
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw failed("CONNECTION", messageOf(error), error);
  }
  throw failed("NOT_FOUND", `HTTP status ${response.status}`);
}

/** A URL without a login and without a query, which may have signatures. */
function describe({ origin, pathname }: URL): string {
  return origin + pathname;
}

/** The version in a package.json. An empty string if there is none. */
export function versionOf(manifest: Uint8Array): string {
  try {
    const { version } = JSON.parse(new TextDecoder().decode(manifest)) as { readonly version?: unknown };
    return typeof version === "string" ? version : "";
  } catch {
    return "";
  }
}
