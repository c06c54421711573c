import type { AsComponents, BlueprintLike, EncodedMessage, EntityPathLike } from "@rerun-ts/core";
import { InvalidValueError, brand, describeValue, hasBrand, throughProxies } from "@rerun-ts/core/checks";
import { toEntityPath } from "@rerun-ts/core/encode";
import { ViewBlueprint } from "@rerun-ts/types/blueprint";
import { toViewContents, type ViewContentsLike } from "./layout/view-contents.ts";
import { RootIds, encodePart } from "./layout/encode-layout.ts";
import type { LayoutWriter } from "./layout/layout-writer.ts";
import { checkLayoutOptions, checkRecord } from "./layout/options.ts";
import { VisualizerIds, writeOverrides, type ViewOverrides } from "./layout/overrides.ts";
import { randomUuid } from "./layout/uuid.ts";
import { isComponents, type Property } from "./property.ts";

/** Options of all views. An omitted option is not written, so the viewer decides. `null` clears it. */
export interface ViewOptions {
  /** The entity whose coordinates the view uses. `$origin` in expressions refers to it. Default: the root, `/`. */
  origin?: EntityPathLike | undefined;
  /** The visible entities. Default: `$origin/**`, the origin and everything below it. */
  contents?: ViewContentsLike | undefined;
  /** The name in viewers. Default: chosen by the viewer. */
  name?: string | null | undefined;
  /** Whether the view is shown. Default: `true`. */
  visible?: boolean | null | undefined;
  /** Whether the view has a title bar. Among tabs it always has one. Default: `true`. */
  titlebar?: boolean | null | undefined;
  /**
   * Values for missing components of the entities, as one archetype or several. Required components have no effect, so
   * `fromFields` fits: `rr.Points3D.fromFields({ radii: 0.1 })`. Default: none.
   */
  defaults?: AsComponents | readonly AsComponents[] | undefined;
  /**
   * The visualizers of single entities, by the path of the entity: archetypes, {@link Visualizer}s, and how the entity
   * behaves (`EntityBehavior`, `VisibleTimeRanges`). An entity with a visualizer here has no automatic ones. Default:
   * none.
   */
  overrides?: ViewOverrides | undefined;
}

/** Options of {@link View}, for kinds of views without a class. */
export interface CustomViewOptions extends ViewOptions {
  /** The identifier of the kind of view, e.g. `3D`. */
  classIdentifier: string;
  /** The properties, by the last part of their path: the name of their archetype. Default: none. */
  properties?: Readonly<Record<string, AsComponents | undefined>> | undefined;
}

/** Definition of a class of views: its identifier, and its properties by the name of the option. */
export interface ViewKind {
  readonly classIdentifier: string;
  readonly properties: Readonly<Record<string, Property>>;
}

const COMMON = ["origin", "contents", "name", "visible", "titlebar", "defaults", "overrides"];
const CUSTOM = [...COMMON, "classIdentifier", "properties"];
const NAMES = {
  "ViewBlueprint.classIdentifier": "classIdentifier",
  "ViewBlueprint.displayName": "name",
  "ViewBlueprint.visible": "visible",
  "ViewBlueprint.titlebar": "titlebar",
};

/**
 * A view: an area of the viewer that shows data in one way. There is a class for each kind, e.g. {@link Spatial3DView}.
 * This one is for kinds of your own viewer.
 *
 * A view alone stands for a blueprint of it. Its id stays the same for the life of the object, so sending a layout
 * again, with other containers or options, changes the existing views of the viewer. A constructor checks nothing:
 * problems are reported at sending.
 *
 * @example
 * rec.sendBlueprint(new rrb.View({ classIdentifier: "3D", origin: "/world" }));
 */
export class View implements BlueprintLike {
  /** The UUID of the view in viewers. It stays the same for the life of the object. */
  readonly id: string = randomUuid();
  readonly #kind: ViewKind | undefined;
  readonly #options: ViewOptions;
  readonly #visualizerIds = new VisualizerIds();
  #rootIds: RootIds | undefined;

  constructor(options: CustomViewOptions);
  /** @internal */
  constructor(options: ViewOptions | undefined, kind: ViewKind);
  constructor(options: ViewOptions = {}, kind?: ViewKind) {
    throughProxies(this);
    this.#options = options;
    this.#kind = kind;
  }

