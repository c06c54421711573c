export { webHost } from "./recording/web-host.ts";
