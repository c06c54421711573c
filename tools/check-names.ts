// `npm run check:names`: finds names that several hand-written source files of the packages declare and export, so that
// one name has one meaning.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { findHomonyms } from "./lib/homonyms.ts";
import { repositoryFiles } from "./lib/repository-files.ts";

const SOURCE = /^packages\/(?!test-support\/)[^/]+\/src\/.*\.tsx?$/u;
/**
 * Generated files, the browser's twins of files of Node, functions with the names of the methods that they call, and
 * commands and their tables, which have their names on the command line.
 */
const EXEMPT =
  /\/gen\/|\.browser\.ts$|\/global-recording\.ts$|-command\.ts$|^packages\/cli\/.*-table\.ts$|\/src\/cli\.ts$/u;

/** Names with one purpose, which several files implement, each for a platform. */
const PLATFORM_PAIRS: readonly string[] = [
  "ConnectBlueprintOptions",
  "ConnectGrpcOptions",
  "ConnectViewerOptions",
  "ConnectWebSocketOptions",
  "FlightRecorder",
  "GrpcSink",
  "GrpcSinkOptions",
  "LeftRing",
  "LogVideoFileOptions",
  "Mp4SamplesOptions",
  "PartsSink",
  "PartsSinkOptions",
  "RecordingStream",
  "ServerSinkOptions",
  "SpoolOptions",
  "WEBSOCKET_SINK_OPTIONS",
  "WebSocketSink",
  "WebSocketSinkOptions",
  "connectBlueprint",
  "connectViewer",
  "discardRings",
  "isMissing",
  "isOwnRecording",
  "leftRings",
  "listenToErrors",
  "logVideoFile",
  "mp4Samples",
  "platform",
  "recordingToHtml",
  "spool",
  // With WebAssembly, and for pages that forbid it.
  "largeSearch",
  "sequenceDecoder",
  // For Playwright, and for Vitest.
  "RerunReporter",
];

/** Public names of two entry points that no program imports together: logged and read columns, and filters of both. */
const PUBLIC_PAIRS: readonly string[] = ["ComponentColumn", "col"];

/** Names inside the command line. */
const COMMAND_LINE: readonly string[] = ["checkRecording", "datasetOf", "openDataset", "showingProgress"];

const paths = (await repositoryFiles(SOURCE)).filter((path) => !EXEMPT.test(path));
const files = await Promise.all(
  paths.map(async (path) => [path, await readFile(join(root, path), "utf8").catch(() => "")] as const),
);
const homonyms = new Map(findHomonyms(files));
const allowed = new Set([...PLATFORM_PAIRS, ...PUBLIC_PAIRS, ...COMMAND_LINE]);
const problems = [...homonyms]
  .filter(([name]) => !allowed.has(name))
  .map(([name, found]) => `${name} has several meanings: rename all but one of those in ${found.join(", ")}`);
const outdated = [...allowed].filter((name) => !homonyms.has(name));
for (const name of outdated) problems.push(`${name} is in a single file now: remove it from tools/check-names.ts`);
for (const problem of problems) console.error(problem);
process.exit(problems.length === 0 ? 0 : 1);
