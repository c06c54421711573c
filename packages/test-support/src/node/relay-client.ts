import { connect, type ClientHttp2Session, type ClientHttp2Stream } from "node:http2";
import type { EncodedMessage } from "@rerun-ts/core";
import { grpcFrameHeader } from "@rerun-ts/core/transport";
import { readFrames, receivedRrd, type Received } from "../common/received-messages.ts";

/** The flow control window of a client. */
const WINDOW_BYTES = 4 * 1024 * 1024;
/** The flags and the length of a message in a gRPC frame. */
const FRAME_HEADER_BYTES = 5;
const SERVICE = "/rerun.sdk_comms.v1alpha1.MessageProxyService/";

/** The result of a gRPC call. */
export interface CallEnd {
  /** The gRPC status; `undefined` if the connection was lost. */
  readonly status: number | undefined;
  readonly message: string;
  readonly body: Buffer;
}

/** The HTTP URL of a method, for a server with a Rerun URL. */
export function methodUrl(url: string, method: string): string {
  return httpUrl(url) + SERVICE + method;
}

/** The HTTP URL of a server with a Rerun URL. */
export function httpUrl(url: string): string {
  return url
    .replace(/^rerun\+http/, "http")
    .replace(/^rerun:/, "https:")
    .replace(/\/proxy$/, "");
}

/** A message in a gRPC frame, as `WriteMessages` receives it. */
export function frameOf(message: EncodedMessage): Buffer<ArrayBuffer> {
  return Buffer.concat([grpcFrameHeader(message), message.payload]);
}

/** A gRPC client over HTTP/2 without a library, so that tests control every byte. */
export class Http2Client {
  readonly #session: ClientHttp2Session;

  constructor(url: string, options?: Parameters<typeof connect>[1]) {
    this.#session = connect(httpUrl(url), { settings: { initialWindowSize: WINDOW_BYTES }, ...options });
    this.#session.on("connect", () => {
      if (!this.#session.destroyed) this.#session.setLocalWindowSize(WINDOW_BYTES);
    });
    this.#session.on("error", () => {});
  }

  /** Starts a call, whose body the caller writes. */
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

  /** Makes a call with a complete body. */
  async call(method: string, body: Uint8Array, headers?: Readonly<Record<string, string>>): Promise<CallEnd> {
    const stream = this.begin(method, headers);
    const end = endOf(stream);
    stream.end(body);
    return end;
  }

  /** Calls `WriteMessages` with messages, and waits for its end. */
  write(messages: readonly EncodedMessage[], headers?: Readonly<Record<string, string>>): Promise<CallEnd> {
    return this.call("WriteMessages", Buffer.concat(messages.map(frameOf)), headers);
  }

  close(): void {
    this.#session.destroy();
  }
}

/** Waits for the end of a call. */
export function endOf(stream: ClientHttp2Stream): Promise<CallEnd> {
  const parts: Buffer[] = [];
  let status: number | undefined;
  let message = "";
  const readStatus = (headers: Readonly<Record<string, unknown>>): void => {
    if (headers["grpc-status"] === undefined) return;
    status = Number(headers["grpc-status"]);
    message = decodeURIComponent((headers["grpc-message"] as string | undefined) ?? "");
  };
  stream.on("response", readStatus);
  stream.on("trailers", readStatus);
  stream.on("data", (part: Buffer) => parts.push(part));
  return new Promise((resolve) => stream.on("close", () => resolve({ status, message, body: Buffer.concat(parts) })));
}

/** Reads the messages of a server until it is stopped or the server ends. */
export class RelayReaderClient {
  readonly ended: Promise<CallEnd>;
  readonly #client: Http2Client;
  readonly #stream: ClientHttp2Stream;
  readonly #messages: Received[] = [];
  /** The received bytes of incomplete messages, and of messages that no test has asked for yet. */
  #parts: Buffer[] = [];
  #bytes = 0;
  /** The size of the first of these messages, or of its header while that is missing. */
  #needed = FRAME_HEADER_BYTES;

  constructor(url: string, method = "ReadMessages", headers: Readonly<Record<string, string>> = {}) {
    this.#client = new Http2Client(url);
    this.#stream = this.#client.begin(method, headers);
    this.#stream.on("data", (part: Buffer) => {
      this.#parts.push(part);
      this.#bytes += part.length;
    });
    this.ended = endOf(this.#stream);
    this.#stream.end(Buffer.alloc(FRAME_HEADER_BYTES));
    void this.ended.then(() => this.#client.close());
  }

  /** The messages that were received so far. */
  get messages(): readonly Received[] {
    if (this.#bytes < this.#needed) return this.#messages;
    const bytes = Buffer.concat(this.#parts);
    let end = 0;
    const frameBytes = (): number =>
      FRAME_HEADER_BYTES + (bytes.length - end < FRAME_HEADER_BYTES ? 0 : bytes.readUInt32BE(end + 1));
    while (bytes.length - end >= FRAME_HEADER_BYTES && bytes.length - end >= frameBytes()) end += frameBytes();
    for (const message of readFrames(bytes.subarray(0, end))) this.#messages.push(message);
    this.#needed = frameBytes();
    this.#parts = [bytes.subarray(end)];
    this.#bytes = bytes.length - end;
    return this.#messages;
  }

  /** Waits until `count` messages were received. */
  async until(count: number, timeoutMs = 60_000): Promise<readonly Received[]> {
    const deadline = performance.now() + timeoutMs;
    while (this.messages.length < count) {
      if (performance.now() > deadline) throw new Error(`received ${this.messages.length} of ${count} messages`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return this.messages;
  }

  /** The received messages as a stream without footer. */
  toRrd(): Uint8Array {
    return receivedRrd(this.messages);
  }

  /** Stops reading, but stays connected. */
  pause(): void {
    this.#stream.pause();
  }

  stop(): void {
    this.#client.close();
  }
}
