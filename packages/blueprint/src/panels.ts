import { checkLayoutOptions } from "./layout/options.ts";
import { TimePanelBlueprint, type TimePanelBlueprintOptions } from "@rerun-ts/types/blueprint";
import type { LayoutWriter } from "./layout/layout-writer.ts";
import { Panel, type PanelOptions } from "./panel.ts";

/** The panel above the views. `Collapsed` and `Hidden` both hide it. */
export class TopPanel extends Panel {
  constructor(options?: PanelOptions) {
    super("top_panel", "TopPanel", options);
  }
}

/** The panel with the list of views and of data, left of the views. `Collapsed` and `Hidden` both hide it. */
export class BlueprintPanel extends Panel {
  constructor(options?: PanelOptions) {
    super("blueprint_panel", "BlueprintPanel", options);
  }
}

/** The panel with the details of the selection, right of the views. `Collapsed` and `Hidden` both hide it. */
export class SelectionPanel extends Panel {
  constructor(options?: PanelOptions) {
    super("selection_panel", "SelectionPanel", options);
  }
}

/** Options of {@link TimePanel}. */
export interface TimePanelOptions extends TimePanelBlueprintOptions {}

const TIME_OPTIONS = ["state", "timeline", "playbackSpeed", "fps", "playState", "loopMode", "timeSelection"];

/**
 * The panel with the timelines, below the views, and how time plays. `Collapsed` shows a bar, `Hidden` nothing.
 *
 * @example
 * new rrb.TimePanel({ state: "Collapsed", timeline: "frame", fps: 30, playState: "Playing", loopMode: "All" });
 */
export class TimePanel extends Panel {
  constructor(options?: TimePanelOptions) {
    super("time_panel", "TimePanel", options);
  }

  /**
   * Writes the panel into a blueprint. Called while the blueprint is encoded.
   *
   * @internal
   */
  override writeLayout(writer: LayoutWriter): void {
    const { blueprintPath, description } = this;
    checkLayoutOptions(description, this.options, TIME_OPTIONS);
    const { playState, ...others } = this.options as TimePanelOptions;
    const names = Object.fromEntries(TIME_OPTIONS.map((name) => [`TimePanelBlueprint.${name}`, name]));
    writer.log(blueprintPath, new TimePanelBlueprint(others), description, names);
    // Logged as static data, because viewers read the play state only from there.
    if (playState !== undefined) {
      writer.logStatic(blueprintPath, new TimePanelBlueprint({ playState }), description, names);
    }
  }
}
