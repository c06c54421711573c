import { LocalDelivery, ServerSink, randomId } from "@rerun-ts/core/internal";
import { PortWriter } from "./port-writer.ts";

/** Passes what a worker logs to the recording of the page that the worker has joined. */
export class PortSink extends ServerSink {
  constructor(port: MessagePort, options: { readonly maxQueueBytes: number | undefined }) {
    super(
      {
        kind: "page",
        url: { href: "the page", origin: randomId() },
        notice: undefined,
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
                      // A page that does not respond is busy: a worker ends with its page.
                      return { port, discard: () => {} };
                    },
                    pack: (messages) => ({ type: "messages", messages }),
                  },
                  events,
                ),
            },
            context,
          ),
      },
      options,
    );
  }
}
