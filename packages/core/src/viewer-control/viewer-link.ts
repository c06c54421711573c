import { isUrl } from "../checks/kind-of.ts";
import { checkObject, checkOptions } from "../checks/check-arguments.ts";
import { invalidArgument } from "../checks/invalid-value-error.ts";
import { RERUN_VERSION } from "../rerun-version.ts";
import type { TimeValue } from "../time/time-value.ts";
import { parseTimeText, timeText } from "../time/time-text.ts";

/** A time of a timeline, for links. */
export interface LinkTime {
  /** The name of the timeline. */
  timeline: string;
  /** The time on the timeline. A bare number or bigint is a sequence number. */
  at: TimeValue;
}

/** A moment of a recording, for {@link viewerUrl}. */
export interface ViewerUrlOptions {
  /** The URL of a `.rrd` file or of a server, such as `rerun+http://127.0.0.1:9876/proxy`. On Node also a path. */
  source: string | URL;
  /** The id of the recording. Default: the id of the source. */
  recording?: string | undefined;
  /** The time to show. Default: the viewer decides. */
  when?: LinkTime | undefined;
  /** The entity to select, with an instance as in `/points[#3]`. Default: none. */
  selection?: string | undefined;
  /**
   * The viewer for the link: `"native"`, `"app"` for app.rerun.io, or the URL of a page with the web viewer. Default
   * `"native"`.
   */
  viewer?: string | URL | undefined;
}

/** The parts of a link. */
export interface ViewerLink {
  /** The source without the fragment of the link. */
  readonly source: string;
  readonly recording: string | undefined;
  readonly when: LinkTime | undefined;
  readonly selection: string | undefined;
}

const APP = `https://app.rerun.io/version/${RERUN_VERSION}/`;
const PART = /^(recording|when|selection)=(.*)$/s;
/** Characters that would end a part of a fragment, or that URLs cannot have. */
const RESERVED = /[%&#\s"<>`]/gu;

/**
 * A link to a moment of a recording. `ViewerControl.open`, `rerun-ts view` and the pages of `rerun-ts view` follow it.
 * The viewer of Rerun 0.41 itself opens the source and stays at its own time.
 *
 * @throws {TypeError} if an option is wrong
 * @example
 * viewerUrl({ source: "https://example.com/a.rrd", when: { timeline: "frame", at: 120 }, viewer: "app" });
 */
export function viewerUrl(options: ViewerUrlOptions): string {
  checkObject(options);
  checkOptions("viewerUrl", options, { source: 1, recording: 1, when: 1, selection: 1, viewer: 1 });
  const { source, recording, when, selection, viewer = "native" } = options;
  const text = typeof source === "string" || isUrl(source) ? String(source) : "";
  if (text === "") throw invalidArgument("source", "the URL of a recording or of a server, or a path", source);
  const parts: string[] = [];
  if (recording !== undefined) parts.push(`recording=${encodePart("recording", recording)}`);
  if (when !== undefined) parts.push(`when=${whenText(when)}`);
  if (selection !== undefined) parts.push(`selection=${encodePart("selection", selection)}`);
  const link = parts.length === 0 ? text : `${text}#${parts.join("&")}`;
  if (viewer === "native") return link;
  if (!/^[a-z][a-z+]*:\/\//iu.test(text) || /^file:/iu.test(text))
    throw invalidArgument("source", "a URL that the page can fetch, for a viewer in a page", source);
  const page = viewer === "app" ? APP : String(viewer);
  if (!URL.canParse(page) || !/^https?:$/u.test(new URL(page).protocol))
    throw invalidArgument("viewer", '"native", "app", or the URL of a page', viewer);
  const url = new URL(page);
  url.searchParams.append("url", link);
  return url.href;
}

/** The sources in the parameters of a link to a viewer's page. Without such parameters, the link itself. */
export function linkedSources(link: string): readonly string[] {
  const isPage = /^https?:/iu.test(link) && URL.canParse(link);
  const sources = isPage ? new URL(link).searchParams.getAll("url") : [];
  return sources.length > 0 ? sources : [link];
}

/** The parts of a link. Any other fragment belongs to the source. */
export function parseViewerLink(link: string): ViewerLink | undefined {
  // Names of parts have no `#`, but a selected instance has.
  const start = link.search(/#(?:recording|when|selection)=/u);
  const found: Record<string, string> = {};
  for (const part of start < 0 ? [""] : link.slice(start + 1).split("&")) {
    const [, name = "", value = ""] = PART.exec(part) ?? [];
    if (name === "" || Object.hasOwn(found, name)) return undefined;
    found[name] = decodePart(value);
  }
  const when = found["when"] === undefined ? undefined : parseWhen(found["when"]);
  if (found["when"] !== undefined && when === undefined)
    throw invalidArgument("when", "TIMELINE@TIME, such as frame@120, t@1.5s or t@2026-01-31T12:00:00Z", found["when"]);
  return { source: link.slice(0, start), recording: found["recording"], when, selection: found["selection"] };
}

/** The time of the text `TIMELINE@TIME`, or `undefined` for another text. */
export function parseWhen(text: string): LinkTime | undefined {
  const end = text.lastIndexOf("@");
  const at = end <= 0 ? undefined : parseTimeText(text.slice(end + 1));
  return at === undefined ? undefined : { timeline: text.slice(0, end), at };
}

function whenText(when: LinkTime): string {
  const { timeline, at } = Object(when) as Partial<LinkTime>;
  if (at === undefined) throw invalidArgument("when", "{ timeline, at }", when);
  let text: string;
  try {
    text = timeText(at);
  } catch {
    throw invalidArgument("when", "{ timeline, at } with a time", when);
  }
  return `${encodePart("timeline", timeline)}@${text}`;
}

function encodePart(name: string, value: unknown): string {
  if (typeof value !== "string" || value === "") throw invalidArgument(name, "a non-empty string", value);
  return value.replace(RESERVED, encodeURIComponent);
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
