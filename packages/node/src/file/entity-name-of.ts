import { parse, sep } from "node:path";

/** A file's path without its root or drive, with slashes on every system. */
export function entityNameOf(path: string): string {
  return path.slice(parse(path).root.length).split(sep).join("/");
}
