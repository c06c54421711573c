import { join } from "node:path";
import { run } from "@rerun-ts/test-support/node/run";
import * as esbuild from "esbuild";
import { describe, expect, inject } from "vitest";
import { it } from "../processes/harness/test.ts";
import { needRuntime } from "./harness/runtime.ts";

describe("React Native's engine Hermes", () => {
  it.for(["core", "types", "blueprint"])("compiles the packed package %s", async (name, { folder, skip, task }) => {
    const { program } = needRuntime("Hermes", [], { skip, task });
    const [script, bytecode] = [join(folder, "bundle.js"), join(folder, "bundle.hbc")];
    await esbuild.build({
      stdin: { contents: `export * from "@rerun-ts/${name}";`, resolveDir: inject("project") },
      bundle: true,
      format: "iife",
      globalName: "rr",
      outfile: script,
      logLevel: "error",
      logOverride: { "empty-import-meta": "silent" },
      // React Native's preset for Babel replaces these.
      supported: { "async-generator": false },
    });
    const { code, output } = await run(program, ["-emit-binary", "-w", "-out", bytecode, script], { capture: true });
    expect(code, output).toBe(0);
  });
});