  /** The path in the blueprint, without a leading slash: `view/<id>`. */
  get blueprintPath(): string {
    return `view/${this.id}`;
  }

  /** The name of the view in messages. */
  get description(): string {
    const { name, origin } = this.#options ?? {};
    const view = `${this.#classIdentifier} view`;
    if (typeof name === "string") return `${view} ${JSON.stringify(name)}`;
    return typeof origin === "string" ? `${view} at ${JSON.stringify(origin)}` : view;
  }

  /** The name, if there is one. */
  get name(): string | undefined {
    return this.#options?.name ?? undefined;
  }

  /** The messages of a blueprint of this view alone. Called by the recording. */
  encodeBlueprint(applicationId: string): readonly EncodedMessage[] {
    this.#rootIds ??= new RootIds();
    return encodePart(this, this.#rootIds, applicationId);
  }

  /**
   * Writes the view into a blueprint. Called while the blueprint is encoded.
   *
   * @internal
   */
  writeLayout(writer: LayoutWriter): void {
    writer.begin(this);
    const { description, blueprintPath: path } = this;
    const options = this.#options;
    checkLayoutOptions(description, options, this.#knownOptions());
    this.#checkClassIdentifier();
    const { contents = "$origin/**", name, visible, titlebar, defaults = [], overrides = {} } = options;
    writer.log(`${path}/ViewContents`, toViewContents(contents, `${description}: contents`), description);
    const spaceOrigin = this.#originOf(options);
    const view = new ViewBlueprint(this.#classIdentifier, { displayName: name, spaceOrigin, visible, titlebar });
    writer.log(path, view, description, NAMES);
    this.#writeProperties(writer);
    for (const [index, data] of (Array.isArray(defaults) ? defaults : [defaults]).entries()) {
      const argument = `${description}: defaults${Array.isArray(defaults) ? `[${index}]` : ""}`;
      writer.log(`${path}/defaults`, checkComponents(data, argument), argument);
    }
    writeOverrides(writer, `${path}/ViewContents/overrides`, overrides, description, this.#visualizerIds);
  }

  get #classIdentifier(): string {
    return this.#kind?.classIdentifier ?? (this.#options as CustomViewOptions | undefined)?.classIdentifier ?? "";
  }

  #checkClassIdentifier(): void {
    if (this.#classIdentifier !== "") return;
    const { classIdentifier } = this.#options as CustomViewOptions;
    throw new InvalidValueError("a non-empty string", describeValue(classIdentifier), false, "View: classIdentifier");
  }

  #knownOptions(): readonly string[] {
    return this.#kind === undefined ? CUSTOM : [...COMMON, ...Object.keys(this.#kind.properties)];
  }

  /** The origin. A string stays unchanged, as in the native SDKs, and an array becomes its canonical path. */
  #originOf({ origin = "/" }: ViewOptions): string {
    const argument = `${this.description}: origin`;
    try {
      const { path } = toEntityPath(origin);
      return typeof origin === "string" ? origin : path.toString();
    } catch (error) {
      if (!(error instanceof InvalidValueError)) throw error;
      throw new InvalidValueError(error.expected, error.got, error.isRange, argument);
    }
  }

  #writeProperties(writer: LayoutWriter): void {
    const { description, blueprintPath } = this;
    const options = this.#options as Readonly<Record<string, unknown>>;
    for (const [option, property] of Object.entries(this.#kind?.properties ?? {})) {
      const value = options[option];
      if (value === undefined) continue;
      const data = property.toComponents(value, `${description}: ${option}`);
      writer.log(`${blueprintPath}/${property.name}`, data, description, { [property.name]: option });
    }
    if (this.#kind !== undefined) return;
    const { properties = {} } = this.#options as CustomViewOptions;
    checkRecord(`${description}: properties`, properties, "an object with the names of archetypes as its keys");
    for (const [name, data] of Object.entries(properties)) {
      if (data === undefined) continue;
      const argument = `${description}: properties.${name}`;
      writer.log(`${blueprintPath}/${name}`, checkComponents(data, argument), argument);
    }
  }
}

brand(View.prototype, "View");

/** Whether a value is a {@link View}, of any copy of this package. */
export function isView(value: unknown): value is View {
  return hasBrand(value, "View");
}

function checkComponents(data: unknown, argument: string): AsComponents {
  if (isComponents(data)) return data;
  throw new InvalidValueError("an archetype", describeValue(data), false, argument);
}
