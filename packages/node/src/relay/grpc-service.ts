import { FrameReader, type IncompleteMessages } from "./frame-reader.ts";
import { Base64Pieces } from "./base64-pieces.ts";
import type { Access, AccessWish } from "./access.ts";
import { GrpcAnswer, grpcKindOf, type GrpcKind } from "./grpc-answer.ts";
import { sendMessages, type ReadingCounts } from "./grpc-reading.ts";
import { answerText, type HttpCall } from "./http-call.ts";
import type { Relay } from "./relay.ts";
import { GRPC_STATUS, RelayRefusal } from "./relay-refusal.ts";

/** Where the methods are. */
const SERVICE = "/rerun.sdk_comms.v1alpha1.MessageProxyService/";

type Method = (call: HttpCall, kind: GrpcKind, answer: GrpcAnswer) => void;

/** Serves Rerun's `MessageProxyService` in all kinds of gRPC. Source: sdk_comms.proto. */
export class GrpcService {
  /** Calls of `WriteMessages` that are open. */
  writers = 0;
  /** Calls that ended with an error. */
  refused = 0;
  readonly counts: ReadingCounts = { sentBytes: 0 };
  readonly #relay: Relay;
  readonly #access: Access;
  readonly #incomplete: IncompleteMessages;
  readonly #methods: Readonly<Record<string, { readonly wish: AccessWish; readonly perform: Method }>> = {
    WriteMessages: { wish: "write", perform: (...call) => this.#writeMessages(...call) },
    WriteTable: { wish: "write", perform: (...call) => this.#writeTable(...call) },
    ReadMessages: { wish: "read", perform: (...call) => this.#read("messages", ...call) },
    ReadTables: { wish: "read", perform: (...call) => this.#read("tables", ...call) },
  };

  constructor(relay: Relay, access: Access, incomplete: IncompleteMessages) {
    this.#relay = relay;
    this.#access = access;
    this.#incomplete = incomplete;
  }

  /** Answers a call that has been let in. */
  handle(call: HttpCall): void {
    const { request, isHttp2 } = call;
    const path = (request.url ?? "").split("?", 1)[0] as string;
    const name = path.startsWith(SERVICE) ? path.slice(SERVICE.length) : "";
    const kind = kindOf(call, name);
    if (kind === undefined || (kind === "grpc" && !isHttp2))
      return answerText(call, 415, "this is a server for Rerun: it takes gRPC over HTTP/2, and gRPC-web");
    if (request.method !== "POST") return answerText(call, 405, "gRPC takes POST");
    const answer = new GrpcAnswer(call, answerKind(call, kind));
    const method = Object.hasOwn(this.#methods, name) ? this.#methods[name] : undefined;
    call.response.on("error", () => {});
    if (method === undefined) return this.#refuse(call, answer, GRPC_STATUS.unimplemented, `there is no ${path}`);
    if (!this.#access.acceptsHeader(method.wish, request.headers.authorization))
      return this.#refuse(
        call,
        answer,
        GRPC_STATUS.unauthenticated,
        `the token for ${method.wish === "read" ? "reading" : "writing"} is missing or wrong`,
      );
    method.perform(call, kind, answer);
  }

  #writeMessages(call: HttpCall, kind: GrpcKind, answer: GrpcAnswer): void {
    this.writers++;
    call.request.once("close", () => this.writers--);
    this.#receive(
      call,
      kind,
      answer,
      (...frame) => void this.#relay.writeFrame(...frame),
      () => answer.acknowledge(),
    );
  }

  #writeTable(call: HttpCall, kind: GrpcKind, answer: GrpcAnswer): void {
    this.#receiveOne(call, kind, answer, (message) => {
      this.#relay.writeTable(message);
      answer.acknowledge();
    });
  }

  #read(wants: "messages" | "tables", call: HttpCall, kind: GrpcKind, answer: GrpcAnswer): void {
    this.#receiveOne(call, kind, answer, () => sendMessages(this.#relay, wants, call, answer, this.counts));
  }

  /** Takes the only message of a request. */
  #receiveOne(call: HttpCall, kind: GrpcKind, answer: GrpcAnswer, take: (message: Buffer) => void): void {
    let message: Buffer | undefined;
    this.#receive(
      call,
      kind,
      answer,
      (bytes, start, end) => {
        if (message !== undefined) throw new RelayRefusal(GRPC_STATUS.unimplemented, "there is more than one message");
        message = Buffer.from(bytes.subarray(start + 5, end));
      },
      () => {
        if (message === undefined) throw new RelayRefusal(GRPC_STATUS.internal, "Missing request message.");
        take(message);
      },
    );
  }

  /** Takes the messages of a request as they come; a refusal ends the call, and what came before stays. */
  #receive(
    call: HttpCall,
    kind: GrpcKind,
    answer: GrpcAnswer,
    onFrame: (bytes: Buffer, start: number, end: number, isOwn: boolean) => void,
    onEnd: () => void,
  ): void {
    const { request } = call;
    const frames = new FrameReader(this.#incomplete, onFrame);
    const text = kind === "grpc-web-text" ? new Base64Pieces() : undefined;
    const attempt = (work: () => void): void => {
      if (answer.isFinished) return;
      try {
        work();
      } catch (error) {
        frames.release();
        if (!(error instanceof RelayRefusal)) throw error;
        this.#refuse(call, answer, error.status, error.message);
      }
    };
    request.on("data", (piece: Buffer) => attempt(() => frames.push(text === undefined ? piece : text.push(piece))));
    request.on("end", () =>
      attempt(() => {
        frames.end();
        onEnd();
      }),
    );
    request.on("error", () => {});
    request.on("close", () => frames.release());
  }

  /** Ends a call with an error. What the client still sends is given up. */
  #refuse({ request, response, isHttp2 }: HttpCall, answer: GrpcAnswer, status: number, message: string): void {
    this.refused++;
    const isComplete = "complete" in request && request.complete;
    if (!isHttp2 && !isComplete && !response.headersSent) response.setHeader("connection", "close");
    answer.finish(status, message);
    // A reset would be more to the point, but there are clients that wait for ever then.
    if (isHttp2) request.resume();
  }
}

/** The kind of a call. What pages may send without asking first, when they are left, is gRPC-web too. */
function kindOf({ request }: HttpCall, method: string): GrpcKind | undefined {
  const contentType = request.headers["content-type"];
  const isSimple = method === "WriteMessages" && /^text\/plain(;|$)/i.test(contentType ?? "");
  return isSimple ? "grpc-web" : grpcKindOf(contentType);
}

/** The kind of the answer: pages that want text say so. */
function answerKind({ request }: HttpCall, kind: GrpcKind): GrpcKind {
  if (kind === "grpc") return kind;
  const accepted = (request.headers.accept ?? "").split(",").map((type) => grpcKindOf(type));
  return accepted.includes("grpc-web-text") ? "grpc-web-text" : "grpc-web";
}
