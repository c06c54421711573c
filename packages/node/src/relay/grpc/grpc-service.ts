import { GRPC_STATUS, PROXY_SERVICE_PATH } from "@rerun-ts/core/transport";
import type { FrameListener } from "./grpc-frame-reader.ts";
import type { AccessControl, Granted, Permission } from "../http/access-control.ts";
import { checkAllowed, type AllowedStores } from "../http/access-grants.ts";
import { GrpcResponse, grpcKindOf, type GrpcKind } from "./grpc-response.ts";
import { streamMessages, type ReadCounters } from "./grpc-read-stream.ts";
import { dropRequest, respondText, type HttpExchange } from "../http/http-exchange.ts";
import { ReceiveMemory } from "../receive-memory.ts";
import type { Relay } from "../relay.ts";
import { RelayError } from "../relay-error.ts";
import type { ReaderContent } from "../relay-reader.ts";
import { RecentIds, chunkKeyOf } from "../recent-ids.ts";
import type { ForwardedClient } from "../upstream.ts";
import { RequestReceiver, type Reception } from "./request-receiver.ts";
import { PREFIX_BYTES, findLogMsg } from "./write-request.ts";

type Method = (call: HttpExchange, kind: GrpcKind, reply: GrpcResponse, granted: Granted) => void;

/** Requests of readers have options at most, and separate memory, so that they take none from writers. */
const MAX_READ_REQUEST_BYTES = 4 * 1024;
const READ_REQUESTS_BYTES = 16 * 1024 * 1024;
/** Longest time that a request of a reader may take, and how long the body of another one may be without progress. */
const READ_REQUEST_SECONDS = 10;
const SILENT_SECONDS = 30;
/** Largest number of readers of a relay: each takes some memory. */
const MAX_READERS = 4096;

/**
 * Serves Rerun's `MessageProxyService` over all variants of gRPC: gRPC on HTTP/2, gRPC-web, and gRPC-web as text.
 * Written messages go to the relay as they arrive, and the end of a call acknowledges them; an error ends the call with
 * a status, but messages before it stay accepted. Reads stream until the client or the relay ends. Source:
 * sdk_comms.proto.
 */
export class GrpcService {
  /** The number of open `WriteMessages` calls. */
  writers = 0;
  /** The number of calls that ended with an error. */
  rejected = 0;
  readonly counters: ReadCounters = { sentBytes: 0 };
  readonly #relay: Relay;
  readonly #access: AccessControl;
  readonly #memory: ReceiveMemory;
  #upstream: ForwardedClient | undefined;
  readonly #known = new RecentIds();
  readonly #readMemory: ReceiveMemory = new ReceiveMemory({ maxBytes: READ_REQUESTS_BYTES, reserveBytes: 0 });
  readonly #methods: Readonly<Record<string, { readonly permission: Permission; readonly perform: Method }>> = {
    WriteMessages: { permission: "write", perform: (...call) => this.#writeMessages(...call) },
    WriteTable: { permission: "write", perform: (...call) => this.#writeTable(...call) },
    ReadMessages: { permission: "read", perform: (...call) => this.#read("messages", ...call) },
    ReadTables: { permission: "read", perform: (...call) => this.#read("tables", ...call) },
  };

  constructor(relay: Relay, access: AccessControl, memory: ReceiveMemory) {
    this.#relay = relay;
    this.#access = access;
    this.#memory = memory;
  }

  /**
   * Refuses a call of gRPC whose host or origin is not allowed, by a status whose text clients show. Returns `false`
   * for other requests.
   */
  refuse(call: HttpExchange, reason: string): boolean {
    if (!call.isHttp2 || grpcKindOf(call.request.headers["content-type"]) !== "grpc") return false;
    call.response.on("error", () => {});
    this.#reject(call, new GrpcResponse(call, "grpc"), GRPC_STATUS.permissionDenied, reason);
    return true;
  }

  /** Handles a call whose host and origin are allowed. */
  handle(call: HttpExchange): void {
    const { request, isHttp2 } = call;
    const path = (request.url ?? "").split("?", 1)[0] as string;
    const name = path.startsWith(PROXY_SERVICE_PATH) ? path.slice(PROXY_SERVICE_PATH.length) : "";
    const kind = kindOf(call, name);
    if (kind === undefined || (kind === "grpc" && !isHttp2))
      return respondText(call, 415, "this Rerun server accepts gRPC over HTTP/2, and gRPC-web");
    if (request.method !== "POST") return respondText(call, 405, "gRPC requires POST");
    const reply = new GrpcResponse(call, responseKind(call, kind));
    const method = Object.hasOwn(this.#methods, name) ? this.#methods[name] : undefined;
    call.response.on("error", () => {});
    if (method === undefined) return this.#reject(call, reply, GRPC_STATUS.unimplemented, `unknown method ${path}`);
    const granted = this.#access.grantOfHeader(method.permission, request.headers.authorization);
    if (granted === undefined)
      return this.#reject(
        call,
        reply,
        GRPC_STATUS.unauthenticated,
        `the token for ${method.permission === "read" ? "reading" : "writing"} is missing or wrong`,
      );
    call.accept(method.permission);
    method.perform(call, kind, reply, granted);
  }

  #writeMessages(call: HttpExchange, kind: GrpcKind, reply: GrpcResponse, { allows }: Granted): void {
    this.writers++;
    call.request.once("close", () => this.writers--);
    const failuresBefore = this.#relay.storeFailures;
    this.#receive(call, kind, reply, {
      memory: this.#memory,
      // A call of gRPC may stay open for as long as a program logs.
      timer: kind === "grpc" ? undefined : { seconds: SILENT_SECONDS, isReset: true },
      onFrame: (...frame) => this.#write(frame, allows),
      onEnd: () => this.#acknowledge(call, reply, failuresBefore),
      room: this.#relay.isEdge ? this.#upstreamClient() : undefined,
    });
  }

