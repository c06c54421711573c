/** The bytes of an upload so far, and in total. */
export interface UploadProgress {
  /** The number of bytes that were sent. */
  readonly bytes: number;
  /** The number of all bytes. */
  readonly totalBytes: number;
}

/** An object to upload, whose size is known. */
export interface UploadBody {
  readonly size: number;
  /** The bytes from `start` to before `end`. */
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  /** The whole object, if it need not be in memory. */
  readonly whole: Blob | undefined;
  close(): Promise<void>;
}

/** A request that uploads an object. */
export interface PutRequest {
  readonly target: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: UploadBody;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: UploadProgress) => void) | undefined;
}

/** The response to a {@link PutRequest}. */
export type PutResponse = Pick<Response, "ok" | "status" | "statusText">;

const PIECE_BYTES = 1024 * 1024;

/** Uploads with `fetch`: as a whole if no caller observes the progress, or if the platform cannot send streams. */
export async function putByFetch(
  send: typeof fetch,
  { target, method, headers, body, signal, onProgress }: PutRequest,
  sendsStreams: boolean,
): Promise<PutResponse> {
  const init = { method, headers, signal: signal ?? null, credentials: "omit", redirect: "manual" } as const;
  let response: Response;
  // A blob is sent without reading it into memory.
  if (body.whole !== undefined && (onProgress === undefined || !sendsStreams))
    response = await send(target, { ...init, body: body.whole });
  else {
    headers.set("content-length", String(body.size));
    const stream = streamOf(piecesOf(body, onProgress));
    response = await send(target, { ...init, body: stream, duplex: "half" } as RequestInit);
  }
  await response.body?.cancel();
  return response;
}

/** Yields the pieces of an object, and reports how many bytes came before each. */
export async function* piecesOf(
  body: UploadBody,
  onProgress: PutRequest["onProgress"],
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  for (let at = 0; at < body.size;) {
    onProgress?.({ bytes: at, totalBytes: body.size });
    const piece = await body.read(at, Math.min(at + PIECE_BYTES, body.size));
    at += piece.byteLength;
    yield piece;
  }
}

function streamOf(
  pieces: AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        const next = await pieces.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      async cancel() {
        await pieces.return();
      },
    },
    { highWaterMark: 0 },
  );
}
