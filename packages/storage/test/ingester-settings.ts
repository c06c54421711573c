import { createHash } from "node:crypto";
import { readEncodedMessages } from "@rerun-ts/core/decode";
import type { IngesterSettings } from "../dist/ingest/ingester.js";
import { mergedStatics } from "../dist/ingest/merged-statics.js";

/** Settings of an ingester of the partition 0 that commits when it finishes, or when somebody asks. */
export function ingesterSettings(
  store: IngesterSettings["store"],
  stream: IngesterSettings["stream"],
  events: Pick<IngesterSettings, "onCommit" | "onWarning">,
): IngesterSettings {
  return {
    store,
    stream,
    dataset: "fleet",
    partitions: [0],
    owner: "a",
    maxBytes: 1e9,
    maxMs: 1e6,
    maxMemoryBytes: 1e9,
    snapshotEvery: 1000,
    sha256: (pieces) => pieces.reduce((hash, piece) => hash.update(piece), createHash("sha256")).digest("hex"),
    readMessages: readEncodedMessages,
    readStatics: mergedStatics(store, "fleet"),
    ...events,
  };
}
