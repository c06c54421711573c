// The entry point of a worker for `WorkerHost`. The worker only sends what pages log.
export { VERSION } from "@rerun-ts/core";
import { servePort } from "./worker-host/serve-port.ts";
import type { OpenRequest } from "./worker-host/port-protocol.ts";

addEventListener("message", ({ data }: MessageEvent<Partial<OpenRequest> | null>) => {
  if (data?.type === "rerun-open") servePort(data as OpenRequest);
});
