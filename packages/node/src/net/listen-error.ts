import { RerunError } from "@rerun-ts/core";
import { toUrlHost } from "./host-names.ts";

/**
 * The error with the code `LISTEN_FAILED` for a port, which is the value of `option`, or an address (`bindIp`) that a
 * server cannot listen on.
 */
export function listenError(
  error: NodeJS.ErrnoException,
  port: number,
  address: string,
  option: "port" | "webPort",
): RerunError {
  const endpoint = `${toUrlHost(address)}:${port}`;
  const reason =
    error.code === "EADDRINUSE"
      ? `the port is in use by a viewer or another server; set \`${option}\` to another one, or to 0 for a free one`
      : error.code === "EACCES"
        ? "permission denied"
        : error.message;
  const isAddress = error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND";
  return new RerunError("LISTEN_FAILED", `cannot listen on ${endpoint}: ${reason}`, {
    cause: error,
    argument: isAddress ? "bindIp" : option,
  });
}
