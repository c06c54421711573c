import { RerunError, type SinkFlushOptions } from "@rerun-ts/core";
import { LocalDelivery, ServerSink, deserializeError } from "@rerun-ts/core/transport";
import { randomId } from "@rerun-ts/core/util";
import { compactPortMessage } from "./compact-message.ts";
import type { FromPort } from "./port-protocol.ts";
import { PortWriter } from "./port-writer.ts";
import type { JoinedFlush, JoinedFlushReply } from "./share-recording.ts";

/** Passes a worker's messages to the recording of the page that the worker has joined. */
export class PortSink extends ServerSink {
  readonly #port: MessagePort;
  readonly #flushes = new Map<number, (reply: JoinedFlushReply) => void>();
  #nextFlush = 0;

  constructor(port: MessagePort, options: { readonly maxQueueBytes: number | undefined }) {
    super({
      kind: "page",
      url: "the page",
      destination: randomId(),
      options,
      // The page may pass the messages on to any destination.
      byteCost: "stored",
      createDelivery: (limits, context) =>
        new LocalDelivery(
          {
            limits,
            sentWhen: "acknowledged",
            createWriter: (queue, events) =>
              new PortWriter(
                queue,
                {
                  async open() {
                    events.onState("open");
                    // Nothing to discard: a page that does not respond is only busy, because a worker ends with its
                    // page.
                    return { port, discard: () => {} };
                  },
                  pack: (messages) => ({ type: "messages", messages: messages.map(compactPortMessage) }),
                },
                events,
              ),
          },
          context,
        ),
    });
    this.#port = port;
    port.addEventListener("message", ({ data }: MessageEvent<FromPort | JoinedFlushReply>) => {
      if (data.type === "flushed") this.#flushes.get(data.id)?.(data);
    });
  }

  /** Settles when the page's recording has flushed its sinks, including the messages of this thread. */
  override async flush(options: SinkFlushOptions = {}): Promise<void> {
    await super.flush(options);
    if (this.stats().state !== "open") return;
    const id = this.#nextFlush++;
    const { complete, error } = await new Promise<JoinedFlushReply>((resolve) => {
      this.#flushes.set(id, resolve);
      const request: JoinedFlush = { type: "flush", id, ack: options.ack === true };
      this.#port.postMessage(request, []);
    });
    this.#flushes.delete(id);
    if (error !== undefined) throw deserializeError(error);
    if (!complete) throw new RerunError("TIMEOUT", "the page's recording could not send everything in time");
  }

  override async close(options: SinkFlushOptions): Promise<void> {
    await super.close(options);
    // The other side will not reply any more.
    for (const [id, settle] of this.#flushes) settle({ type: "flushed", id, complete: false, error: undefined });
  }
}
