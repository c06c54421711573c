import { READING } from "../reading/programs.ts";

/** What to read, and how often. */
export interface ReadRequest {
  readonly program: string;
  readonly calls: number;
  readonly steps: number;
  readonly file: File;
}

/** The measurements. */
export type ReadReport = { readonly seconds: number; readonly value: number } | { readonly error: string };

/** Reads a `File` with a program. */
export async function readFile({ program, calls, steps, file }: ReadRequest): Promise<ReadReport> {
  const once = await READING[program]?.(file, steps);
  if (once === undefined) throw new Error(`there is no program ${program}`);
  const before = performance.now();
  let value = 0;
  for (let call = 0; call < calls; call++) value = await once();
  return { seconds: (performance.now() - before) / 1000, value };
}
