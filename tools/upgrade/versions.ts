import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const VERSION = /^(\d+)\.(\d+)\.(\d+)$/;
const VERSION_FILE = "packages/core/src/rerun-version.ts";
/** Sentences that name the release and are true of each: `VERSION` is all of it, `MINOR` its first two numbers. */
const SENTENCES: readonly (readonly [file: string, sentence: string])[] = [
  ["README.md", "rerun-sdk==VERSION"],
  ["README.md", "the Rerun viewer MINOR ("],
  ["README.md", "writes the format of **MINOR**"],
  ["packages/node/README.md", "rerun-sdk==VERSION"],
];

/** The three numbers of a version. */
type Numbers = readonly [major: number, minor: number, patch: number];

/** @throws {RangeError} if it is none */
export function parseVersion(version: string): Numbers {
  const [, major, minor, patch] = VERSION.exec(version) ?? [];
  if (major === undefined) throw new RangeError(`the version must be like 0.42.0, got ${version}`);
  return [Number(major), Number(minor), Number(patch)];
}

/** Negative if the first version is the older one. */
export function compareVersions(a: string, b: string): number {
  const [first, second] = [parseVersion(a), parseVersion(b)];
  return first[0] - second[0] || first[1] - second[1] || first[2] - second[2];
}

/** The first two numbers of a version. */
export function minorOf(version: string): string {
  return parseVersion(version).slice(0, 2).join(".");
}

/** The release of Rerun that a repository follows. */
export function currentVersion(root: string): string {
  const version = / = "([\d.]+)";/.exec(readFileSync(join(root, VERSION_FILE), "utf8"))?.[1];
  if (version === undefined) throw new Error(`${VERSION_FILE} has no RERUN_VERSION`);
  return version;
}

/**
 * Sets the release in the constants, and in the sentences that are true of each release.
 * @returns the paths of the changed files
 */
export function changeVersions(root: string, version: string): string[] {
  const numbers = parseVersion(version);
  const before = currentVersion(root);
  const texts = new Map<string, string>();
  const edit = (path: string, change: (text: string) => string): void => {
    texts.set(path, change(texts.get(path) ?? readFileSync(join(root, path), "utf8")));
  };
  for (const [file, sentence] of SENTENCES) {
    edit(file, (text) => {
      const [old, now] = [before, version].map((each) =>
        sentence.replace("VERSION", each).replace("MINOR", minorOf(each)),
      ) as [string, string];
      if (!text.includes(old)) throw new Error(`${file} does not say \`${old}\`: change SENTENCES in tools/upgrade`);
      return text.replaceAll(old, now);
    });
  }
  edit(VERSION_FILE, (text) =>
    text.replace(/\[\d+, \d+, \d+\]/, `[${numbers.join(", ")}]`).replace(/(?<= = ")[\d.]+(?=";)/, version),
  );
  const changed = [...texts].filter(([path, text]) => readFileSync(join(root, path), "utf8") !== text);
  for (const [path, text] of changed) writeFileSync(join(root, path), text);
  return changed.map(([path]) => path);
}
