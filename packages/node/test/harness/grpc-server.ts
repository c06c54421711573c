import { createSecureServer, createServer, type Http2Session, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo, Server } from "node:net";
import { RrdWriter } from "@rerun-ts/core/internal";

/** How a server of the tests behaves; by default it takes everything. */
export interface ServerBehaviour {
  /** The status that every call ends with. Default 0. */
  readonly status?: number;
  /** Answers before anything is read. */
  readonly refusesAtOnce?: boolean;
  /** Never reads what it is sent. */
  readonly neverReads?: boolean;
}

/** What a server needs to encrypt its connections. */
export interface ServerTls {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

/** A message as it stands in `LogMsg`. */
export interface Received {
  readonly kind: "storeInfo" | "chunk" | "activation";
  readonly payload: Uint8Array<ArrayBuffer>;
}

const KINDS = { 1: "storeInfo", 2: "chunk", 3: "activation" } as const;

/** A proxy that keeps what it is sent, in the order of the calls that it has acknowledged. */
export class GrpcServer {
  readonly received: Received[] = [];
  readonly headers: Record<string, string | string[] | undefined>[] = [];
  calls = 0;
  readonly #server: Server;
  readonly #scheme: string;
  readonly #sessions = new Set<Http2Session>();
  #behaviour: ServerBehaviour;

  private constructor(behaviour: ServerBehaviour, tls: ServerTls | undefined) {
    this.#behaviour = behaviour;
    this.#scheme = tls === undefined ? "rerun+http" : "rerun";
    this.#server = tls === undefined ? createServer() : createSecureServer({ ...tls });
    this.#server.on("session", (session) => {
      this.#sessions.add(session);
      session.on("close", () => this.#sessions.delete(session));
      session.on("error", () => {});
    });
    this.#server.on("sessionError", () => {});
    this.#server.on("stream", (stream, headers) => this.#answer(stream, headers));
  }

  static async start(behaviour: ServerBehaviour = {}, port = 0, tls?: ServerTls): Promise<GrpcServer> {
    const server = new GrpcServer(behaviour, tls);
    await new Promise<void>((resolve) => server.#server.listen(port, "127.0.0.1", resolve));
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}/proxy`;
  }

  /** What it has taken, as a stream without footer. */
  toRrd(): Uint8Array {
    return toRrd(this.received);
  }

  behave(behaviour: ServerBehaviour): void {
    this.#behaviour = behaviour;
  }

  /** Ends all connections at once, as a process that is killed does. */
  async stop(): Promise<void> {
    for (const session of this.#sessions) session.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Says goodbye on every connection, and takes no more of them: what is under way may go on to its end. */
  async retire(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const session of this.#sessions) session.close();
    await closed;
  }

  #answer(stream: ServerHttp2Stream, headers: Record<string, string | string[] | undefined>): void {
    this.calls++;
    this.headers.push(headers);
    stream.on("error", () => {});
    const { status = 0, refusesAtOnce, neverReads } = this.#behaviour;
    if (neverReads === true) return;
    if (refusesAtOnce === true) {
      stream.respond(
        { ":status": 200, "content-type": "application/grpc", "grpc-status": String(status), "grpc-message": "no" },
        { endStream: true },
      );
      return;
    }
    const parts: Buffer[] = [];
    stream.on("data", (part: Buffer) => parts.push(part));
    stream.on("end", () => {
      if (stream.destroyed) return;
      if (status === 0) this.received.push(...readFrames(Buffer.concat(parts)));
      stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": String(status), "grpc-message": "no" }));
      stream.end();
    });
  }
}

/** Messages as a stream without footer. */
export function toRrd(messages: readonly Received[]): Uint8Array {
  const rrd = new RrdWriter({ footer: false });
  const parts = [rrd.header()];
  for (const { kind, payload } of messages) {
    const storeId = { kind: "recording", applicationId: "", recordingId: "" } as const;
    parts.push(rrd.frame({ kind, payload, storeId, isStatic: false }), payload);
  }
  return new Uint8Array(Buffer.concat([...parts, rrd.finish()]));
}

/** The messages in the body of a call. */
export function readFrames(body: Buffer): Received[] {
  const found: Received[] = [];
  for (let at = 0; at < body.length;) {
    const length = body.readUInt32BE(at + 1);
    const { bytes: logMsg } = readField(body.subarray(at + 5, at + 5 + length));
    const { field, bytes } = readField(logMsg);
    found.push({ kind: KINDS[field as 1 | 2 | 3], payload: Uint8Array.from(bytes) });
    at += 5 + length;
  }
  return found;
}

/** The only field of a protobuf message, which holds bytes. */
function readField(message: Buffer): { readonly field: number; readonly bytes: Buffer } {
  let length = 0;
  let shift = 1;
  let at = 1;
  for (;;) {
    const byte = message[at++] as number;
    length += (byte & 0x7f) * shift;
    shift *= 128;
    if (byte < 128) break;
  }
  if (at + length !== message.length) throw new Error("the message has another length than it says");
  return { field: (message[0] as number) >> 3, bytes: message.subarray(at) };
}
