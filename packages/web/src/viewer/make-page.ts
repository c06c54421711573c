import {
  fetchViewer,
  makeViewerPage,
  missingViewer,
  type RecordingContents,
  type RecordingToHtmlOptions,
} from "@rerun-ts/core/viewer-page";

/** Does what `recordingToHtml` does, with the viewer of a release of Rerun. */
export function makePage(
  recordings: () => readonly RecordingContents[],
  options: RecordingToHtmlOptions,
  version: string,
): Promise<Blob> {
  return makeViewerPage(
    options,
    async () => recordings(),
    async () => {
      const { viewer, viewerFiles, signal } = options;
      const folder = viewer ?? viewerFiles;
      if (folder === undefined) throw missingViewer();
      const { document } = globalThis as { readonly document?: { readonly baseURI: string } };
      const base = document?.baseURI ?? globalThis.location?.href;
      const fetched = await fetchViewer(viewer === undefined ? "viewerFiles" : "viewer", folder, base, version, signal);
      return viewer === undefined ? { ...fetched, url: undefined } : fetched;
    },
  );
}
