import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Plugin } from "vite";
import { buildPages, PAGES } from "@rerun-ts/test-support/examples/example-pages";
import { root } from "@rerun-ts/test-support/node/environment";
import { SITE } from "./folders.ts";
import { REPOSITORY } from "./links.ts";

const SOURCES = join(root, "examples/web");
const SHELL = "/tools/site/web-examples/shell";
const MAIN = '<script type="module" src="./main.ts"></script>';
/** Leaves it to the shell when the program begins. */
const MAIN_IN_SHELL = `<script type="module">
      import { start } from "${SHELL}.ts";
      start(() => import("./main.ts"));
    </script>`;
/** The address at which `rerun` listens, as a parameter of an address. */
const DEFAULT_URL = encodeURIComponent("rerun+http://127.0.0.1:9876/proxy");
/** Examples that have nothing to show without a server. */
const NEEDS_SERVER = new Set(["offline"]);

/** Builds the examples for browsers into a site, at the paths that they have in the repository. */
export async function buildWebExamples(site: string = SITE): Promise<void> {
  const plugin = await sitePlugin();
  // The examples share the viewer of the playground, so that browsers load its 43 MB once.
  const assetFileNames = ({ names }: { readonly names: readonly string[] }): string =>
    `${names[0]?.endsWith(".wasm") === true ? "playground" : "examples"}/lib/[name]-[hash][extname]`;
  // One script for what most of them share, in place of dozens of small ones.
  const codeSplitting = { groups: [{ name: "shared", minShareCount: PAGES.length / 2 }] };
  await buildPages(site, PAGES, {
    plugins: [plugin],
    worker: { plugins: () => [plugin], rolldownOptions: { output: { assetFileNames } } },
    build: {
      emptyOutDir: false,
      assetsDir: "examples/lib",
      rolldownOptions: { output: { assetFileNames, codeSplitting } },
    },
  });
}

/**
 * Adds a bar to each page. Pages that would send to a server get a viewer beside them, which shows their recordings.
 */
async function sitePlugin(): Promise<Plugin> {
  const streaming = new Set<string>();
  for (const name of PAGES) {
    if (/\bserverUrl\b/.test(await readFile(join(SOURCES, name, "main.ts"), "utf8"))) streaming.add(name);
  }
  return {
    name: "rerun-ts-site",
    enforce: "pre",
    resolveId: (id, importer) =>
      id === "@rerun-ts/web" && importer?.startsWith(SOURCES) === true
        ? join(root, "tools/site/web-examples/web.ts")
        : undefined,
    transformIndexHtml: {
      order: "pre",
      handler: (html, { path }) => addShell(html, basename(dirname(path)), streaming),
    },
  };
}

function addShell(html: string, name: string, streaming: ReadonlySet<string>): string {
  const isStreaming = streaming.has(name);
  const needsServer = NEEDS_SERVER.has(name);
  const links = `<a href="../../../gallery.html#pages">Gallery</a> <a href="${REPOSITORY}examples/web/${name}/main.ts">Source</a>`;
  const bar = isStreaming ? `${links} ${sendingParts(needsServer)}` : links;
  const viewer = isStreaming && !needsServer ? '<section id="site-viewer"></section>' : "";
  return html
    .replace("</head>", `<link rel="stylesheet" href="${SHELL}.css" /></head>`)
    .replace("<body", `<body data-example="${name}"`)
    .replace("</body>", `<nav id="site">${bar}</nav>${viewer}</body>`)
    .replace(MAIN, isStreaming ? MAIN_IN_SHELL : MAIN);
}

/**
 * Returns the texts of the bar: for a page that shows its recording, for a page that sends it, and before a page sends
 * it to another machine.
 */
function sendingParts(needsServer: boolean): string {
  const send = `<a href="?url=${DEFAULT_URL}">send it to <code>rerun</code></a>`;
  const command = 'start <code class="site-command"></code> on this machine';
  const target = '<code class="site-target"></code>';
  const back = needsServer ? "" : ' <a href="?">Show it here instead.</a>';
  const shown = needsServer
    ? `This page needs a server: ${command}, then ${send}.`
    : `<button id="site-download">Download .rrd</button> What it logs is shown here; ${send} instead. <output id="site-notes"></output>`;
  const asking = `This link sends what the page logs to ${target}. <button id="site-agree">Send it</button>${back}`;
  const parts = {
    shown,
    asking,
    "sending-here": `It sends to ${target}: ${command}.${back}`,
    sending: `It sends to ${target}.${back}`,
  };
  return Object.entries(parts)
    .map(([state, part]) => `<span data-state="${state}">${part}</span>`)
    .join(" ");
}
