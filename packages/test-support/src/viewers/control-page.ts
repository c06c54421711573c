import { fromBinary, toBinary } from "@bufbuild/protobuf";
import type { Page } from "@playwright/test";
import {
  ViewerControlRequestSchema,
  ViewerControlResponseSchema,
} from "../../../core/dist/gen/rerun/viewer_control/v1alpha1/viewer_control_pb.js";
import { ViewerControl } from "./viewer-control.ts";

declare global {
  /** The handle of the viewer, which its page provides once the viewer has started. */
  var _handle: { viewer_control(request: Uint8Array): Promise<Uint8Array> } | undefined;
}

/** Returns the ViewerControl API of the web viewer in a page. */
export function controlPage(page: Page): ViewerControl {
  return new ViewerControl(async (request) => {
    const answer = await page.evaluate(
      async (bytes) => Array.from((await globalThis._handle?.viewer_control(Uint8Array.from(bytes))) ?? []),
      Array.from(toBinary(ViewerControlRequestSchema, request)),
    );
    return fromBinary(ViewerControlResponseSchema, Uint8Array.from(answer));
  });
}
