import { RerunError } from "@rerun-ts/core";
import { invalidArgument, messageOf, isArrayBuffer, isBlob, isUint8Array, isUrl } from "@rerun-ts/core/checks";
import { randomId } from "@rerun-ts/core/util";
import { UploadMethod, UrlSigning, cloudService, type HttpRequestMessage } from "./catalog-service.ts";
import { openPlatformFile } from "@rerun-ts/reading/source";
import type { CatalogCallOptions, CatalogCalls } from "./catalog-calls.ts";
import { ABSOLUTE_URL, checkNonEmptyText } from "./check-texts.ts";
import type { PutRequest, PutResponse, UploadBody, UploadProgress } from "./put-object.ts";

/** Something to upload: bytes, a `Blob` or `File`, or on Node the path of a file. */
export type UploadSource = Blob | Uint8Array | ArrayBuffer | string | URL;

/** Options of an upload. */
export interface StageOptions extends CatalogCallOptions {
  /** The path in the storage of the catalog, such as `robot/monday.rrd`. The path must not exist. */
  key: string;
  /** Called as bytes are sent. */
  onProgress?: ((progress: UploadProgress) => void) | undefined;
}

/** Options of `CatalogClient.stage`. */
export interface StageObjectOptions extends StageOptions {
  /** Whether an object that is there already counts as uploaded. Default `false`: that is an error. */
  existOk?: boolean | undefined;
}

/** Uploads an object to the storage of a catalog. Resolves to its URL there, with which it can be registered. */
export async function uploadObject(
  calls: CatalogCalls,
  source: UploadSource,
  { key, onProgress, signal, existOk = false }: StageObjectOptions,
): Promise<string> {
  checkNonEmptyText("key", key, "a path such as robot/monday.rrd");
  const body = await bodyOf(source);
  try {
    const doing = `upload ${key}`;
    const wanted = {
      key,
      sizeBytes: BigInt(body.size),
      supportedUploadMethods: [UploadMethod.SINGLE_REQUEST],
      signing: UrlSigning.SIGNED,
    };
    const granted = await calls
      .unary(cloudService.method.getWriteAccessGrant, wanted, { doing, signal })
      .catch((error: unknown) => {
        if (!existOk || RerunError.from(error).code !== "ALREADY_EXISTS") throw error;
        return undefined;
      });
    if (granted === undefined) return await storageUrlOf(calls, wanted, doing, signal);
    const redemption = granted.grant?.redemption;
    if (redemption?.case !== "httpRequest")
      throw new RerunError("UNSUPPORTED", `cannot ${doing}: the server does not accept it in one request`);
    const { storageUrl } = granted;
    const request = await grantedRequest(calls, redemption.value, storageUrl, doing);
    const response = await put(calls, { ...request, body, signal, onProgress }, doing);
    if (!existOk || response.status !== PRECONDITION_FAILED) checkResponse(response, doing, calls.url.href);
    onProgress?.({ bytes: body.size, totalBytes: body.size });
    return storageUrl;
  } finally {
    await body.close();
  }
}

/** The URL of an object that is there: as of one that is not, for which the server grants a request. */
async function storageUrlOf(
  calls: CatalogCalls,
  wanted: { readonly key: string; readonly supportedUploadMethods: UploadMethod[]; readonly signing: UrlSigning },
  doing: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const suffix = `.${randomId()}`;
  const other = { ...wanted, key: wanted.key + suffix, sizeBytes: 0n };
  const { storageUrl } = await calls.unary(cloudService.method.getWriteAccessGrant, other, { doing, signal });
  if (!storageUrl.endsWith(other.key))
    throw new RerunError("UNSUPPORTED", `cannot ${doing}: it is there already, and the server does not tell its URL`);
  return storageUrl.slice(0, -suffix.length);
}

