import { readFileSync } from "node:fs";
import * as core from "@rerun-ts/core";
import * as types from "@rerun-ts/types";
import { describe, expect, it } from "vitest";
import definitions from "../../../../definitions/archetypes.json" with { type: "json" };
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";

const page = readFileSync(new URL("../../../../docs/archetypes.md", import.meta.url), "utf8");

/** The examples of each archetype's section. */
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const examples = [...section.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code]) => code ?? "");
      return [section.slice(0, section.indexOf("\n")), examples] as const;
    }),
);

describe("the examples of docs/archetypes.md", () => {
  it.each(definitions)("log $name without errors", ({ name, archetype }) => {
    const examples = sections.get(name) ?? [];
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      const recording = new core.RecordingStream("examples", { strict: true, sendProperties: false });
      const memory = recording.memoryRecording();
      // eslint-disable-next-line typescript/no-implied-eval -- it is our own page
      new Function("rec", "rr", example)(recording, { ...core, ...types });
      const [chunk] = readChunks(memory.drainAsBytes(), { withProperties: true });
      const archetypes = Object.values(chunk?.metadata ?? {}).map((column) => column["rerun:archetype"]);
      expect(archetypes, example).toContain(archetype);
    }
  });
});
