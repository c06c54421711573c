import { brand, hasBrand } from "@rerun-ts/core/checks";
import { checkLayoutOptions } from "./layout/options.ts";
import type { EnumLike, components } from "@rerun-ts/types";
import { PanelBlueprint } from "@rerun-ts/types/blueprint";
import type { LayoutWriter } from "./layout/layout-writer.ts";

/** The state of a panel of the viewer. */
export interface PanelOptions {
  /** `Expanded`, `Collapsed` or `Hidden`. Default: decided by the viewer. */
  state?: EnumLike<components.PanelState> | null | undefined;
}

/** A panel of the viewer, at the edge of the views. */
export abstract class Panel {
  /** The path in the blueprint, without a leading slash. */
  readonly blueprintPath: string;
  /** The name of the panel in messages. */
  readonly description: string;
  /** The options, as they were given. */
  protected readonly options: PanelOptions;

  /** @param name the name of the class */
  protected constructor(blueprintPath: string, name: string, options: PanelOptions = {}) {
    this.blueprintPath = blueprintPath;
    this.description = name;
    this.options = options;
  }

  /**
   * Writes the panel into a blueprint. Called while the blueprint is encoded.
   *
   * @internal
   */
  writeLayout(writer: LayoutWriter): void {
    checkLayoutOptions(this.description, this.options, ["state"]);
    const { state } = this.options;
    writer.log(this.blueprintPath, new PanelBlueprint({ state }), this.description, {
      "PanelBlueprint.state": "state",
    });
  }
}

brand(Panel.prototype, "Panel");

/** Whether a value is a {@link Panel}, of any copy of this package. */
export function isPanel(value: unknown): value is Panel {
  return hasBrand(value, "Panel");
}
