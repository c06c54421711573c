import { RerunError, type EncodedMessage } from "@rerun-ts/core";
import {
  DeliveryQueue,
  GrpcWebWriter,
  WebSocketWriter,
  fromMessageParts,
  serializeError,
  type QueueWriter,
  type WriterEvents,
} from "@rerun-ts/core/transport";
import { concatBytes } from "@rerun-ts/core/util";
import { connectionHint } from "../page/connection-hint.ts";
import { CredentialRequests } from "./credential-requests.ts";
import type { PortCredentials, FromPort, PortTarget, OpenRequest, ToPort } from "./port-protocol.ts";

/** Bodies and frames up to this size are joined in reused memory. */
const MAX_REUSED_BYTES = 17 * 1024 * 1024;

/**
 * Sends the messages that arrive at a port to a server, in the worker. The page keeps unacknowledged messages and
 * limits their size, so this side needs no limit, and only reports acknowledgements.
 */
export function servePort({ port, target, shared }: OpenRequest): void {
  const post = (message: FromPort): void => port.postMessage(message);
  const credentialRequests = new CredentialRequests(post);
  const unacknowledged = new Set<EncodedMessage>();
  const counter = createCounter(post, shared);
  const queue = createQueue(target, unacknowledged, counter.count);
  let reconnects = 0;
  const writer = createWriter(queue, target, credentialRequests, {
    onState(state, error) {
      for (; reconnects < queue.reconnects; reconnects++) post({ type: "reconnect" });
      post({ type: "state", state, error: error && serializeError(error) });
    },
    onWarning: (message, code) => post({ type: "warning", message, code }),
    onReject(message) {
      // A message of the retained state was acknowledged before.
      if (unacknowledged.delete(message)) counter.reject();
    },
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
        return credentialRequests.resolve(data.id, data.value);
      case "refused":
        return credentialRequests.reject(data.id, data.error);
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

/**
 * Counts acknowledged messages, in shared memory if available, and reports the total once per turn of the event loop.
 * Rejected messages are reported in their order between them.
 */
function createCounter(
  post: (message: FromPort) => void,
  shared: OpenRequest["shared"],
): { count(this: void): void; reject(this: void): void } {
  let counter = shared && new Int32Array(shared.acknowledged);
  let total = 0;
  let isReporting = false;
  const report = (): void => {
    isReporting = false;
    post({ type: "acknowledged", total });
  };
  return {
    count() {
      total = (total + 1) | 0;
      if (counter !== undefined) Atomics.store(counter, 0, total);
      if (!isReporting) queueMicrotask(report);
      isReporting = true;
    },
    reject() {
      // In the order of messages from now on: the memory could tell of later acknowledgements first.
      counter = undefined;
      post({ type: "acknowledged", total });
      post({ type: "rejected" });
      total = (total + 1) | 0;
    },
  };
}

/** Creates a queue without a limit: the page has one. */
function createQueue(
  { maxRetainedBytes }: PortTarget,
  unacknowledged: Set<EncodedMessage>,
  count: () => void,
): DeliveryQueue {
  return new DeliveryQueue({ maxQueueBytes: Infinity, maxRetainedBytes, policy: "drop-oldest" }, (message) => {
    // After a reconnect, the retained state is acknowledged again.
    if (unacknowledged.delete(message)) count();
  });
}

function createWriter(
  queue: DeliveryQueue,
  { transport, url, credentials, page }: PortTarget,
  credentialRequests: CredentialRequests,
  events: WriterEvents,
): QueueWriter {
  const ask = async (): Promise<PortCredentials> =>
    credentials === undefined ? credentialRequests.ask() : credentials.value;
  const hint = { url, connectionHint: (proxy: typeof url) => connectionHint(proxy, page) };
  if (transport === "grpc") {
    const headers = async (): Promise<Record<string, string>> => ({ ...((await ask()) as Record<string, string>) });
    return new GrpcWebWriter(queue, { ...hint, headers, join: createJoiner() }, events);
  }
  const token = credentials?.value;
  const known = typeof token === "string" ? token : undefined;
  const asked = async (): Promise<string> => (await credentialRequests.ask()) as string;
  const socket = { ...hint, token: credentials === undefined ? asked : known, join: createJoiner() };
  return new WebSocketWriter(queue, socket, events);
}

/** Joins bodies and frames in the same memory each time: new memory takes longer than the copy. */
function createJoiner(): (parts: readonly Uint8Array[]) => Uint8Array<ArrayBuffer> {
  let memory = new Uint8Array(0);
  return (parts) => {
    const size = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (size > MAX_REUSED_BYTES) return concatBytes(parts);
    if (memory.byteLength < size) memory = new Uint8Array(size);
    let at = 0;
    for (const part of parts) {
      memory.set(part, at);
      at += part.byteLength;
    }
    return memory.subarray(0, size);
  };
}
