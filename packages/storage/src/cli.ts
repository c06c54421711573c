// The entry point `@rerun-ts/storage/cli`, for the command `rerun-ts`. It is not part of the public API.
export { ingest, openDataset } from "./cli/load-ingest.ts";

// Loaded on demand, because a command needs few of the modules of the others.

/** Runs `rerun-ts compact`. */
export async function compact(args: string[]): Promise<void> {
  await (await import("./cli/compact-command.ts")).compact(args);
}

/** Runs `rerun-ts fleet`. */
export async function fleet(args: string[]): Promise<void> {
  await (await import("./cli/fleet-command.ts")).fleet(args);
}

/** Runs `rerun-ts catalog keep`. */
export async function keep(args: string[]): Promise<void> {
  await (await import("./cli/keep-command.ts")).keep(args);
}

/** Runs `rerun-ts parts`. */
export async function parts(args: string[]): Promise<void> {
  await (await import("./cli/parts-command.ts")).parts(args);
}

/** Runs `rerun-ts push`. */
export async function push(args: string[]): Promise<void> {
  await (await import("./cli/push-command.ts")).push(args);
}
