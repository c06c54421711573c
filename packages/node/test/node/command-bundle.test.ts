import { readFileSync } from "node:fs";
import { build } from "esbuild";
import { expect, it } from "vitest";

const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  readonly exports: { readonly "./cli": Readonly<Record<string, string>> };
};

/** What each condition of the entry point loads; declarations are not loaded. */
const conditions = Object.keys(manifest.exports["./cli"]).filter((condition) => condition !== "types");

it.for(conditions)(
  "a bundle with the condition %s keeps the command, which is imported for its effects",
  async (name) => {
    const { outputFiles } = await build({
      stdin: { contents: 'import "@rerun-ts/node/cli";', resolveDir: import.meta.dirname },
      bundle: true,
      write: false,
      format: "esm",
      platform: "node",
      conditions: [name],
      ...(name === "default" ? { platform: "neutral", mainFields: ["module", "main"] } : {}),
      packages: "bundle",
      external: [
        "node:*",
        "ws",
        "sirv",
        "open",
        "@connectrpc/*",
        "@bufbuild/*",
        "apache-arrow",
        "hyparquet",
        "hyparquet-writer",
      ],
      logLevel: "silent",
    });
    expect(outputFiles[0]?.text).toContain("for Rerun");
  },
);
