import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";

const FOLDER = join(root, "tests/fuzz/corpus");

/** The inputs of a target that are kept: those that found a fault once, and a few for each part of the format. */
export function readCorpus(target: string): readonly Uint8Array[] {
  const folder = join(FOLDER, target);
  mkdirSync(folder, { recursive: true });
  return readdirSync(folder)
    .toSorted()
    .map((name) => readFileSync(join(folder, name)));
}

/** Adds an input. Returns its path. */
export function keep(target: string, kind: "found" | "seen", bytes: Uint8Array): string {
  const name = `${kind}-${createHash("sha256").update(bytes).digest("hex").slice(0, 12)}`;
  const path = join(FOLDER, target, name);
  writeFileSync(path, bytes);
  return path;
}
