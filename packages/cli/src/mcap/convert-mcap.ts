// A module of its own, which is loaded while a thread decompresses the first chunks.
export { convertMcap } from "@rerun-ts/mcap";
