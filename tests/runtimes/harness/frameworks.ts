// Frameworks, and projects of each with one page. The page imports `packed/page.js` where the framework runs code of
// pages only. All are installed into one folder, as in a monorepo.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { runNpm } from "@rerun-ts/test-support/node/run-bin";

/** The versions of docs/toolchains.md. */
const PACKAGES = [
  "next@16.4.6",
  "react@19.3.1",
  "react-dom@19.3.1",
  "nuxt@4.5.2",
  "astro@7.3.5",
  "@sveltejs/kit@3.2.0",
  "@sveltejs/adapter-static@4.0.1",
  "@sveltejs/vite-plugin-svelte@7.3.1",
  "svelte@5.57.3",
  "vite@8.4.0",
  "@angular/build@22.2.7",
  "@angular/cli@22.2.7",
  "@angular/common@22.2.6",
  "@angular/compiler@22.2.6",
  "@angular/compiler-cli@22.2.6",
  "@angular/core@22.2.6",
  "@angular/platform-browser@22.2.6",
  "typescript@6.0.3",
];

/** A framework, and a project of it. */
export interface Framework {
  readonly files: Readonly<Record<string, string>>;
  /** The folder of its sources, into which the script of the page is copied. */
  readonly sources: string;
  /** The program of its packages, and the arguments that build the project. */
  readonly build: readonly string[];
  /** The folder of the built page. */
  readonly built: string;
  /** The arguments that start its development server. `--port PORT` and `--host HOST` follow. */
  readonly serve: readonly string[];
  /** Whether it does not find `@rerun-ts/web/worker` in a URL, so that the project has a file that imports it. */
  readonly hasWorkerFile?: boolean;
}

const REACT_PAGE = `"use client";
import { useEffect } from "react";
export default function Page() {
  useEffect(() => void import("../packed/page.js"), []);
  return <main><button>Log</button><output /></main>;
}`;

const ANGULAR = {
  version: 1,
  cli: { analytics: false },
  projects: {
    page: {
      projectType: "application",
      root: "",
      sourceRoot: "src",
      architect: {
        build: {
          builder: "@angular/build:application",
          options: {
            outputPath: "dist",
            index: "src/index.html",
            browser: "src/main.ts",
            tsConfig: "tsconfig.json",
            assets: [{ glob: "*-worker.js", input: "node_modules/@rerun-ts/web/dist", output: "/" }],
            externalDependencies: ["@rerun-io/web-viewer"],
          },
        },
        serve: { builder: "@angular/build:dev-server", options: { buildTarget: "page:build" } },
      },
    },
  },
};

/** All frameworks, by their names. */
export const FRAMEWORKS: Readonly<Record<string, Framework>> = {
  Next: {
    files: {
      "next.config.mjs": 'export default { output: "export" };',
      "app/layout.jsx": `export const metadata = { title: "page" };
        export default function Layout({ children }) { return <html lang="en"><body>{children}</body></html>; }`,
      "app/page.jsx": REACT_PAGE,
    },
    sources: ".",
    build: ["next", "build"],
    built: "out",
    serve: ["next", "dev"],
  },
  Nuxt: {
    files: {
      "nuxt.config.mjs":
        'export default { compatibilityDate: "2026-01-01", telemetry: false, app: { head: { title: "page" } } };',
      "app/app.vue": `<script setup>
        import { onMounted } from "vue";
        onMounted(() => import("./packed/page.js"));
        </script>
        <template><main><button>Log</button><output /></main></template>`,
    },
    sources: "app",
    build: ["nuxt", "generate"],
    built: ".output/public",
    serve: ["nuxt", "dev"],
  },
  Astro: {
    files: {
      "astro.config.mjs": "export default {};",
      "src/pages/index.astro": `<!doctype html>
        <html lang="en">
          <head><meta charset="utf-8" /><title>page</title></head>
          <body><button>Log</button><output></output><script>import "../packed/page.js";</script></body>
        </html>`,
    },
    sources: "src",
    build: ["astro", "build"],
    built: "dist",
    serve: ["astro", "dev"],
  },
  SvelteKit: {
    files: {
      "vite.config.js": `import adapter from "@sveltejs/adapter-static";
        import { sveltekit } from "@sveltejs/kit/vite";
        export default { plugins: [sveltekit({ adapter: adapter() })] };`,
      "src/app.html":
        '<!doctype html><html lang="en"><head>%sveltekit.head%</head><body><div>%sveltekit.body%</div></body></html>',
      "src/routes/+layout.js": "export const prerender = true;",
      "src/routes/+page.svelte": `<script>
          import { onMount } from "svelte";
          onMount(() => void import("../packed/page.js"));
        </script>
        <svelte:head><title>page</title></svelte:head>
        <button>Log</button><output></output>`,
    },
    sources: "src",
    build: ["vite", "build"],
    built: "build",
    serve: ["vite", "dev"],
  },
  Angular: {
    files: {
      "angular.json": JSON.stringify(ANGULAR),
      "tsconfig.json": JSON.stringify({
        compilerOptions: {
          allowJs: true,
          experimentalDecorators: true,
          lib: ["ES2023", "DOM"],
          module: "preserve",
          moduleResolution: "bundler",
          skipLibCheck: true,
          target: "ES2022",
          types: [],
        },
        files: ["src/main.ts"],
      }),
      "src/index.html": `<!doctype html>
        <html lang="en">
          <head><meta charset="utf-8" /><title>page</title><base href="/" /></head>
          <body data-storage-worker="/opfs-worker.js" data-encoder-worker="/encoder-worker.js"><app-root></app-root></body>
        </html>`,
      "src/main.ts": `import { afterNextRender, Component } from "@angular/core";
        import { bootstrapApplication } from "@angular/platform-browser";
        @Component({ selector: "app-root", template: "<button>Log</button><output></output>" })
        class App {
          constructor() {
            // @ts-ignore
            afterNextRender(() => void import("./packed/page.js"));
          }
        }
        void bootstrapApplication(App);`,
    },
    sources: "src",
    build: ["ng", "build"],
    built: "dist/browser",
    serve: ["ng", "serve"],
    hasWorkerFile: true,
  },
};

/** Variables that keep the programs of frameworks from reporting, and from behaving as in tests. */
export const ENVIRONMENT: NodeJS.ProcessEnv = {
  ASTRO_TELEMETRY_DISABLED: "1",
  NEXT_TELEMETRY_DISABLED: "1",
  NG_CLI_ANALYTICS: "false",
  NUXT_TELEMETRY_DISABLED: "1",
  NODE_ENV: undefined,
  VITEST: undefined,
};

/** The folder of the frameworks, or the reason why they cannot be installed. */
export async function installFrameworks(): Promise<{ readonly folder: string } | { readonly missing: string }> {
  const key = createHash("sha256").update(PACKAGES.join()).digest("hex").slice(0, 12);
  const folder = join(root, ".cache/runtimes", `frameworks-${key}`);
  if (existsSync(folder)) return { folder };
  console.log("Installing frameworks for pages in .cache/runtimes …");
  const installing = `${folder}.installing`;
  await rm(installing, { recursive: true, force: true });
  await mkdir(installing, { recursive: true });
  await writeFile(join(installing, "package.json"), '{ "private": true, "type": "module" }\n');
  const options = ["--no-audit", "--no-fund", "--loglevel=error", "--legacy-peer-deps"];
  const { code, output } = await runNpm(["install", ...options, ...PACKAGES], { cwd: installing, capture: true });
  if (code !== 0) return { missing: `the frameworks cannot be installed: ${output.trim().split("\n")[0]}` };
  await rename(installing, folder);
  return { folder };
}
