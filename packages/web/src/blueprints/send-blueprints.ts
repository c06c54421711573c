import type { BlueprintLike } from "@rerun-ts/core";
import { withRerunErrors } from "@rerun-ts/core/checks";
import { encodeRbl } from "@rerun-ts/core/encode";
import { saveAsFile } from "../download/download.ts";
import type { ConnectBlueprintOptions } from "./connect-blueprint-options.ts";

/**
 * Downloads a layout as a file, without a recording.
 *
 * @param applicationId the application whose recordings get the layout
 * @param name the name of the file. Default: the id of the application with `.rbl`
 * @throws {RerunError} `UNSUPPORTED` outside a page
 * @throws {TypeError} or {RangeError} naming the argument, or the problem of the blueprint
 * @example
 * button.onclick = () => rr.downloadBlueprint(new rr.blueprint.TextLogView(), "my_app");
 */
export function downloadBlueprint(
  blueprint: BlueprintLike,
  applicationId: string,
  name: string = `${applicationId}.rbl`,
): void {
  saveAsFile(new Blob([encodeRbl(blueprint, applicationId)]), name);
}

/**
 * Sends a layout to a running viewer, without a recording. Settles when the viewer has the layout. The first call loads
 * the code for sending.
 *
 * Rejects with `TIMEOUT` if the viewer cannot be reached in time, `ABORTED`, or the error of the connection, and with
 * `INVALID_ARGUMENT` if an argument is wrong.
 *
 * @param applicationId the application whose recordings get the layout
 * @example
 * await rr.connectBlueprint(new rr.blueprint.TextLogView(), "my_app", { makeDefault: false });
 */
export function connectBlueprint(
  blueprint: BlueprintLike,
  applicationId: string,
  options: ConnectBlueprintOptions = {},
): Promise<void> {
  return withRerunErrors(async () => {
    const { sendOverGrpc } = await import("./send-over-grpc.ts");
    await sendOverGrpc(blueprint, applicationId, options);
  });
}
