// The parts of the packages of which ingest is made, as one program: see build.ts.
export { RerunError } from "@rerun-ts/core";
export { DeliveryQueue } from "@rerun-ts/core/transport";
export { sha256 } from "../../packages/core/src/hash/sha256.ts";
export { Ingester } from "../../packages/storage/src/ingest/ingester.ts";
export { NatsWriter } from "../../packages/storage/src/nats/nats-writer.ts";
