// The entry point `rerun-ts/command`: what commands of other packages share with those here. It is not part of the
// public API.
export { UsageError, integerOf, numberOf, parseCommand, unknownName } from "./command/arguments.ts";
export { errorsAsMessages } from "./command/errors-as-messages.ts";
export { showStatus } from "./command/status-line.ts";
export { STATUS_FLAGS, startStatus } from "./command/status-server.ts";
export { UNHEALTHY_FLAGS, unhealthyAfterMs } from "./command/unhealthy-after.ts";
