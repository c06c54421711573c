import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { runNpm } from "@rerun-ts/test-support/node/run-bin";
import { root } from "@rerun-ts/test-support/node/environment";
import { SITE, WORK } from "./folders.ts";
import { buildPlayground } from "./build-playground.ts";
import { writePages } from "./pages.ts";

/** Options of {@link buildSite}. */
export interface BuildSiteOptions {
  /** The path below which the site is served, such as `/rerun-ts/`. Default `/`. */
  readonly base?: string | undefined;
  /** Whether to write the API reference. Default `true`. */
  readonly api?: boolean | undefined;
}

/** Builds the documentation site into `docs/dist`. The packages must be built. */
export async function buildSite({ base = "/", api = true }: BuildSiteOptions = {}): Promise<void> {
  await rm(SITE, { recursive: true, force: true });
  await writeVitePressRoot();
  // The configuration, which VitePress loads, reads it.
  process.env["SITE_BASE"] = base;
  const { build } = await import("vitepress");
  await build(WORK);
  await buildPlayground();
  if (api) await writeApi();
}

/** Writes the pages, and the files that VitePress looks for beside them. */
async function writeVitePressRoot(): Promise<void> {
  const folder = join(WORK, ".vitepress");
  await mkdir(join(folder, "theme"), { recursive: true });
  await writeFile(join(WORK, "site.json"), JSON.stringify(await writePages()));
  const from = (path: string): string => JSON.stringify(relative(folder, join(root, "tools/site", path)));
  await writeFile(join(folder, "config.ts"), `import { config } from ${from("config.ts")};\nexport default config;\n`);
  const theme = JSON.stringify(relative(join(folder, "theme"), join(root, "tools/site/theme/index.ts")));
  await writeFile(join(folder, "theme/index.ts"), `import { theme } from ${theme};\nexport default theme;\n`);
}

async function writeApi(): Promise<void> {
  const out = join(SITE, "api");
  const write = ["--prefix", "tools/typescript-6", "run", "--silent", "write-api", "--", "--out", out];
  const { code } = await runNpm(write, { cwd: root });
  if (code !== 0) throw new Error("typedoc has failed");
}