  #write(frame: Parameters<FrameListener>, allows: AllowedStores): void {
    if (!this.#relay.isEdge) return void this.#relay.writeFrame(...frame, allows);
    const [bytes, start, end] = frame;
    const { start: from, end: to } = findLogMsg(bytes, start + PREFIX_BYTES, end);
    const record = bytes.subarray(from, to);
    const key = chunkKeyOf(record);
    if (key !== undefined && this.#known.has(key)) return;
    this.#upstreamClient().accept(record, allows, () => this.#relay.writeFrame(...frame));
    if (key !== undefined) this.#known.add(key);
  }

  /** The records of all gRPC clients of an edge. They have no sessions by which another edge could recognise them. */
  #upstreamClient(): ForwardedClient {
    this.#upstream ??= this.#relay.openUpstream({ first: 0 });
    return this.#upstream as ForwardedClient;
  }

  #writeTable(call: HttpExchange, kind: GrpcKind, reply: GrpcResponse, { allows }: Granted): void {
    const timer = { seconds: SILENT_SECONDS, isReset: true };
    if (this.#relay.isEdge)
      return this.#reject(call, reply, GRPC_STATUS.unimplemented, "tables cannot be stored by this relay");
    this.#receiveOne(call, kind, reply, {
      memory: this.#memory,
      timer,
      onMessage: (message) => {
        checkAllowed(undefined, allows);
        this.#relay.writeTable(message);
      },
      onEnd: () => reply.acknowledge(),
    });
  }

  /** Acknowledges a call once everything in it is stored. */
  #acknowledge(call: HttpExchange, reply: GrpcResponse, failuresBefore: number): void {
    if (this.#relay.isEdge) return this.#upstreamClient().whenStored(() => reply.acknowledge());
    this.#relay.whenStored(failuresBefore, (error) => {
      if (error === undefined) reply.acknowledge();
      else this.#reject(call, reply, error.status, error.message);
    });
  }

  #read(content: ReaderContent, call: HttpExchange, kind: GrpcKind, reply: GrpcResponse, { allows }: Granted): void {
    this.#receiveOne(call, kind, reply, {
      memory: this.#readMemory,
      maxMessageBytes: MAX_READ_REQUEST_BYTES,
      timer: { seconds: READ_REQUEST_SECONDS, isReset: false },
      onMessage: () => {},
      onEnd: () => {
        if (this.#relay.readers.size >= MAX_READERS)
          throw new RelayError(
            GRPC_STATUS.resourceExhausted,
            `the relay has ${MAX_READERS} readers, and takes no more`,
          );
        if (content === "tables") checkAllowed(undefined, allows);
        streamMessages(this.#relay, { content, allows }, call, reply, this.counters);
      },
    });
  }

  /** Receives the only message of a request, which is passed on immediately. */
  #receiveOne(
    call: HttpExchange,
    kind: GrpcKind,
    reply: GrpcResponse,
    {
      onMessage,
      onEnd,
      ...reception
    }: Omit<Reception, "onFrame" | "onError"> & { readonly onMessage: (message: Buffer) => void },
  ): void {
    let hasMessage = false;
    this.#receive(call, kind, reply, {
      ...reception,
      onFrame: (bytes, start, end) => {
        if (hasMessage) throw new RelayError(GRPC_STATUS.unimplemented, "the request has more than one message");
        hasMessage = true;
        onMessage(bytes.subarray(start + 5, end));
      },
      onEnd: () => {
        if (!hasMessage) throw new RelayError(GRPC_STATUS.internal, "Missing request message.");
        onEnd();
      },
    });
  }

  /** Receives the messages of a request as they arrive. An error ends the call; messages before it stay accepted. */
  #receive(call: HttpExchange, kind: GrpcKind, reply: GrpcResponse, reception: Omit<Reception, "onError">): void {
    const onError = ({ status, message }: RelayError): void => this.#reject(call, reply, status, message);
    new RequestReceiver(call, kind, reply, { ...reception, onError }).start();
  }

  /** Ends a call with an error. The rest of the request is dropped. */
  #reject(call: HttpExchange, reply: GrpcResponse, status: number, message: string): void {
    const { request, response, isHttp2 } = call;
    this.rejected++;
    const isComplete = "complete" in request && request.complete;
    if (!isHttp2 && !isComplete && !response.headersSent) response.setHeader("connection", "close");
    reply.finish(status, message);
    if (isHttp2) dropRequest(call);
  }
}

/**
 * The variant of a call. Keepalive requests of pages, which are `text/plain` to avoid a CORS preflight, are gRPC-web
 * too.
 */
function kindOf({ request }: HttpExchange, method: string): GrpcKind | undefined {
  const contentType = request.headers["content-type"];
  const isSimple = method === "WriteMessages" && /^text\/plain(;|$)/i.test(contentType ?? "");
  return isSimple ? "grpc-web" : grpcKindOf(contentType);
}

/** The variant of the response: pages that need text ask for it in `accept`. */
function responseKind({ request }: HttpExchange, kind: GrpcKind): GrpcKind {
  if (kind === "grpc") return kind;
  const accepted = (request.headers.accept ?? "").split(",").map((type) => grpcKindOf(type));
  return accepted.includes("grpc-web-text") ? "grpc-web-text" : "grpc-web";
}
