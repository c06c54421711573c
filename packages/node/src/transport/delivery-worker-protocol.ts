import type { DropReason, ProxyUrl, RerunErrorCode, SinkState } from "@rerun-ts/core";
import type { DeliveryLimits, MessageParts, SerializedError } from "@rerun-ts/core/transport";
import type { WorkerBasics, WorkerReply } from "../worker/worker-thread.ts";

/** The data that the delivery worker is started with. */
export interface DeliveryWorkerData extends WorkerBasics {
  readonly url: ProxyUrl;
  readonly transport: "grpc" | "websocket";
  readonly token: string | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly tls: object | undefined;
  readonly limits: DeliveryLimits;
}

/** A message that is posted to the worker, besides flushes. */
export type ToDeliveryWorker =
  | { readonly type: "message"; readonly message: MessageParts; readonly isBacklog: boolean }
  | {
      readonly type: "renew";
      readonly headers: Readonly<Record<string, string>> | undefined;
      readonly token: string | undefined;
    }
  | { readonly type: "retry" }
  | { readonly type: "finish" }
  | { readonly type: "abort" };

/** A message that the worker posts. */
export type FromDeliveryWorker =
  | WorkerReply
  | { readonly type: "state"; readonly state: SinkState; readonly error: SerializedError | undefined }
  | { readonly type: "drop"; readonly rows: number; readonly bytes: number; readonly reason: DropReason }
  | { readonly type: "failure"; readonly error: SerializedError }
  | { readonly type: "warning"; readonly message: string; readonly code: RerunErrorCode | undefined }
  | { readonly type: "finished" };
