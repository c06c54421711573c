import { RerunError } from "@rerun-ts/core";
import { invalidArgument, messageOf } from "@rerun-ts/core/checks";
import { UploadMethod, UrlSigning, cloudService } from "@rerun-ts/core/cloud";
import { SENDS_STREAMS } from "#catalog-transport";
import { openPath } from "#open-path";
import type { CatalogCallOptions, CatalogCalls } from "./catalog-calls.ts";
import { checkText } from "./check-texts.ts";

/** Something to upload: bytes, a `Blob` or `File`, or on Node the path of a file. */
export type UploadSource = Blob | Uint8Array | ArrayBuffer | string | URL;

/** The progress of an upload. */
export interface UploadProgress {
  /** The number of bytes that were sent. */
  readonly bytes: number;
  /** The number of all bytes. */
  readonly totalBytes: number;
}

/** Options of an upload. */
export interface StageOptions extends CatalogCallOptions {
  /** The path in the storage of the catalog, such as `robot/monday.rrd`. It must not be taken. */
  key: string;
  /** Called as bytes are sent. */
  onProgress?: ((progress: UploadProgress) => void) | undefined;
}

/** A source whose size is known. */
interface Body {
  readonly size: number;
  /** The bytes from `start` to before `end`. */
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  /** All of it where that needs no memory. */
  readonly whole: Blob | undefined;
  close(): Promise<void>;
}

const PIECE_BYTES = 1024 * 1024;

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
  checkText("key", key, "a path such as robot/monday.rrd");
  const body = await bodyOf(source);
  try {
    const doing = `upload ${key}`;
    const request = {
      key,
      sizeBytes: BigInt(body.size),
      supportedUploadMethods: [UploadMethod.SINGLE_REQUEST],
      signing: UrlSigning.SIGNED,
    };
    const granted = await calls.unary(cloudService.method.getWriteAccessGrant, request, { doing, signal });
    const redemption = granted.grant?.redemption;
    if (redemption?.case !== "httpRequest")
      throw new RerunError("UNSUPPORTED", `cannot ${doing}: the server does not accept it in one request`);
    const { method, url, headers, sameOrigin } = redemption.value;
    const all = sameOrigin ? await calls.headers() : new Headers();
    for (const { name, value } of headers) all.set(name, value);
    const target = sameOrigin ? new URL(url, calls.url.origin).href : url;
    const response = await put({ send: calls.fetch, target, method, headers: all, body, signal, onProgress, doing });
    await response.body?.cancel();
    if (!existOk || response.status !== PRECONDITION_FAILED) checkResponse(response, doing, calls.url.href);
    onProgress?.({ bytes: body.size, totalBytes: body.size });
    return granted.storageUrl;
  } finally {
    await body.close();
  }
}

interface Put {
  readonly send: typeof fetch;
  readonly target: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Body;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: StageOptions["onProgress"];
  readonly doing: string;
}

async function put({ send, target, method, headers, body, signal, onProgress, doing }: Put): Promise<Response> {
  const init = { method, headers, signal: signal ?? null, credentials: "omit", redirect: "manual" } as const;
  try {
    // A blob need not be in memory.
    if (body.whole !== undefined && (onProgress === undefined || !SENDS_STREAMS))
      return await send(target, { ...init, body: body.whole });
    headers.set("content-length", String(body.size));
    return await send(target, { ...init, body: streamOf(body, onProgress), duplex: "half" } as RequestInit);
  } catch (error) {
    if (signal?.aborted === true)
      throw new RerunError("ABORTED", `cannot ${doing}: it was aborted by \`signal\``, { cause: error });
    throw new RerunError("CONNECTION", `cannot ${doing} to ${new URL(target).origin}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** The status of a request whose object is there already. */
const PRECONDITION_FAILED = 412;
/** The statuses of servers that grant uploads, but do not take them: those of viewers. */
const NOT_TAKEN: readonly number[] = [400, 404, 405, 501];

function checkResponse({ ok, status, statusText }: Response, doing: string, href: string): void {
  if (ok) return;
  const reason = `HTTP status ${status} ${statusText}`.trim();
  if (status === PRECONDITION_FAILED)
    throw new RerunError("ALREADY_EXISTS", `cannot ${doing}: there is something with this key already (${reason})`);
  if (status === 401 || status === 403) throw new RerunError("AUTH", `cannot ${doing}: ${reason}`);
  if (NOT_TAKEN.includes(status))
    throw new RerunError("UNSUPPORTED", `cannot ${doing}: ${href} takes no uploads (${reason})`);
  throw new RerunError("SERVER", `cannot ${doing}: ${reason}`);
}

function streamOf(body: Body, onProgress: StageOptions["onProgress"]): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        onProgress?.({ bytes: at, totalBytes: body.size });
        if (at >= body.size) return controller.close();
        const piece = await body.read(at, Math.min(at + PIECE_BYTES, body.size));
        at += piece.byteLength;
        controller.enqueue(piece);
      },
    },
    { highWaterMark: 0 },
  );
}

async function bodyOf(source: UploadSource): Promise<Body> {
  if (source instanceof ArrayBuffer) return blobBody(new Blob([source]));
  if (source instanceof Uint8Array) return blobBody(new Blob([source as Uint8Array<ArrayBuffer>]));
  if (source instanceof Blob) return blobBody(source);
  if (typeof source !== "string" && !(source instanceof URL))
    throw invalidArgument("source", "bytes, a Blob, or on Node a path", source);
  const file = await openPath(source);
  return {
    size: file.size,
    read: async (start, end) => (await file.read(start, end - start)) as Uint8Array<ArrayBuffer>,
    whole: undefined,
    close: async () => file.close?.(),
  };
}

function blobBody(blob: Blob): Body {
  return {
    size: blob.size,
    read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
    whole: blob,
    close: () => Promise.resolve(),
  };
}
