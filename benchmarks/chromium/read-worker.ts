// Reads a `File` in a worker of a page when a message asks for it, and answers with its measurements.
import { readFile, type ReadReport, type ReadRequest } from "./read-file.ts";

addEventListener("message", ({ data }: MessageEvent<ReadRequest>) => {
  readFile(data)
    .catch((error: unknown): ReadReport => ({ error: error instanceof Error ? String(error.stack) : String(error) }))
    .then((report) => postMessage(report))
    .catch(console.error);
});
