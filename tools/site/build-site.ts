import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { linkFolder } from "@rerun-ts/test-support/node/link-folder";
import { runNpm } from "@rerun-ts/test-support/node/run-bin";
import { root } from "@rerun-ts/test-support/node/environment";
import { API, SITE, WORK } from "./folders.ts";
import { buildPlayground } from "./build-playground.ts";
import { buildWebExamples } from "./build-web-examples.ts";
import { writePages } from "./pages.ts";

/** Options of {@link buildSite}. */
export interface BuildSiteOptions {
  /** The path below which the site is served, such as `/rerun-ts/`. Default `/`. */
  readonly base?: string | undefined;
  /** Whether to take the API reference as an earlier `npm run check:api` has written it. Default `false`. */
  readonly reusesApi?: boolean | undefined;
}

/** Builds the documentation site into `docs/dist`. The packages must be built. */
export async function buildSite({ base = "/", reusesApi = false }: BuildSiteOptions = {}): Promise<void> {
  await rm(SITE, { recursive: true, force: true });
  await writeVitePressRoot(base);
  // The configuration, which VitePress loads, reads it.
  process.env["SITE_BASE"] = base;
  const { build } = await import("vitepress");
  await build(WORK);
  await buildPlayground();
  await buildWebExamples();
  await addApi(reusesApi);
}

/** Writes the pages, and the files that VitePress looks for beside them. */
async function writeVitePressRoot(base: string): Promise<void> {
  const folder = join(WORK, ".vitepress");
  await mkdir(join(folder, "theme"), { recursive: true });
  await writeFile(join(WORK, "site.json"), JSON.stringify(await writePages(base)));
  const from = (path: string): string => JSON.stringify(relative(folder, join(root, "tools/site", path)));
  await writeFile(join(folder, "config.ts"), `import { config } from ${from("config.ts")};\nexport default config;\n`);
  const theme = JSON.stringify(relative(join(folder, "theme"), join(root, "tools/site/theme/index.ts")));
  await writeFile(join(folder, "theme/index.ts"), `import { theme } from ${theme};\nexport default theme;\n`);
}

/** Adds the API reference, and writes it before unless `reuses` says that an older one will do. */
async function addApi(reuses: boolean): Promise<void> {
  if (!reuses || !existsSync(API)) {
    const { code, output } = await runNpm(["run", "--silent", "check:api"], { cwd: root, capture: true });
    if (code !== 0) throw new Error(`typedoc has failed:\n${output}`);
  }
  linkFolder(API, join(SITE, "api"));
}
