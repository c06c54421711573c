import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { readFacts } from "../definitions/definition-files.ts";
import type { Facts } from "../definitions/model.ts";
import { compareVersions } from "./versions.ts";

const FOLDER = "definitions/earlier";
const SUFFIX = ".json.gz";

/** The definitions and messages of a release that this SDK followed before. */
export interface EarlierRelease {
  readonly version: string;
  readonly facts: Facts;
  /** The texts of `proto/` by their paths in it. */
  readonly protos: Readonly<Record<string, string>>;
}

/**
 * Stores the definitions and messages of the repository under `version`. Returns the path of the new file, or
 * `undefined` if the file exists already.
 */
export function keepRelease(root: string, version: string): string | undefined {
  const path = `${FOLDER}/${version}${SUFFIX}`;
  if (existsSync(join(root, path))) return undefined;
  const folder = join(root, "proto");
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".proto"));
  const protos = Object.fromEntries(paths.sort().map((file) => [file, readFileSync(join(folder, file), "utf8")]));
  mkdirSync(join(root, FOLDER), { recursive: true });
  writeFileSync(join(root, path), gzipSync(JSON.stringify({ version, facts: readFacts(root), protos }), { level: 9 }));
  return path;
}

/** Returns all kept releases, the oldest first. */
export function earlierReleases(root: string): EarlierRelease[] {
  const files = existsSync(join(root, FOLDER)) ? readdirSync(join(root, FOLDER)) : [];
  return files
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => JSON.parse(gunzipSync(readFileSync(join(root, FOLDER, file))).toString()) as EarlierRelease)
    .toSorted((a, b) => compareVersions(a.version, b.version));
}
