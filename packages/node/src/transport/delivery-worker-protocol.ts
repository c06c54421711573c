import type { DropReason, EncodedMessage, ProxyUrl, SinkState } from "@rerun-ts/core";
import type { DeliveryLimits } from "@rerun-ts/core/internal";
import type { SerializedError } from "../worker/serialized-error.ts";
import type { WorkerBasics, WorkerReply } from "../worker/worker-host.ts";

/** The data that the delivery worker is started with. */
export interface DeliveryWorkerData extends WorkerBasics {
  readonly url: ProxyUrl;
  readonly transport: "grpc" | "websocket";
  readonly token: string | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly tls: object | undefined;
  readonly limits: DeliveryLimits;
}

/** A message in the form in which it is posted to the worker: the parts that are needed there, and its bytes. */
export type MessageParts = Pick<EncodedMessage, "kind" | "storeId" | "isStatic" | "chunkId"> & {
  readonly bytes: ArrayBuffer;
  /** The position of the message in `bytes`. */
  readonly offset: number;
  readonly length: number;
  readonly rows: number;
  readonly entityPath: string;
  readonly components: readonly string[];
};

/** A message that is posted to the worker, besides flushes. */
export type ToDeliveryWorker =
  | { readonly type: "message"; readonly message: MessageParts; readonly isBacklog: boolean }
  | { readonly type: "finish" }
  | { readonly type: "abort" };

/** A message that the worker posts. */
export type FromDeliveryWorker =
  | WorkerReply
  | { readonly type: "state"; readonly state: SinkState; readonly error: SerializedError | undefined }
  | { readonly type: "drop"; readonly rows: number; readonly bytes: number; readonly reason: DropReason }
  | { readonly type: "failure"; readonly error: SerializedError }
  | { readonly type: "warning"; readonly message: string }
  | { readonly type: "finished" };

/** The parts of a message to be posted to the worker; its buffer is transferred. */
export function toMessageParts({ kind, storeId, isStatic, chunkId, manifest, payload }: EncodedMessage): MessageParts {
  return {
    kind,
    storeId,
    isStatic,
    chunkId,
    bytes: payload.buffer,
    offset: payload.byteOffset,
    length: payload.byteLength,
    rows: manifest?.rows ?? 0,
    entityPath: manifest?.entityPath ?? "",
    components: isStatic ? (manifest?.components.map(({ descriptor }) => descriptor.component) ?? []) : [],
  };
}

/** The message for parts that were posted. Its manifest has only the fields that a delivery needs. */
export function fromMessageParts({
  bytes,
  offset,
  length,
  rows,
  entityPath,
  components,
  ...known
}: MessageParts): EncodedMessage {
  const manifest = { rows, entityPath, components: components.map((component) => ({ descriptor: { component } })) };
  return { ...known, payload: new Uint8Array(bytes, offset, length), manifest } as unknown as EncodedMessage;
}
