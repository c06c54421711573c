import { RerunError } from "@rerun-ts/core";
import { argumentError, checkObject, withRerunErrors } from "@rerun-ts/core/checks";
import * as rr from "@rerun-ts/node";
import type { ObjectStore } from "../store/object-store.ts";
import { checkViewerAccess } from "./check-viewer-access.ts";

/** The time for which a link is valid by default: a day. */
export const EXPIRES_SECONDS: number = 86_400;
/** The key of a shared page or recording: a folder that nobody can guess. */
const SHARED = /(?:^|\/)(share\/[0-9a-f]{32}\/recording\.(?:html|rrd))$/u;
const RANDOM_BYTES = 16;

/** Options of {@link shareLink}. */
export interface ShareLinkOptions extends rr.viewer.RecordingToHtmlOptions {
  /** The time in which the link is valid, in seconds. Stores with the API of S3 allow a week. Default 86,400, a day. */
  expiresSeconds?: number | undefined;
}

/** A page in a store. */
export interface SharedLink {
  /** The link. Whoever has it can read the page: it contains a signature. */
  readonly link: string;
  /** The key of the page in its store. */
  readonly key: string;
  /** The size of the page. */
  readonly bytes: number;
}

/**
 * Uploads a page of recordings, as `viewer.recordingToHtml` makes it, to a store, and returns a link to it. Nobody can
 * guess its key. The link contains the whole page, and expires; the page stays until {@link deleteSharedLink}.
 *
 * @throws {RerunError} as `viewer.recordingToHtml` and `create` of the store, and `UNSUPPORTED` if the store has no
 *   signed URLs, or the server of `viewer` does not allow pages of the store's origin
 *
 * @example
 * const { link } = await shareLink("run.rrd", s3Store("s3://runs/shared"), { at: "frame@120" });
 */
export function shareLink(
  recordings: rr.viewer.PageRecordingLike | readonly rr.viewer.PageRecordingLike[],
  store: ObjectStore,
  options: ShareLinkOptions = {},
): Promise<SharedLink> {
  return withRerunErrors(async () => {
    checkObject(options);
    const { expiresSeconds = EXPIRES_SECONDS, ...others } = options;
    // Signed first, so that a wrong time or missing credentials upload nothing.
    const { key, link } = await newLink(store, "recording.html", expiresSeconds);
    if (others.viewer !== undefined) await checkViewerAccess(others.viewer, new URL(link).origin);
    const page = await rr.viewer.recordingToHtml(recordings, others);
    const { signal } = others;
    // `false` after a lost response: nobody else has this key.
    await store.create(key, page, { contentType: "text/html; charset=utf-8", signal });
    return { link, key, bytes: page.size };
  });
}

/**
 * Deletes the page of a link, which may have expired.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` if the link is not one of this store
 */
export function deleteSharedLink(link: string, store: ObjectStore): Promise<void> {
  return withRerunErrors(async () => {
    const given = URL.canParse(link) ? new URL(link) : undefined;
    // A link to app.rerun.io has the address of the recording as a parameter.
    const source = given?.searchParams.get("url") ?? link;
    const url = URL.canParse(source) ? new URL(source) : undefined;
    const [, key] = SHARED.exec(url?.pathname ?? "") ?? [];
    const own = key === undefined ? undefined : new URL(await presigned(store, key, 1));
    if (key === undefined || url?.origin !== own?.origin || url?.pathname !== own?.pathname)
      throw argumentError("link", `\`link\` must be a link that was shared from ${store.url}`);
    await store.delete(key);
  });
}

/** A key that nobody can guess, and a link to it. */
export async function newLink(
  store: ObjectStore,
  name: string,
  expiresSeconds: number,
): Promise<Pick<SharedLink, "key" | "link">> {
  const random = Buffer.from(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES))).toString("hex");
  const key = `share/${random}/${name}`;
  return { key, link: await presigned(store, key, expiresSeconds) };
}

async function presigned(store: ObjectStore, key: string, expiresSeconds: number): Promise<string> {
  if (store.presignRead !== undefined) return store.presignRead(key, expiresSeconds);
  throw new RerunError("UNSUPPORTED", `${store.url} has no links: share from a bucket, such as s3://bucket/prefix`);
}
