import type { BlueprintLike, EncodedMessage } from "@rerun-ts/core";
import { InvalidValueError, brand, describeValue, hasBrand, throughProxies } from "@rerun-ts/core/checks";
import { checkLayoutOptions } from "./layout/options.ts";
import { ContainerBlueprint } from "@rerun-ts/types/blueprint";
import { RootIds, encodePart } from "./layout/encode-layout.ts";
import type { LayoutWriter } from "./layout/layout-writer.ts";
import { randomUuid } from "./layout/uuid.ts";
import { isView, type View } from "./view.ts";

/** Options of all containers. */
export interface ContainerOptions {
  /** The name in viewers. Default: chosen by the viewer. */
  name?: string | null | undefined;
  /** Whether the container is shown. Default: `true`. */
  visible?: boolean | null | undefined;
}

/** Options of {@link Tabs}. */
export interface TabsOptions extends ContainerOptions {
  /** The active tab: its index, or the name of a view. Default: the first. */
  activeTab?: number | string | undefined;
}

/** Options of {@link Horizontal}. */
export interface HorizontalOptions extends ContainerOptions {
  /** The relative width of each part. Default: all the same. */
  columnShares?: ArrayLike<number> | undefined;
}

/** Options of {@link Vertical}. */
export interface VerticalOptions extends ContainerOptions {
  /** The relative height of each part. Default: all the same. */
  rowShares?: ArrayLike<number> | undefined;
}

/** Options of {@link Grid}. */
export interface GridOptions extends ContainerOptions {
  /** The number of columns. Default: decided by the viewer. */
  gridColumns?: number | undefined;
  /** The relative width of each column. Default: all the same. */
  columnShares?: ArrayLike<number> | undefined;
  /** The relative height of each row. Default: all the same. */
  rowShares?: ArrayLike<number> | undefined;
}

/** A possible part of a container. */
export type ContainerPart = View | Container;

/** The options of all classes of containers. */
type AnyOptions = TabsOptions & HorizontalOptions & VerticalOptions & GridOptions;

const NAMES = {
  "ContainerBlueprint.displayName": "name",
  "ContainerBlueprint.visible": "visible",
  "ContainerBlueprint.colShares": "columnShares",
  "ContainerBlueprint.rowShares": "rowShares",
  "ContainerBlueprint.gridColumns": "gridColumns",
};

/**
 * The base class of containers, which arrange views and other containers. A container alone stands for a blueprint of
 * it. Like a view, a container keeps its id, and its constructor checks nothing.
 */
export abstract class Container implements BlueprintLike {
  /** The UUID of the container in viewers. It stays the same for the life of the object. */
  readonly id: string = randomUuid();
  readonly #kind: "Tabs" | "Horizontal" | "Vertical" | "Grid";
  readonly #known: readonly string[];
  readonly #contents: readonly ContainerPart[];
  readonly #options: AnyOptions;
  #rootIds: RootIds | undefined;

  /** @param known the names of the options besides those of all containers */
  protected constructor(
    kind: "Tabs" | "Horizontal" | "Vertical" | "Grid",
    known: readonly string[],
    contents: readonly ContainerPart[],
    options: ContainerOptions = {},
  ) {
    throughProxies(this);
    this.#kind = kind;
    this.#known = known;
    this.#contents = contents;
    this.#options = options;
  }

  /** The path in the blueprint, without a leading slash: `container/<id>`. */
  get blueprintPath(): string {
    return `container/${this.id}`;
  }

  /** The name of the container in messages. */
  get description(): string {
    const name = this.#options?.name;
    return typeof name === "string" ? `${this.#kind} ${JSON.stringify(name)}` : this.#kind;
  }

