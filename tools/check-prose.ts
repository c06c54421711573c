// `npm run check:prose`: finds pages, and packages by the documentation of their public names, with too many relative
// clauses or semicolons, and names their longest sentences. Pages of the documentation also have limits for words that
// stand in for nouns, for the median sentence, and for forbidden phrases. A rule about single sentences would forbid
// good ones, so all rules but that about phrases are about a page or a package.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { markdownFiles } from "./lib/markdown-files.ts";
import { lengthProblems, phraseProblems, proseProblems, styleProblems } from "./lib/prose-problems.ts";
import { publicDocBlocks } from "./lib/public-doc-blocks.ts";

/** The changelog has fragments of sentences by its form. */
const SKIPPED = /^CHANGELOG\.md$/u;
const WITH_STYLE = /^docs\//u;
/** Lists of short entries, most of them written by a program. */
const REFERENCE = /^docs\/(?:README|archetypes|gallery|internals\/coverage)\.md$/u;
const RECORD = /^docs\/adr\/\d{4}-.*\.md$/u;
const MAX_WORDS_OF_RECORD = 200;
/** Pages that are not yet rewritten to the rules about style, phrases and length. */
const TO_REWRITE = new Set<string>([
  "CONTRIBUTING.md",
  "README.md",
  "RELEASING.md",
  "docs/adr/0006-open-a-sink-once-and-keep-replaced-sinks-until-they-are-closed.md",
  "docs/adr/0008-treat-a-flush-as-one-burst.md",
  "docs/adr/0009-survive-the-end-of-the-process-inside-a-sink-or-a-listener.md",
  "docs/adr/0036-give-siblings-entry-points-by-purpose.md",
  "docs/adr/0039-edit-chunks-as-values.md",
  "docs/adr/0040-decode-mcap-messages-into-columns.md",
  "docs/adr/0041-give-archetypes-constants-for-their-fields.md",
  "docs/adr/0042-write-long-recordings-in-parts.md",
  "docs/adr/0043-create-parts-in-object-storage-once.md",
  "docs/adr/0044-commit-packs-of-nats-in-the-bucket.md",
  "docs/adr/0045-replace-parts-by-numbered-objects.md",
  "docs/adr/0046-name-records-of-edges-by-the-session-of-their-client.md",
  "docs/adr/0047-read-chunks-at-direct-urls-and-the-rest-from-the-catalog.md",
  "docs/adr/0048-send-two-grpc-web-calls-at-a-time.md",
  "docs/adr/0049-make-the-newest-layout-the-default-of-its-dataset.md",
  "docs/adr/0050-read-stored-messages-without-a-protobuf-library.md",
  "docs/adr/0051-protect-uploads-over-tls-by-a-checksum.md",
  "docs/adr/0052-bundle-the-libraries-of-the-command.md",
  "docs/adr/0053-decompress-mcap-in-another-thread.md",
  "docs/adr/0054-join-small-chunks-in-the-first-pass.md",
  "docs/adr/0055-encode-videos-with-b-frames-with-ffmpeg.md",
  "docs/adr/0056-compress-by-webassembly-and-in-another-thread-on-node.md",
  "docs/adr/0060-ask-the-kernel-who-owns-a-folder.md",
  "docs/adr/0061-end-no-sink-because-of-a-local-fault.md",
  "docs/adr/0062-compact-in-shares-and-fold-old-records.md",
  "docs/adr/0063-write-small-parts-as-one-object.md",
  "docs/architecture.md",
  "docs/internals/performance.md",
  "tests/conformance/mcap/README.md",
]);

let problems = 0;
for (const page of await markdownFiles()) {
  if (SKIPPED.test(page)) continue;
  const text = await readFile(join(root, page), "utf8");
  report(page, proseProblems(text));
  if (TO_REWRITE.has(page)) continue;
  report(page, phraseProblems(text));
  if (WITH_STYLE.test(page) && !REFERENCE.test(page)) report(page, styleProblems(text));
  if (RECORD.test(page)) report(page, lengthProblems(text, MAX_WORDS_OF_RECORD));
}
for (const [name, blocks] of await publicDocBlocks()) {
  report(`the documentation of public names in packages/${name}`, proseProblems(blocks.join("\n\n")));
}
process.exit(problems === 0 ? 0 : 1);

function report(place: string, found: readonly string[]): void {
  for (const problem of found) console.error(`${place}: ${problem}`);
  problems += found.length;
}
