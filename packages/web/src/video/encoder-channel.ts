import { startEncoderWorker } from "../encoding/start-encoder-worker.ts";
import type { CreateWorker } from "../page/create-worker.ts";
import type { FromEncoder, ToEncoder } from "./encoder-protocol.ts";
import { serveVideoEncoder } from "./serve-video-encoder.ts";

/** The page's end of the channel to the thread that encodes. */
export interface EncoderChannel {
  /** Posts a message. */
  post(message: ToEncoder, transfer?: Transferable[]): void;
  /** Ends the thread. */
  end(): void;
}

/** Reports of the thread. */
export interface EncoderListener {
  onMessage(message: FromEncoder): void;
  /** The thread has failed. */
  onError(message: string): void;
  /** The worker does not start: the calling thread encodes. */
  onWorkerFailure(description: string): void;
}

/**
 * Starts the encoder of a video: in a worker, or where none starts and without `thread` in the calling thread.
 *
 * @param createWorker the option of the page
 */
export async function openEncoderChannel(
  thread: boolean,
  createWorker: CreateWorker | undefined,
  listener: EncoderListener,
): Promise<EncoderChannel> {
  const started = thread ? await startWorker(createWorker, listener) : undefined;
  return started === undefined ? openLocalChannel(listener) : openWorkerChannel(started, listener);
}

function openWorkerChannel(worker: Worker, listener: EncoderListener): EncoderChannel {
  worker.addEventListener("message", ({ data }: MessageEvent<FromEncoder>) => listener.onMessage(data));
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    listener.onError(event.message);
  });
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    end: () => worker.terminate(),
  };
}

function openLocalChannel(listener: EncoderListener): EncoderChannel {
  const { port1, port2 } = new MessageChannel();
  serveVideoEncoder(port2);
  port2.start();
  port1.addEventListener("message", ({ data }: MessageEvent<FromEncoder>) => listener.onMessage(data));
  port1.start();
  return {
    post: (message, transfer = []) => port1.postMessage(message, transfer),
    end: () => port1.close(),
  };
}

function startWorker(create: CreateWorker | undefined, listener: EncoderListener): Promise<Worker | undefined> {
  return startEncoderWorker({
    encodes: "video",
    create,
    onFailure: (description) => listener.onWorkerFailure(description),
  });
}
