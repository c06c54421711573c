// A viewer and the player of a page, with one time.
import { RerunReplayElement } from "@rerun-ts/replay/element";
import { RerunViewerElement } from "@rerun-ts/web/element";

Object.assign(globalThis, { RerunReplayElement, RerunViewerElement });
