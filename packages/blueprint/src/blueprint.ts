import { componentBatches, type BlueprintLike, type EncodedMessage } from "@rerun-ts/core";
import { describeValue, InvalidValueError, otherVersionOf, problemWith, throughProxies } from "@rerun-ts/core/checks";
import { checkLayoutOptions } from "./layout/options.ts";
import { encodeRbl } from "@rerun-ts/core/encode";
import { PanelState } from "@rerun-ts/types/archetype-names";
import { isContainer, type Container } from "./containers.ts";
import { RootIds, encodeLayout, writeViewport } from "./layout/encode-layout.ts";
import { LayoutWriter } from "./layout/layout-writer.ts";
import { isPanel, Panel } from "./panel.ts";
import type { BlueprintPanel, SelectionPanel, TimePanel, TopPanel } from "./panels.ts";
import { isView, type View } from "./view.ts";

/** A part of a {@link Blueprint}. */
export type BlueprintPart = View | Container | TopPanel | BlueprintPanel | SelectionPanel | TimePanel;

/** Options of {@link Blueprint}. */
export interface BlueprintOptions {
  /** Whether the viewer arranges the views itself. Default: `true` if the blueprint has no views or containers. */
  autoLayout?: boolean | null | undefined;
  /** Whether the viewer adds views for new data. Default: `true` if the blueprint has no views or containers. */
  autoViews?: boolean | null | undefined;
  /** Whether all panels missing in the blueprint are collapsed, except for the top panel. Default `false`. */
  collapsePanels?: boolean | undefined;
}

/**
 * A layout for the viewer: views, containers, and the panels around them. Several views or containers become tabs.
 *
 * It keeps its id and those of its parts, so it may be sent again, and to any number of recordings. The constructor
 * checks nothing. Sending an invalid blueprint reports the part and the option of each problem, and sends nothing.
 *
 * @example
 * const blueprint = new rrb.Blueprint(
 *   new rrb.Horizontal([new rrb.Spatial3DView({ origin: "/world" }), new rrb.TextLogView()], { columnShares: [3, 1] }),
 *   new rrb.TimePanel({ state: "Collapsed", timeline: "frame" }),
 *   { collapsePanels: true },
 * );
 * rec.sendBlueprint(blueprint);
 */
export class Blueprint implements BlueprintLike {
  readonly #ids = new RootIds();
  readonly #parts: readonly unknown[];
  readonly #options: BlueprintOptions;

  constructor(...partsAndOptions: readonly BlueprintPart[] | readonly [...BlueprintPart[], BlueprintOptions]);
  constructor(...partsAndOptions: readonly unknown[]) {
    throughProxies(this);
    const last = partsAndOptions.at(-1);
    // A list of parts, or a part of another version, is not an options object: sending the blueprint reports it.
    const isPlain = !Array.isArray(last) && otherVersionOf(last) === undefined;
    const hasOptions = isPlain && typeof last === "object" && last !== null && !isPart(last);
    this.#parts = hasOptions ? partsAndOptions.slice(0, -1) : partsAndOptions;
    this.#options = hasOptions ? last : {};
  }

  /** The messages of the blueprint, without its activation. Called by the recording. */
  encodeBlueprint(applicationId: string): readonly EncodedMessage[] {
    const writer = new LayoutWriter();
    checkLayoutOptions("blueprint", this.#options, ["autoLayout", "autoViews", "collapsePanels"]);
    const { autoLayout, autoViews, collapsePanels } = this.#options;
    if (typeof (collapsePanels ?? false) !== "boolean")
      throw new InvalidValueError("true or false", describeValue(collapsePanels), false, "blueprint: collapsePanels");
    const panels = new Map<string, Panel>();
    const layout: (View | Container)[] = [];
    for (const [index, part] of this.#parts.entries()) {
      if (isPanel(part)) addPanel(panels, part);
      else if (isView(part) || isContainer(part)) layout.push(part);
      else {
        const hint = Array.isArray(part) ? " (several? pass them one by one: `new Blueprint(a, b)`)" : "";
        const expected = `a view, a container or a panel${hint}`;
        throw new InvalidValueError(expected, describeValue(part), false, partName(index));
      }
    }
    writeViewport(writer, layout, this.#ids, { autoLayout, autoViews });
    if (collapsePanels === true) for (const panel of collapsedPanels()) addMissing(panels, panel);
    for (const panel of panels.values()) panel.writeLayout(writer);
    return encodeLayout(writer, this.#ids, applicationId);
  }

  /**
   * The blueprint as the bytes of a `.rbl` file, for recordings of this application.
   *
   * @throws {TypeError} or {RangeError} naming the problem of the blueprint
   */
  toRbl(applicationId: string): Uint8Array<ArrayBuffer> {
    return encodeRbl(this, applicationId);
  }
}

function isPart(value: object): boolean {
  return isView(value) || isContainer(value) || isPanel(value);
}

function partName(index: number): string {
  return `parts[${index}]`;
}

function addPanel(panels: Map<string, Panel>, panel: Panel): void {
  const { blueprintPath, description } = panel;
  if (panels.has(blueprintPath)) {
    throw problemWith(description, "is in the blueprint twice: pass it once");
  }
  panels.set(blueprintPath, panel);
}

function addMissing(panels: Map<string, Panel>, panel: Panel): void {
  if (!panels.has(panel.blueprintPath)) panels.set(panel.blueprintPath, panel);
}

/** A panel that is collapsed and has no other settings. */
class CollapsedPanel extends Panel {
  readonly #archetype: string;

  constructor(blueprintPath: string, archetype: string) {
    super(blueprintPath, archetype);
    this.#archetype = `rerun.blueprint.archetypes.${archetype}`;
  }

  override writeLayout(writer: LayoutWriter): void {
    const collapsed = componentBatches(this.#archetype, { state: PanelState.batch("Collapsed") });
    writer.log(this.blueprintPath, collapsed, this.description);
  }
}

// Does not use the classes of panels, so that the bundles of most layouts do not contain them.
function collapsedPanels(): readonly Panel[] {
  return [
    new CollapsedPanel("blueprint_panel", "PanelBlueprint"),
    new CollapsedPanel("selection_panel", "PanelBlueprint"),
    new CollapsedPanel("time_panel", "TimePanelBlueprint"),
  ];
}
