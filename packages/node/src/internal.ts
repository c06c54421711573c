export { nodeHost } from "./recording/node-host.ts";
