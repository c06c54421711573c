import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";

/**
 * Checks that the server of a viewer allows pages of an origin.
 *
 * @throws {RerunError} `CONNECTION` if the server does not answer, `UNSUPPORTED` with the header that is missing
 */
export async function checkViewerAccess(viewer: string | URL, origin: string): Promise<void> {
  if (!URL.canParse(String(viewer))) return;
  const folder = new URL(viewer);
  if (folder.origin === origin) return;
  if (!folder.pathname.endsWith("/")) folder.pathname += "/";
  const url = new URL("index.js", folder);
  const place = url.origin + url.pathname;
  const response = await fetch(url, { method: "HEAD", headers: { origin } }).catch((error: unknown) => {
    throw new RerunError("CONNECTION", `cannot load ${place}: ${messageOf(error)}`, { cause: error });
  });
  const allowed = response.headers.get("access-control-allow-origin");
  if (allowed === "*" || allowed === origin) return;
  throw new RerunError(
    "UNSUPPORTED",
    `the server of ${place} does not allow pages of ${origin}; it must send the header\n` +
      `access-control-allow-origin: ${origin}`,
  );
}
