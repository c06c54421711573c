import { randomId } from "@rerun-ts/core/util";

/** A random UUID with dashes, as blueprints write it in paths. */
export function randomUuid(): string {
  return randomId().replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
