import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadCopy, type Copy } from "@rerun-ts/test-support/packages/copies";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { CALLS } from "./copies/calls.ts";
import type { Call } from "./copies/objects.ts";
import { Trial } from "./copies/trial.ts";

// A program may have two copies of the packages: two versions, an ES module and a CommonJS module, one in a bundle and
// one outside, one from before a test runner has reset its modules.

const PACKAGES = fileURLToPath(new URL("../../packages", import.meta.url));
const NAMES =
  "core types blueprint reading mcap catalog import node testing web three controls replay react opentelemetry loggers storage".split(
    " ",
  );
/** Folders whose classes are archetypes: their fields are data. */
const ARCHETYPES = /(?:^|\/)(?:gen|archetypes|bundle)\//;
const FUNCTION = /export declare function (\w+)(<[^(]*>)?\(([^;]*?)\): /g;
const CLASS = /export declare (?:abstract )?class (\w+)([\s\S]*?)\n\}/g;
const METHOD = /^ {4}(?:static )?(\w+)(<[^(]*>)?\(([^;]*?)\)[:;]/gm;
const TYPE = /export (?:interface|type) (\w+)([\s\S]*?)\n(?=export|declare|import|\}?\n?$)/g;
/** Interfaces that the objects of this SDK have. */
const INTERFACES = ["AsComponents", "Sink", "BlueprintLike", "LiveSource", "ComponentBatch", "ComponentField"];
/** Types that are passed within one copy. */
const INTERNAL = new Set(["EncodedMessage", "RerunError", "RecordingSink", "PageTransportHooks"]);
const OTHER_VERSION = "0.0.9";
/** A message that names both versions, and the remedy. */
const NAMED = /one of a second copy of @rerun-ts\/core, version \S+ beside \S+; `npm ls @rerun-ts\/core` shows both/;

interface Declaration {
  readonly packageName: string;
  readonly text: string;
}

const declarations = NAMES.flatMap((packageName): Declaration[] => {
  const dist = join(PACKAGES, packageName, "dist");
  return readdirSync(dist, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".d.ts") && !ARCHETYPES.test(path))
    .map((path) => ({
      packageName,
      text: readFileSync(join(dist, path), "utf8").replaceAll(/\/\*\*[\s\S]*?\*\//g, ""),
    }));
});

/** The names that users may import. */
const exported = new Set(
  NAMES.flatMap((name) =>
    [
      ...readFileSync(new URL(`api/${name}.txt`, new URL("..", import.meta.url)), "utf8").matchAll(
        /^(?:\w+\.)?(\w+): /gm,
      ),
    ].map(([, found = ""]) => found),
  ),
);

/** The exported calls with a parameter that may be an object of this SDK, or that has one. */
function callsWithObjects(): string[] {
  const types = new Map<string, string>();
  const known = new Set(INTERFACES);
  for (const { text } of declarations) {
    for (const [, name = "", body = ""] of text.matchAll(TYPE)) types.set(name, body);
    for (const [, name = ""] of text.matchAll(CLASS)) if (exported.has(name)) known.add(name);
  }
  for (const name of INTERNAL) known.delete(name);
  const mentions = (text: string): boolean => (text.match(/\b[A-Z]\w+\b/g) ?? []).some((name) => known.has(name));
  for (let size = 0; size < known.size;) {
    size = known.size;
    for (const [name, body] of types) if (!INTERNAL.has(name) && mentions(body)) known.add(name);
  }
  const found = new Set<string>();
  for (const { packageName, text } of declarations) {
    for (const [, name = "", generics = "", parameters = ""] of text.matchAll(FUNCTION))
      if (exported.has(name) && mentions(generics + parameters)) found.add(`${packageName} ${name}`);
    for (const [, name = "", body = ""] of text.matchAll(CLASS)) {
      if (!exported.has(name)) continue;
      for (const [, method = "", generics = "", parameters = ""] of body.matchAll(METHOD))
        if (mentions(generics + parameters)) found.add(`${packageName} ${name}.${method}`);
    }
  }
  return [...found].sort();
}

describe("the calls that take objects of this SDK", () => {
  it("are all listed for copies of the packages", () => {
    expect(existsSync(join(PACKAGES, "core/dist")), "build first").toBe(true);
    expect(Object.keys(CALLS).sort()).toEqual(callsWithObjects());
  });
});

describe("a second copy of the packages", () => {
  const folder = makeTemporaryFolder();
  let own: Copy;
  const others = new Map<string, Copy>();
  beforeAll(async () => {
    own = await loadCopy(join(folder.path, "own"));
    others.set("of the same version", await loadCopy(join(folder.path, "same")));
    others.set("in a CommonJS bundle", await loadCopy(join(folder.path, "bundle"), { isBundle: true }));
    others.set("of another version", await loadCopy(join(folder.path, "other"), { version: OTHER_VERSION }));
  });
  afterAll(() => folder.remove());

  const made = Object.entries(CALLS).flatMap(([name, call]): [string, Call, RegExp | undefined][] =>
    typeof call === "string" ? [] : typeof call === "function" ? [[name, call, undefined]] : [[name, ...call]],
  );
  it.each(made)("has objects that work, or that name the second copy, in %s", async (_, call, problem) => {
    const outcomeWith = (other: Copy): ReturnType<Trial["run"]> =>
      new Trial().run((trial) => call(own, other, trial, folder.path));
    const expected = await outcomeWith(own);
    if (problem === undefined) expect(expected.problems).toEqual([]);
    else expect(expected.problems.join("\n")).toMatch(problem);
    for (const [name, other] of others) {
      const outcome = await outcomeWith(other);
      const isNamed = outcome.problems.some((text) => NAMED.test(text));
      if (name !== "of another version" || !isNamed) expect(outcome, name).toEqual(expected);
    }
  });

  it("does not open a file that another copy has open, and leaves the file alone", async () => {
    for (const [name, other] of others) {
      const path = join(folder.path, `${name}.rrd`);
      const [first, second] = [new own.node.RecordingStream("copies"), new other.node.RecordingStream("copies")];
      const sink = new own.node.FileSink(path);
      await first.setSink(sink);
      first.log("a", new own.node.Scalars(1));
      await expect(second.setSink(sink as never), name).rejects.toThrow("a file sink that is or was open");
      first.log("a", new own.node.Scalars(2));
      expect(await first.close(), name).toMatchObject({ complete: true, droppedRows: 0 });
      await second.close();
      const rows = readChunks(readFileSync(path)).reduce((sum, chunk) => sum + chunk.rows, 0);
      expect(rows, name).toBe(2);
    }
  });

  it("shares the global recording, or says that its version is another one", async () => {
    const memory = own.node.init("copies").memoryRecording();
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    try {
      for (const { node } of others.values()) node.log("a", new node.Scalars(1));
      const rows = readChunks(memory.drainAsBytes()).reduce((sum, chunk) => sum + chunk.rows, 0);
      expect(rows).toBe(2);
      expect(warn.mock.calls.flat()).toEqual([expect.stringMatching(NAMED)]);
    } finally {
      warn.mockRestore();
      await own.node.setGlobalRecording(undefined)?.close();
    }
  });

  it("has errors that all copies recognise", () => {
    for (const { node } of others.values()) {
      const error = new node.RerunError("CLOSED", "it is closed");
      expect([own.node.isRerunError(error), error instanceof own.node.RerunError]).toEqual([true, true]);
    }
  });
});
