// The examples on the site import this module as `@rerun-ts/web`. It is the package, except that recordings that would
// connect to a server at the default URL show their data in the viewer beside the example.
import * as rr from "@rerun-ts/web";
import { deliver, receiveFromWorkers } from "./delivery.ts";

export * from "@rerun-ts/web";

type Connecting = Parameters<rr.RecordingStream["connectGrpc"]>;

/** A recording that shows its data in the page instead of sending the data to the server at the default URL. */
export class RecordingStream extends rr.RecordingStream {
  constructor(...args: ConstructorParameters<typeof rr.RecordingStream>) {
    super(...args);
    receiveFromWorkers(this.recordingId);
  }

  override connectGrpc(url?: Connecting[0], options?: Connecting[1]): Promise<void> {
    if (url !== undefined) return super.connectGrpc(url, options);
    return this.setSink(new SiteSink(), { defaultBlueprint: options?.defaultBlueprint });
  }
}

/** The sink for servers, and for the viewer in the page where it has no URL. */
export const GrpcSink: typeof rr.GrpcSink = new Proxy(rr.GrpcSink, {
  construct: (target, args: ConstructorParameters<typeof rr.GrpcSink>) =>
    args[0] === undefined ? new SiteSink() : new target(...args),
});

/** Delivers messages to the viewer beside the example. */
class SiteSink extends rr.CallbackSink {
  #recordingId = "";

  constructor() {
    super(() => {});
  }

  override open(context: Parameters<rr.CallbackSink["open"]>[0]): void {
    this.#recordingId = context.recordingId;
    super.open(context);
  }

  override send(message: rr.types.EncodedMessage): void {
    deliver(message, this.#recordingId);
  }
}
