import { RerunError, type EncodedMessage } from "@rerun-ts/core";
import {
  DeliveryQueue,
  GrpcWebWriter,
  WebSocketWriter,
  fromMessageParts,
  serializeError,
  type QueueWriter,
  type WriterEvents,
} from "@rerun-ts/core/internal";
import { connectionHint } from "../page/connection-hint.ts";
import type { Credentials, FromPort, HostedTarget, OpenRequest, ToPort } from "./host-protocol.ts";

/**
 * Sends what arrives at a port to a server, in the worker. The page limits what is not acknowledged, and keeps it, so
 * that this side has no limit and reports what was acknowledged.
 */
export function servePort({ port, target }: OpenRequest): void {
  const post = (message: FromPort): void => port.postMessage(message);
  const asker = new CredentialAsker(post);
  const unacknowledged = new Set<EncodedMessage>();
  let acknowledged = 0;
  const report = (): void => {
    post({ type: "acknowledged", count: acknowledged });
    acknowledged = 0;
  };
  const limits = { maxQueueBytes: Infinity, retainBytes: target.retainBytes, policy: "drop-oldest" } as const;
  const queue = new DeliveryQueue(limits, (message) => {
    // After a reconnect, what is retained is acknowledged once more.
    if (!unacknowledged.delete(message)) return;
    if (acknowledged === 0) queueMicrotask(report);
    acknowledged++;
  });
  const writer = createWriter(queue, target, asker, {
    onState: (state, error) => post({ type: "state", state, error: error && serializeError(error) }),
    onSent: () => {},
    onAcknowledged: () => {},
    onReconnect: () => post({ type: "reconnect" }),
  });
  port.addEventListener("message", ({ data }: MessageEvent<ToPort>) => {
    switch (data.type) {
      case "parts":
        for (const parts of data.parts) {
          const message = fromMessageParts(parts);
          unacknowledged.add(message);
          queue.push(message);
        }
        return writer.wake();
      case "messages":
        return;
      case "credentials":
        return asker.resolve(data.id, data.value);
      case "refused":
        return asker.reject(data.id, data.error);
      case "ping":
        return post({ type: "pong" });
      case "finish":
        return writer.finish();
      case "abort":
        return writer.abort();
    }
  });
  port.start();
  post({ type: "ready" });
  const fail = (error: unknown): void => post({ type: "failure", error: serializeError(RerunError.from(error)) });
  writer.run().catch(fail);
}

function createWriter(
  queue: DeliveryQueue,
  { transport, url, credentials, page }: HostedTarget,
  asker: CredentialAsker,
  events: WriterEvents,
): QueueWriter {
  const ask = async (): Promise<Credentials> => (credentials === undefined ? asker.ask() : credentials.value);
  const hint = { url, connectionHint: (proxy: typeof url) => connectionHint(proxy, page) };
  if (transport === "grpc") {
    const headers = async (): Promise<Record<string, string>> => ({ ...((await ask()) as Record<string, string>) });
    return new GrpcWebWriter(queue, { ...hint, headers }, events);
  }
  const token = credentials?.value;
  const known = typeof token === "string" ? token : undefined;
  const asked = async (): Promise<string> => (await asker.ask()) as string;
  return new WebSocketWriter(queue, { ...hint, token: credentials === undefined ? asked : known }, events);
}

/** Asks the page for headers or a token, which functions of the page supply. */
class CredentialAsker {
  readonly #post: (message: FromPort) => void;
  readonly #waiting = new Map<
    number,
    { readonly resolve: (value: Credentials) => void; readonly reject: (error: Error) => void }
  >();
  #nextId = 0;

  constructor(post: (message: FromPort) => void) {
    this.#post = post;
  }

  ask(): Promise<Credentials> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#post({ type: "credentials", id });
    });
  }

  resolve(id: number, value: Credentials): void {
    this.#waiting.get(id)?.resolve(value);
    this.#waiting.delete(id);
  }

  reject(id: number, error: string): void {
    this.#waiting.get(id)?.reject(new Error(error));
    this.#waiting.delete(id);
  }
}
