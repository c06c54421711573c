import { readFile } from "node:fs/promises";
import { RerunError, viewerUrl } from "@rerun-ts/core";
import { checkOptions, messageOf, withRerunErrors } from "@rerun-ts/core/checks";
import type { ObjectStore } from "../store/object-store.ts";
import { EXPIRES_SECONDS, newLink, type SharedLink } from "./share-link.ts";

const APP = "https://app.rerun.io";
/** The configuration of a bucket that allows pages of the viewer to read it. */
const RULES = {
  CORSRules: [{ AllowedOrigins: [APP], AllowedMethods: ["GET", "HEAD"], AllowedHeaders: ["*"], ExposeHeaders: ["*"] }],
};

/** Options of {@link shareAppLink}. */
export interface ShareAppLinkOptions {
  /** The time in which the link is valid, in seconds, as for `shareLink`. Default 86,400, a day. */
  expiresSeconds?: number | undefined;
}

/**
 * Uploads a recording, and returns a link that opens it at app.rerun.io. The server of that page sees the signed URL of
 * the recording. A time is not an option, because viewers of Rerun 0.41 ignore the times of links.
 *
 * @param path the `.rrd` file
 * @throws {RerunError} `UNSUPPORTED` if the bucket does not allow pages of app.rerun.io, with the line of configuration
 *   that is missing, or if the store has no signed URLs; `IO_ERROR` if the file cannot be read
 */
export function shareAppLink(path: string, store: ObjectStore, options: ShareAppLinkOptions = {}): Promise<SharedLink> {
  return withRerunErrors(async () => {
    checkOptions("shareAppLink", options, { expiresSeconds: 1 });
    const { expiresSeconds = EXPIRES_SECONDS } = options;
    const { key, link: source } = await newLink(store, "recording.rrd", expiresSeconds);
    const link = viewerUrl({ source, viewer: "app" });
    const bytes = await readFile(path).catch((error: unknown) => {
      throw new RerunError("IO_ERROR", `cannot read ${path}: ${messageOf(error)}`, { cause: error });
    });
    await store.create(key, bytes);
    try {
      await checkAccess(source, store.url);
    } catch (error) {
      await store.delete(key);
      throw error;
    }
    return { link, key, bytes: bytes.byteLength };
  });
}

async function checkAccess(source: string, store: string): Promise<void> {
  const response = await fetch(source, { headers: { origin: APP, range: "bytes=0-0" } }).catch((error: unknown) => {
    throw new RerunError("CONNECTION", `cannot read the link to ${store}: ${messageOf(error)}`, { cause: error });
  });
  await response.body?.cancel();
  const allowed = response.headers.get("access-control-allow-origin");
  if (allowed === "*" || allowed === APP) return;
  throw new RerunError(
    "UNSUPPORTED",
    `${store} does not allow pages of ${APP}; its CORS configuration needs the rule\n${JSON.stringify(RULES)}`,
  );
}