  /** The messages of a blueprint of this container alone. Called by the recording. */
  encodeBlueprint(applicationId: string): readonly EncodedMessage[] {
    this.#rootIds ??= new RootIds();
    return encodePart(this, this.#rootIds, applicationId);
  }

  /**
   * Writes the container and its contents into a blueprint. Called while the blueprint is encoded.
   *
   * @internal
   */
  writeLayout(writer: LayoutWriter): void {
    if (!Array.isArray(this.#known))
      throw new InvalidValueError("one of Tabs, Horizontal, Vertical, Grid", "the class itself", false, "Container");
    writer.begin(this);
    const { description } = this;
    const contents = this.#checkContents();
    checkLayoutOptions(description, this.#options, ["name", "visible", ...this.#known]);
    for (const part of contents) part.writeLayout(writer);
    const { name, visible, columnShares, rowShares, gridColumns } = this.#options;
    this.#checkShares("columnShares", columnShares);
    this.#checkShares("rowShares", rowShares);
    const container = new ContainerBlueprint(this.#kind, {
      displayName: name,
      contents: contents.map((part) => part.blueprintPath),
      colShares: columnShares,
      rowShares,
      activeTab: this.#activeTab(contents),
      visible,
      gridColumns,
    });
    writer.log(this.blueprintPath, container, description, NAMES);
  }

  #checkContents(): readonly ContainerPart[] {
    const contents: unknown = this.#contents;
    const argument = `${this.description}: contents`;
    if (!Array.isArray(contents)) {
      const isPart = isView(contents) || isContainer(contents);
      const hint = isPart ? ` (several parts? pass an array: \`new ${this.#kind}([a, b])\`)` : "";
      const expected = `an array of views and containers${hint}`;
      throw new InvalidValueError(expected, describeValue(contents), false, argument);
    }
    for (const [index, part] of contents.entries()) {
      if (isView(part) || isContainer(part)) continue;
      throw new InvalidValueError("a view or a container", describeValue(part), false, `${argument}[${index}]`);
    }
    return contents as ContainerPart[];
  }

  /** The number of shares of a row or a column is that of its parts. For a grid the number is not always known here. */
  #checkShares(option: string, shares: ArrayLike<number> | undefined): void {
    const { length } = this.#contents;
    if (shares === undefined || shares === null || this.#kind === "Grid") return;
    if (typeof shares === "object" && shares.length === length) return;
    const expected = `a list of ${length}, one share for each part`;
    const isList = typeof shares === "object" && typeof shares.length === "number";
    const got = isList ? `a list of ${shares.length}` : describeValue(shares);
    throw new InvalidValueError(expected, got, isList, `${this.description}: ${option}`);
  }

  #activeTab(contents: readonly ContainerPart[]): string | undefined {
    const { activeTab } = this.#options;
    if (activeTab === undefined) return undefined;
    const found = contents.find((part, index) => activeTab === index || (isView(part) && part.name === activeTab));
    if (found !== undefined) return found.blueprintPath;
    const names = contents.map((part) => (isView(part) ? part.name : undefined)).filter((name) => name !== undefined);
    const known =
      names.length === 0 ? "" : `, or the name of a view: ${names.map((name) => JSON.stringify(name)).join(", ")}`;
    const expected = `an index from 0 to ${contents.length - 1}${known}`;
    throw new InvalidValueError(expected, describeValue(activeTab), true, `${this.description}: activeTab`);
  }
}

brand(Container.prototype, "Container");

/** Whether a value is a {@link Container}, of any copy of this package. */
export function isContainer(value: unknown): value is Container {
  return hasBrand(value, "Container");
}

/**
 * A container that shows one of its parts at a time.
 *
 * @example
 * new rrb.Tabs([new rrb.Spatial3DView({ name: "3D" }), new rrb.TextLogView({ name: "log" })], { activeTab: "log" });
 */
export class Tabs extends Container {
  constructor(contents: readonly ContainerPart[], options?: TabsOptions) {
    super("Tabs", ["activeTab"], contents, options);
  }
}

/**
 * A container with its parts side by side.
 *
 * @example
 * new rrb.Horizontal([new rrb.Spatial3DView(), new rrb.TimeSeriesView()], { columnShares: [3, 1] });
 */
export class Horizontal extends Container {
  constructor(contents: readonly ContainerPart[], options?: HorizontalOptions) {
    super("Horizontal", ["columnShares"], contents, options);
  }
}

/**
 * A container with its parts one below the other.
 *
 * @example
 * new rrb.Vertical([new rrb.Spatial2DView(), new rrb.TextLogView()], { rowShares: [3, 1] });
 */
export class Vertical extends Container {
  constructor(contents: readonly ContainerPart[], options?: VerticalOptions) {
    super("Vertical", ["rowShares"], contents, options);
  }
}

/**
 * A container with its parts in rows and columns.
 *
 * @example
 * new rrb.Grid(cameras.map((camera) => new rrb.Spatial2DView({ origin: camera })), { gridColumns: 3 });
 */
export class Grid extends Container {
  constructor(contents: readonly ContainerPart[], options?: GridOptions) {
    super("Grid", ["columnShares", "rowShares", "gridColumns"], contents, options);
  }
}