/** The request that the server has granted. The headers of the catalog are sent to the catalog alone. */
async function grantedRequest(
  calls: CatalogCalls,
  { method, url, headers, sameOrigin }: HttpRequestMessage,
  storageUrl: string,
  doing: string,
): Promise<Pick<PutRequest, "target" | "method" | "headers">> {
  const { origin } = calls.url;
  const all = sameOrigin ? await calls.headers() : new Headers();
  try {
    const target = sameOrigin ? new URL(url, origin) : new URL(url);
    if (sameOrigin && target.origin !== new URL(origin).origin) throw new Error(`${target.origin} is another server`);
    if (!/^https?:$/.test(target.protocol)) throw new Error(`${target.protocol} is not HTTP`);
    if (!/^(?:PUT|POST|PATCH)$/.test(method)) throw new Error(`the method ${method} uploads nothing`);
    if (!ABSOLUTE_URL.test(storageUrl)) throw new Error(`${JSON.stringify(storageUrl)} is not a URL`);
    for (const { name, value } of headers) all.set(name, value);
    return { target: target.href, method, headers: all };
  } catch (error) {
    const reason = `the server has granted a request that cannot be made: ${messageOf(error)}`;
    throw new RerunError("INVALID_FORMAT", `cannot ${doing}: ${reason}`);
  }
}

/** The slowest connection on which an upload is waited for, in bytes per millisecond. */
const SLOWEST = 16;

/** Sends an object. Fails if the server accepts nothing for too long, or does not respond. */
async function put(calls: CatalogCalls, request: PutRequest, doing: string): Promise<PutResponse> {
  // The time depends on the size, because some platforms do not report the number of sent bytes.
  const deadline = calls.deadline(calls.settings.timeoutMs + request.body.size / SLOWEST, request.signal);
  const { onProgress } = request;
  const onSent: PutRequest["onProgress"] =
    onProgress &&
    ((progress) => {
      deadline.begin();
      onProgress(progress);
    });
  try {
    return await deadline.within((stop) => calls.put({ ...request, signal: stop, onProgress: onSent }));
  } catch (error) {
    const own = deadline.error(doing, error);
    if (own !== undefined) throw own;
    throw new RerunError("CONNECTION", `cannot ${doing} to ${new URL(request.target).origin}: ${messageOf(error)}`, {
      cause: error,
    });
  } finally {
    deadline.end();
  }
}

/** The status of a request whose object is there already. */
const PRECONDITION_FAILED = 412;
/** The statuses of servers that grant uploads but reject them, as viewers do. */
const NOT_TAKEN: readonly number[] = [400, 404, 405, 501];

function checkResponse({ ok, status, statusText }: PutResponse, doing: string, href: string): void {
  if (ok) return;
  const reason = `HTTP status ${status} ${statusText}`.trim();
  if (status === PRECONDITION_FAILED)
    throw new RerunError("ALREADY_EXISTS", `cannot ${doing}: there is something with this key already (${reason})`);
  if (status === 401 || status === 403) throw new RerunError("AUTH", `cannot ${doing}: ${reason}`);
  if (NOT_TAKEN.includes(status))
    throw new RerunError("UNSUPPORTED", `cannot ${doing}: ${href} takes no uploads (${reason})`);
  throw new RerunError("SERVER", `cannot ${doing}: ${reason}`);
}

async function bodyOf(source: UploadSource): Promise<UploadBody> {
  if (isArrayBuffer(source)) return blobBody(new Blob([source]));
  if (isUint8Array(source)) return blobBody(new Blob([source as Uint8Array<ArrayBuffer>]));
  if (isBlob(source)) return blobBody(source);
  if (typeof source !== "string" && !isUrl(source))
    throw invalidArgument("source", "bytes, a Blob, or on Node a path", source);
  const file = await openPlatformFile(source);
  return {
    size: file.size,
    read: async (start, end) => (await file.read(start, end - start)) as Uint8Array<ArrayBuffer>,
    whole: undefined,
    close: async () => file.close?.(),
  };
}

function blobBody(blob: Blob): UploadBody {
  return {
    size: blob.size,
    read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
    whole: blob,
    close: () => Promise.resolve(),
  };
}
