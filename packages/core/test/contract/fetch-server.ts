import { RrdWriter } from "@rerun-ts/core/internal";

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

interface Received {
  readonly kind: "storeInfo" | "chunk" | "activation";
  readonly payload: Uint8Array<ArrayBuffer>;
}

const KINDS = { 1: "storeInfo", 2: "chunk", 3: "activation" } as const;

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
    const rrd = new RrdWriter({ footer: false });
    const parts = [rrd.header()];
    for (const { kind, payload } of this.received) {
      const storeId = { kind: "recording", applicationId: "", recordingId: "" } as const;
      parts.push(rrd.frame({ kind, payload, storeId, isStatic: false }), payload);
    }
    return join([...parts, rrd.finish()]);
  }
}

function untilAborted(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason as Error)));
}

/** An empty response, and the trailers. */
function answer(trailers: string): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(trailers);
  return join([new Uint8Array([0, 0, 0, 0, 0, 0x80, 0, 0, 0, text.length]), text]);
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function readFrames(body: Uint8Array<ArrayBuffer>): Received[] {
  const found: Received[] = [];
  const view = new DataView(body.buffer);
  for (let at = 0; at < body.length;) {
    const end = at + 5 + view.getUint32(at + 1);
    const { bytes: logMsg } = readField(body.slice(at + 5, end));
    const { field, bytes } = readField(logMsg);
    found.push({ kind: KINDS[field as 1 | 2 | 3], payload: bytes });
    at = end;
  }
  return found;
}

/** The only field of a protobuf message, which holds bytes. */
function readField(message: Uint8Array<ArrayBuffer>): {
  readonly field: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
} {
  let length = 0;
  let factor = 1;
  let at = 1;
  for (;;) {
    const byte = message[at++] as number;
    length += (byte & 0x7f) * factor;
    factor *= 128;
    if (byte < 128) break;
  }
  if (at + length !== message.length) throw new Error("the message has another length than it says");
  return { field: (message[0] as number) >> 3, bytes: message.slice(at) };
}
