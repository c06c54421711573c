// The script of the page that `openControls` prints the address of: the viewer and the panel. `npm run generate` puts it
// into the relay, which serves the page.
import { defineRerunControls } from "../element/rerun-controls-element.ts";
import { setText } from "../element/make-element.ts";
import { takeTokens } from "../own-token.ts";
import { showViewer } from "./show-viewer.ts";

// Before the panel, which then finds the token in the history.
const { read } = takeTokens();
defineRerunControls();

const viewer = document.querySelector<HTMLElement>("#viewer");
const status = document.querySelector<HTMLElement>("#status");
if (viewer !== null && status !== null)
  showViewer(viewer, read).then(
    () => setText(status, ""),
    (error: unknown) => setText(status, `The viewer could not start: ${error instanceof Error ? error.message : error}`),
  );
