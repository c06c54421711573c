import type { EncodedMessage } from "@rerun-ts/core";
import { randomId } from "@rerun-ts/core/util";
import { encodeRows } from "@rerun-ts/core/encode";
import { ContainerBlueprint, ViewportBlueprint } from "@rerun-ts/types/blueprint";
import { LayoutWriter, type LayoutPart } from "./layout-writer.ts";
import { randomUuid } from "./uuid.ts";

/** The timeline of all blueprints. */
const TIMELINE = "blueprint";

/** The ids of a blueprint, which stay the same for each encoding. */
export class RootIds {
  /** The id of the store. */
  readonly recordingId: string = `rec_${randomId()}`;
  /** The UUID of the tabs for parts without a container. */
  readonly tabs: string = randomUuid();
}

/** Parts that the viewer arranges itself. */
export interface AutomaticLayout {
  readonly autoLayout?: boolean | null | undefined;
  readonly autoViews?: boolean | null | undefined;
}

/** Writes views and containers, and the viewport with them as its root. Without any, the viewer arranges everything. */
export function writeViewport(
  writer: LayoutWriter,
  parts: readonly LayoutPart[],
  { tabs }: RootIds,
  { autoLayout, autoViews }: AutomaticLayout,
): void {
  for (const part of parts) part.writeLayout(writer);
  const [first] = parts;
  const automatic = first === undefined ? true : undefined;
  let root = first?.id;
  if (first !== undefined && (parts.length > 1 || first.blueprintPath.startsWith("view/"))) {
    root = tabs;
    const contents = parts.map((part) => part.blueprintPath);
    writer.log(`container/${tabs}`, new ContainerBlueprint("Tabs", { contents }), "blueprint");
  }
  const viewport = new ViewportBlueprint({
    rootContainer: root,
    autoLayout: autoLayout === undefined ? automatic : autoLayout,
    autoViews: autoViews === undefined ? automatic : autoViews,
  });
  const names = { "ViewportBlueprint.autoLayout": "autoLayout", "ViewportBlueprint.autoViews": "autoViews" };
  writer.log("viewport", viewport, "blueprint", names);
}

/** The messages of a blueprint that consists of one view or container. @throws {InvalidValueError} */
export function encodePart(part: LayoutPart, ids: RootIds, applicationId: string): EncodedMessage[] {
  const writer = new LayoutWriter();
  writeViewport(writer, [part], ids, {});
  return encodeLayout(writer, ids, applicationId);
}

/** The messages of a blueprint: its store info, and its chunks. @throws {InvalidValueError} */
export function encodeLayout(
  { rows }: LayoutWriter,
  { recordingId }: RootIds,
  applicationId: string,
): EncodedMessage[] {
  return encodeRows({ kind: "blueprint", applicationId, recordingId }, TIMELINE, rows);
}
