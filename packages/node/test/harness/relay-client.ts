import { connect, type ClientHttp2Session, type ClientHttp2Stream } from "node:http2";
import type { EncodedMessage } from "@rerun-ts/core";
import { grpcFrameHeader } from "@rerun-ts/core/internal";
import { readFrames, receivedRrd, type Received } from "../../../core/test/contract/received-messages.ts";

/** How much may be on its way to it. */
const WINDOW_BYTES = 4 * 1024 * 1024;
const SERVICE = "/rerun.sdk_comms.v1alpha1.MessageProxyService/";

/** How a call of gRPC ended. */
export interface CallEnd {
  /** `undefined` if the connection was cut. */
  readonly status: number | undefined;
  readonly message: string;
  readonly body: Buffer;
}

/** The address of a method, of a server whose address is as Rerun writes it. */
export function methodUrl(url: string, method: string): string {
  return httpUrl(url) + SERVICE + method;
}

/** The address of a server for HTTP. */
export function httpUrl(url: string): string {
  return url
    .replace(/^rerun\+http/, "http")
    .replace(/^rerun:/, "https:")
    .replace(/\/proxy$/, "");
}

/** A message in gRPC's frame, as `WriteMessages` takes it. */
export function frameOf(message: EncodedMessage): Buffer<ArrayBuffer> {
  return Buffer.concat([grpcFrameHeader(message), message.payload]);
}

/** gRPC over HTTP/2, without any library: what it sends and gets is only what the tests say. */
export class Http2Client {
  readonly #session: ClientHttp2Session;

  constructor(url: string, options?: Parameters<typeof connect>[1]) {
    this.#session = connect(httpUrl(url), { settings: { initialWindowSize: WINDOW_BYTES }, ...options });
    this.#session.on("connect", () => {
      if (!this.#session.destroyed) this.#session.setLocalWindowSize(WINDOW_BYTES);
    });
    this.#session.on("error", () => {});
  }

  /** Begins a call; its body is up to the caller. */
  begin(method: string, headers: Readonly<Record<string, string>> = {}): ClientHttp2Stream {
    const stream = this.#session.request({
      ":method": "POST",
      ":path": SERVICE + method,
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    });
    stream.on("error", () => {});
    return stream;
  }

  /** One call, from its body to its end. */
  async call(method: string, body: Uint8Array, headers?: Readonly<Record<string, string>>): Promise<CallEnd> {
    const stream = this.begin(method, headers);
    const end = endOf(stream);
    stream.end(body);
    return end;
  }

  write(messages: readonly EncodedMessage[], headers?: Readonly<Record<string, string>>): Promise<CallEnd> {
    return this.call("WriteMessages", Buffer.concat(messages.map(frameOf)), headers);
  }

  close(): void {
    this.#session.destroy();
  }
}

/** Settles when a call has ended. */
export function endOf(stream: ClientHttp2Stream): Promise<CallEnd> {
  const parts: Buffer[] = [];
  let status: number | undefined;
  let message = "";
  const look = (headers: Readonly<Record<string, unknown>>): void => {
    if (headers["grpc-status"] === undefined) return;
    status = Number(headers["grpc-status"]);
    message = decodeURIComponent((headers["grpc-message"] as string | undefined) ?? "");
  };
  stream.on("response", look);
  stream.on("trailers", look);
  stream.on("data", (part: Buffer) => parts.push(part));
  return new Promise((resolve) => stream.on("close", () => resolve({ status, message, body: Buffer.concat(parts) })));
}

/** Reads what a server has, until it is stopped or the server ends. */
export class RelayReaderClient {
  readonly ended: Promise<CallEnd>;
  readonly #client: Http2Client;
  readonly #stream: ClientHttp2Stream;
  #parts: Buffer[] = [];
  #messages: Received[] = [];

  constructor(url: string, method = "ReadMessages", headers: Readonly<Record<string, string>> = {}) {
    this.#client = new Http2Client(url);
    this.#stream = this.#client.begin(method, headers);
    this.#stream.on("data", (part: Buffer) => this.#parts.push(part));
    this.ended = endOf(this.#stream);
    this.#stream.end(Buffer.alloc(5));
    void this.ended.then(() => this.#client.close());
  }

  /** The messages so far. */
  get messages(): readonly Received[] {
    const bytes = Buffer.concat(this.#parts);
    let end = 0;
    while (bytes.length - end >= 5 && bytes.length - end >= 5 + bytes.readUInt32BE(end + 1))
      end += 5 + bytes.readUInt32BE(end + 1);
    this.#messages = [...this.#messages, ...readFrames(bytes.subarray(0, end))];
    this.#parts = [bytes.subarray(end)];
    return this.#messages;
  }

  /** Waits until there are so many messages. */
  async until(count: number, timeoutMs = 10_000): Promise<readonly Received[]> {
    const deadline = performance.now() + timeoutMs;
    while (this.messages.length < count) {
      if (performance.now() > deadline) throw new Error(`there are ${this.messages.length} of ${count} messages`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return this.messages;
  }

  /** What came, as a stream without footer. */
  toRrd(): Uint8Array {
    return receivedRrd(this.messages);
  }

  /** Reads no more, but stays. */
  pause(): void {
    this.#stream.pause();
  }

  stop(): void {
    this.#client.close();
  }
}
