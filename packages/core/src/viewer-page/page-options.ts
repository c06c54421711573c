import type { LinkTime } from "../viewer-control/viewer-link.ts";

/** A panel of the viewer around its views. */
export type PagePanel = "top" | "blueprint" | "selection" | "time";

/** The player of a recorded page, for a page with recordings. */
export interface HtmlReplay {
  /** The entity of the recorded page. */
  readonly entityPath: string;
  /** The program of the player, a module. */
  readonly script: string;
}

/** Options of a page with recordings: its viewer, its beginning and its looks. */
export interface RecordingToHtmlOptions {
  /**
   * The folder with the viewer's files, which become part of the page: about 16 MB. In pages the URL of such a folder,
   * which `rerun-ts viewer-files` writes. On Node a path, `"npm"`, `"pypi"` or `"auto"`. Default on Node: `"auto"`, as
   * for `rerun-ts viewer-files`.
   */
  viewerFiles?: string | URL | undefined;
  /**
   * The URL of such a folder on a server. The page then has the recordings alone, and loads the viewer from there. The
   * browser compares each file with the hash that it had when the page was made. Default: the viewer is in the page.
   */
  viewer?: string | URL | undefined;
  /** The time to show, such as `"frame@120"` or `{ timeline: "frame", at: 120 }`. Default: the viewer decides. */
  at?: LinkTime | string | undefined;
  /** The title of the page. Default `"Rerun recording"`. */
  title?: string | undefined;
  /** Fixed states of panels. Default: none. */
  panels?: Readonly<Partial<Record<PagePanel, "hidden" | "collapsed" | "expanded">>> | undefined;
  /** The theme of the viewer. Default: the user's last choice, or else the theme of the system. */
  theme?: "dark" | "light" | "system" | undefined;
  /**
   * The largest total size of the recordings, in bytes. Default 1 GiB, the largest size that was tested in Chromium and
   * Firefox.
   */
  maxBytes?: number | undefined;
  /** A page that was recorded, beside the viewer: made by `htmlReplay` of `@rerun-ts/replay/html`. Default: none. */
  replay?: HtmlReplay | undefined;
  /** Aborts making the page. */
  signal?: AbortSignal | undefined;
}

/** The largest total size of the recordings in a page by default: 1 GiB. */
export const MAX_PAGE_RECORDING_BYTES: number = 1024 * 1024 * 1024;
