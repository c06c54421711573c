import { readFrames, receivedRrd, type Received } from "./received-messages.ts";
import { concat } from "./recordings.ts";

/** How the next answers are; by default everything is taken. */
export interface FetchBehaviour {
  /** gRPC's status. */
  readonly status?: number;
  /** The status stands where a page from another origin cannot see it: nowhere. */
  readonly isHidden?: boolean;
  readonly httpStatus?: number;
  /** There is nobody: only `fetch` says so. */
  readonly isAbsent?: boolean;
  /** Calls with anything in them are lost. */
  readonly losesData?: boolean;
  readonly neverAnswers?: boolean;
}

/** A server of gRPC-web in place of the network, for every runtime that has `fetch`. */
export class FetchServer {
  behaviour: FetchBehaviour = {};
  received: Received[] = [];
  readonly headers: Headers[] = [];
  /** The sizes of the calls that had something in them. */
  readonly calls: number[] = [];

  readonly fetch: typeof fetch = async (_, init) => {
    const { status = 0, isHidden, httpStatus = 200, isAbsent, losesData, neverAnswers } = this.behaviour;
    const body = new Uint8Array(await new Response(init?.body).arrayBuffer());
    this.headers.push(new Headers(init?.headers));
    if (body.length > 0) this.calls.push(body.length);
    if (neverAnswers === true) await untilAborted(init?.signal);
    if (isAbsent === true || (losesData === true && body.length > 0)) throw new TypeError("Failed to fetch");
    if (httpStatus !== 200) return new Response(null, { status: httpStatus });
    if (status !== 0) {
      const headers = { "grpc-status": String(status), "grpc-message": "not%20like%20this" };
      return new Response(null, isHidden === true ? {} : { headers });
    }
    this.received.push(...readFrames(body));
    return new Response(answer("grpc-status:0\r\n"));
  };

  /** What it has taken, as a stream without footer. */
  toRrd(): Uint8Array {
    return receivedRrd(this.received);
  }
}

function untilAborted(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason as Error)));
}

/** An empty response, and the trailers. */
function answer(trailers: string): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(trailers);
  return Uint8Array.from(concat([new Uint8Array([0, 0, 0, 0, 0, 0x80, 0, 0, 0, text.length]), text]));
}
