import { sha256 } from "../hash/sha256.ts";
import type { PageMoment } from "./check-page-options.ts";
import { BLOCK_BYTES } from "./pack-file.ts";
import { PAGE_SCRIPT } from "./page-script.ts";
import type { HtmlReplay } from "./page-options.ts";
import { RERUN_LICENSE } from "./rerun-license.ts";

/** A file of the viewer or a recording, for the script of a page. */
export interface PageFile {
  /** Its name in messages about the progress. */
  readonly name: string;
  readonly bytes: number;
  /** Its size in the page, compressed. Missing for a file at a URL. */
  readonly packedBytes?: number | undefined;
  readonly url?: string | undefined;
  /** The hash of the file at the URL. */
  readonly integrity?: string | undefined;
}

/** The contents of a page besides its files. */
export interface PageContents {
  readonly title: string;
  /** The module, the bindings and the WebAssembly of the viewer. */
  readonly files: readonly PageFile[];
  readonly recordings: readonly PageFile[];
  readonly moment: PageMoment | undefined;
  readonly panels: object;
  readonly theme: string | undefined;
  readonly replay: HtmlReplay | undefined;
}

/** The start and the end of a page, around the script elements with its files. */
export function pageDocument({ title, replay, ...contents }: PageContents): {
  readonly head: string;
  readonly tail: string;
} {
  // Escaped, so that no text can end the script.
  const json = JSON.stringify({ blockBytes: BLOCK_BYTES, ...contents, replay: replay?.entityPath }).replaceAll(
    "<",
    "\\u003c",
  );
  const head = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(contents.files, replay)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
html, body { margin: 0; height: 100%; overflow: hidden; background: #0d1011; color: #cad8de; font-family: sans-serif; }
#place { position: fixed; inset: 0; }
#viewer { display: flex; height: 100%; }
#status { position: fixed; inset: auto 0 0; margin: 0; padding: 1em; text-align: center; background: #0d1011; }
#status[hidden] { display: none; }
</style>
<!--
This page contains or loads the Rerun viewer, which is under the MIT license or the Apache License 2.0:

${RERUN_LICENSE}
-->
${replay === undefined ? "" : `<script type="module">${replay.script}</script>\n`}<script type="module">${PAGE_SCRIPT}</script>
</head>
<body>
<div id="place"><div id="viewer"></div></div>
<p id="status" role="status">Loading the page …</p>
<noscript>This page shows a recording with JavaScript, which is turned off.</noscript>
<script type="application/json" id="page">${json}</script>
`;
  return { head, tail: "</body>\n</html>\n" };
}

/** The Content Security Policy: the script of the page, the viewer, and no server but that of the viewer's files. */
function policyOf(files: readonly PageFile[], replay: HtmlReplay | undefined): string {
  const servers = new Set(files.flatMap(({ url }) => (url === undefined ? [] : [new URL(url).origin])));
  const scripts = [PAGE_SCRIPT, ...(replay === undefined ? [] : [replay.script])];
  const hashes = scripts.map((script) => `'${sha256Text(new TextEncoder().encode(script))}'`).join(" ");
  const policy = [
    "default-src 'none'",
    `script-src ${hashes} 'wasm-unsafe-eval' blob:`,
    "style-src 'unsafe-inline'",
    ...(servers.size === 0 ? [] : [`connect-src ${[...servers].join(" ")}`]),
    // The images and fonts of a recorded page are in the recording.
    ...(replay === undefined ? [] : ["img-src data: blob:", "font-src data: blob:"]),
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return escapeHtml(policy.join("; "));
}

/** A hash in the form of Content Security Policy and Subresource Integrity. */
export function sha256Text(bytes: Uint8Array): string {
  return `sha256-${btoa(String.fromCharCode(...sha256(bytes)))}`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
