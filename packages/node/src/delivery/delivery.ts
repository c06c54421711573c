import type { EncodedMessage, MessageMemory, RerunError, SinkDrop, SinkState } from "@rerun-ts/core";
import type { DeliveryLimits } from "@rerun-ts/core/internal";
import type { GrpcClientOptions } from "../grpc/grpc-client.ts";

/** What is needed to take messages to a server. */
export interface DeliveryOptions extends GrpcClientOptions {
  readonly transport: "grpc" | "websocket";
  readonly limits: DeliveryLimits;
  /** For WebSockets, which have no header for it everywhere. */
  readonly token?: string | (() => string | Promise<string>) | undefined;
}

/** What takes messages from a queue to a server. */
export interface Writer {
  run(): Promise<void>;
  wake(): void;
  /** Settles when `isDone` holds, or when the writer has stopped. `ack`: it is waited for an acknowledgement. */
  until(isDone: () => boolean, ack: boolean): Promise<void>;
  finish(): void;
  abort(): void;
}

/** What a {@link Delivery} tells while it works. */
export interface DeliveryEvents {
  onState(state: SinkState, error?: RerunError): void;
  onDrop(drop: SinkDrop): void;
  /** It is over: the server keeps refusing what is sent. */
  onFailure(error: RerunError): void;
  /** A message has arrived or was given up, and its memory is free. Who wants to know that gives messages away; else they are copied. */
  onFree?(message: EncodedMessage): void;
}

/** How far a {@link Delivery} is. */
export interface DeliveryProgress {
  readonly sentBytes: number;
  /** Bytes that wait to be sent. */
  readonly waitingBytes: number;
  /** Bytes that wait to be sent or to be acknowledged. */
  readonly queuedBytes: number;
  /** Rows and bytes that were acknowledged. */
  readonly arrivedRows: number;
  readonly arrivedBytes: number;
  readonly reconnects: number;
}

/** Takes messages to a server, in this thread or in another one. */
export interface Delivery {
  readonly progress: DeliveryProgress;
  send(message: EncodedMessage, memory?: MessageMemory): void;
  /** Settles when everything so far was sent; with `ack` when it was acknowledged, or when the delivery is over. */
  flush(ack: boolean): Promise<void>;
  /** Settles when everything was acknowledged and the connection is closed. */
  finish(): Promise<void>;
  /** Ends at once; what was not acknowledged is counted as given up. */
  abort(): void;
  /** Finishes before it returns if that can be; returns whether it was done in time. */
  finishSync(deadlineMs: number): boolean;
}
