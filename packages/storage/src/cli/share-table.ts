import type { CommandTable } from "rerun-ts/command";
import { STORE_ENVIRONMENT, STORE_FLAGS } from "./store-table.ts";

/** `rerun-ts share`. */
export const SHARE = {
  name: "share",
  summary: "Upload a page that shows recordings, and print a link to it",
  description: [
    "Upload recordings and the web viewer as one page, as `rerun-ts rrd html` writes it, to a bucket, and print a link to it. Whoever has the link can read the page until the link expires, and nobody can guess it. The page stays in the bucket: `--delete LINK` removes it, also after the link has expired.",
  ],
  positionals: { usage: "[FILE.rrd …]" },
  flags: {
    to: { kind: "text", value: "STORE", required: "s3://BUCKET/PREFIX", help: "The bucket: s3://BUCKET/PREFIX" },
    expires: {
      kind: "text",
      value: "DURATION",
      default: "24h",
      option: "expiresSeconds",
      help: "How long the link is valid: 90m, 36h, or at most 7d. With temporary credentials the link ends with them",
    },
    at: {
      kind: "text",
      value: "TIMELINE@TIME",
      option: "at",
      help: "The time to show: frame@120, t@1.5s, or t@2026-01-31T12:00:00Z",
    },
    title: { kind: "text", value: "TEXT", option: "title", help: "The title of the page" },
    assets: {
      kind: "text",
      value: "auto|npm|pypi|FOLDER",
      default: "auto, as for `rerun-ts viewer-files`",
      option: "viewerFiles",
      help: "The viewer in the page",
    },
    viewer: {
      kind: "text",
      value: "URL",
      option: "viewer",
      conflicts: ["assets"],
      help: "Upload a small page, which loads the viewer from a folder on a server",
    },
    app: {
      kind: "switch",
      conflicts: ["at", "assets", "viewer", "title"],
      help: "Upload the recording alone, and print a link that opens it at app.rerun.io, whose server sees the signed address",
    },
    delete: { kind: "text", value: "LINK", option: "link", help: "Delete the page of a link instead" },
    ...STORE_FLAGS,
  },
  environment: STORE_ENVIRONMENT,
  exits: {
    0: "The link was printed, or the page was deleted.",
    1: "A file cannot be read, or the page not be uploaded.",
  },
  examples: ["share run.rrd --to s3://runs/shared --at frame@120 --expires 7d"],
} as const satisfies CommandTable;
