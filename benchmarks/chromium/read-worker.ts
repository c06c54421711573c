// Reads a `File` in a worker of a page when a message asks for it, and answers with its measurements.
import { READING } from "../reading/programs.ts";

/** The request of the page. */
export interface ReadRequest {
  readonly program: string;
  readonly calls: number;
  readonly steps: number;
  readonly file: File;
}

/** The answer of the worker. */
export type ReadReport = { readonly seconds: number; readonly value: number } | { readonly error: string };

addEventListener("message", ({ data }: MessageEvent<ReadRequest>) => {
  read(data)
    .catch((error: unknown): ReadReport => ({ error: error instanceof Error ? String(error.stack) : String(error) }))
    .then((report) => postMessage(report))
    .catch(console.error);
});

async function read({ program, calls, steps, file }: ReadRequest): Promise<ReadReport> {
  const once = await READING[program]?.(file, steps);
  if (once === undefined) throw new Error(`there is no program ${program}`);
  const before = performance.now();
  let value = 0;
  for (let call = 0; call < calls; call++) value = await once();
  return { seconds: (performance.now() - before) / 1000, value };
}
