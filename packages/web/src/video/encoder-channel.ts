import { runVideoEncoder, type FromEncoder, type ToEncoder } from "./encoder-program.ts";

/** How long a worker may take to start. */
const START_MS = 2000;

/** The page's end of the channel to the thread that encodes. */
export interface EncoderChannel {
  /** Posts a message. */
  post(message: ToEncoder, transfer?: Transferable[]): void;
  /** Ends the thread. */
  end(): void;
}

/** What the thread reports. */
export interface EncoderListener {
  onMessage(message: FromEncoder): void;
  /** The thread has failed. */
  onError(message: string): void;
}

/**
 * Starts a thread that encodes video: a worker if `usesWorker`, and if the page can create one, which a content security
 * policy may forbid; otherwise the calling thread does it.
 */
export async function openEncoderChannel(usesWorker: boolean, listener: EncoderListener): Promise<EncoderChannel> {
  const worker = usesWorker ? await startWorker() : undefined;
  if (worker === undefined) return openLocalChannel(listener);
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
  runVideoEncoder(port2);
  port2.start();
  port1.addEventListener("message", ({ data }: MessageEvent<FromEncoder>) => listener.onMessage(data));
  port1.start();
  return {
    post: (message, transfer = []) => port1.postMessage(message, transfer),
    end: () => port1.close(),
  };
}

/** Creates the worker; `undefined` if it does not start, or has no encoder. */
async function startWorker(): Promise<Worker | undefined> {
  if (typeof Worker === "undefined") return undefined;
  const program = `(${String(runVideoEncoder)})(self); postMessage(typeof VideoEncoder === "function");`;
  const url = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
  let worker: Worker;
  try {
    worker = new Worker(url);
  } catch {
    URL.revokeObjectURL(url);
    return undefined;
  }
  const isUsable = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), START_MS);
    const settle = (value: boolean): void => {
      clearTimeout(timer);
      resolve(value);
    };
    worker.addEventListener("message", ({ data }: MessageEvent<unknown>) => settle(data === true), { once: true });
    worker.addEventListener("error", (event) => (event.preventDefault(), settle(false)), { once: true });
  });
  URL.revokeObjectURL(url);
  if (isUsable) return worker;
  worker.terminate();
  return undefined;
}
