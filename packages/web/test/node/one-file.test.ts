import { build } from "esbuild";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { root } from "@rerun-ts/test-support/node/environment";

const NAMES = ["Points3D", "TextLog", "Image", "components.Color", "blueprint.Spatial3DView", "MemorySink", "GrpcSink"];

// esbuild initialises modules late that are also loaded with `import()`. Wrangler bundles Cloudflare Workers like this.
describe("a bundle that is one file, although it contains what is loaded later", () => {
  it.for([...NAMES.map((name) => [name]), NAMES])("has %s", async (names) => {
    const folder = makeTemporaryFolder();
    try {
      const outfile = join(folder.path, "bundle.mjs");
      const values = names.map((name) => `typeof rr.${name}`);
      await build({
        stdin: {
          contents: `import * as rr from "@rerun-ts/web"; export const kinds = [${values.join()}];`,
          resolveDir: root,
        },
        bundle: true,
        format: "esm",
        outfile,
        external: ["@rerun-io/web-viewer"],
        logLevel: "error",
      });
      const { kinds } = (await import(outfile)) as { kinds: string[] };
      expect(kinds).toEqual(names.map((name) => (name.startsWith("components") ? "object" : "function")));
    } finally {
      await folder.remove();
    }
  });
});
