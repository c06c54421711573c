import { haveEntity, readFrames, receivedRrd, type Received } from "./received-messages.ts";
import { concat } from "./recordings.ts";

/** The behaviour of the server from now on. By default it acknowledges everything. */
export interface FetchBehaviour {
  /** The gRPC status of responses. Default: 0. */
  readonly status?: number;
  /** Whether responses lack the gRPC status, as seen by a page of another origin. */
  readonly isHidden?: boolean;
  /** The HTTP status of responses. Default: 200. */
  readonly httpStatus?: number;
  /** Whether the server is unreachable: `fetch` rejects. */
  readonly isAbsent?: boolean;
  /** Whether requests with data are lost. */
  readonly losesData?: boolean;
  /** Whether the server never responds. */
  readonly neverAnswers?: boolean;
  /** Larger calls are answered with HTTP status 413, as proxies do. */
  readonly maxCallBytes?: number;
  /** Calls with a chunk of this entity are rejected with the status 3. */
  readonly refusedEntity?: string;
}

/** A gRPC-web server that replaces `fetch`, for every runtime. */
export class FetchServer {
  behaviour: FetchBehaviour = {};
  received: Received[] = [];
  readonly headers: Headers[] = [];
  /** The sizes in bytes of the requests with data. */
  readonly calls: number[] = [];

  readonly fetch: typeof fetch = async (_, init) => {
    const {
      status = 0,
      isHidden,
      httpStatus = 200,
      isAbsent,
      losesData,
      neverAnswers,
      maxCallBytes = Infinity,
      refusedEntity,
    } = this.behaviour;
    const body = new Uint8Array(await new Response(init?.body).arrayBuffer());
    this.headers.push(new Headers(init?.headers));
    if (body.length > 0) this.calls.push(body.length);
    if (neverAnswers === true) await untilAborted(init?.signal);
    if (isAbsent === true || (losesData === true && body.length > 0)) throw new TypeError("Failed to fetch");
    if (body.length > maxCallBytes) return new Response(null, { status: 413 });
    if (refusedEntity !== undefined && haveEntity(readFrames(body), refusedEntity))
      return new Response(answer("grpc-status:3\r\ngrpc-message:not%20like%20this\r\n"));
    if (httpStatus !== 200) return new Response(null, { status: httpStatus });
    if (status !== 0) {
      const headers = { "grpc-status": String(status), "grpc-message": "not%20like%20this" };
      const type = { "content-type": "application/grpc-web+proto" };
      return new Response(null, { headers: isHidden === true ? type : { ...type, ...headers } });
    }
    this.received.push(...readFrames(body));
    return new Response(answer("grpc-status:0\r\n"));
  };

  /** The acknowledged messages as a stream without footer. */
  toRrd(): Uint8Array {
    return receivedRrd(this.received);
  }
}

function untilAborted(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason as Error)));
}

/** The body of an empty response with trailers. */
function answer(trailers: string): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(trailers);
  return Uint8Array.from(concat([new Uint8Array([0, 0, 0, 0, 0, 0x80, 0, 0, 0, text.length]), text]));
}
