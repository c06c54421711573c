import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Modules of the folder `programs/lib` that change the world of a program before it starts. */
export type Preload = "wild-clock" | "faulty-disk";

/** The environment in which programs of Node load modules first, in all their threads. */
export function preloading(...names: readonly Preload[]): Readonly<Record<string, string>> {
  const urls = names.map((name) => pathToFileURL(join(import.meta.dirname, `../programs/lib/${name}.mjs`)).href);
  return { NODE_OPTIONS: urls.map((url) => `--import=${url}`).join(" ") };
}
