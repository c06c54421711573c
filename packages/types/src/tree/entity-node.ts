import {
  ComponentColumn,
  type AsComponents,
  type ColumnsInput,
  type EntityPath,
  type LogOptions,
  type RecordingView,
  type TimeColumn,
} from "@rerun-ts/core";
import {
  InvalidValueError,
  brand,
  didYouMean,
  hasBrand,
  invalidArgument,
  throughProxies,
  rawOf,
} from "@rerun-ts/core/checks";
import { fieldOf, isComponentColumn } from "@rerun-ts/core/encode";
import { archetypeNameOf, invalidColumn } from "../define/archetype.ts";
import {
  archetypesOf,
  childDefinition,
  childDefinitions,
  type EntityData,
  type TreeDefinition,
} from "./tree-definition.ts";

const CLEAR = "rerun.archetypes.Clear";

/** The common part of all nodes with the same description, for any number of recordings. */
interface Shape {
  /** A class with a property for each entity below. */
  readonly Node: typeof EntityNode;
  /** The full names of the archetypes that fit. */
  readonly archetypes: ReadonlySet<unknown>;
}

/** The description of a node, for all copies of this package. */
const DEFINITION = Symbol.for("rerun-ts.definition");

const SHAPES = /* @__PURE__ */ new WeakMap<EntityData | TreeDefinition, Shape>();

/** Makes the node of an entity. */
export function makeNode(path: EntityPath, definition: EntityData | TreeDefinition, view: RecordingView): EntityNode {
  const { Node, archetypes } = shapeOf(definition);
  return new Node(path, definition, view, archetypes);
}

function shapeOf(definition: EntityData | TreeDefinition): Shape {
  let shape = SHAPES.get(definition);
  if (shape === undefined) {
    const Node = class extends EntityNode {};
    for (const name of Object.keys(childDefinitions(definition))) {
      if (METHODS.has(name)) continue;
      Object.defineProperty(Node.prototype, name, {
        get(this: EntityNode) {
          return EntityNode.childOf(this, name);
        },
      });
    }
    shape = { Node, archetypes: new Set([...archetypesOf(definition).map(({ archetype }) => archetype), CLEAR]) };
    SHAPES.set(definition, shape);
  }
  return shape;
}

/** An entity of a tree. Its children are properties, which are created on first use. */
export class EntityNode {
  static {
    brand(this.prototype, "EntityNode");
    Object.defineProperty(this.prototype, DEFINITION, {
      get(this: EntityNode) {
        return this.#definition;
      },
    });
  }

  readonly #path: EntityPath;
  /** The path in the form that recordings look up fastest. */
  readonly #text: string;
  readonly #definition: EntityData | TreeDefinition;
  readonly #view: RecordingView;
  readonly #archetypes: ReadonlySet<unknown>;
  #children: Map<string, EntityNode> | undefined;

  constructor(
    path: EntityPath,
    definition: EntityData | TreeDefinition,
    view: RecordingView,
    archetypes: ReadonlySet<unknown>,
  ) {
    throughProxies(this);
    this.#path = path;
    this.#text = String(path);
    this.#definition = definition;
    this.#view = view;
    this.#archetypes = archetypes;
  }

  /** The child of an entity. A separate function, because a property may have the name of a method. */
  static childOf(node: EntityNode, name: string): EntityNode {
    return rawOf(node).#child(name);
  }

  /** The description of the entity, or `undefined` if a value is not an entity of a tree. */
  static definitionOf(node: unknown): EntityData | TreeDefinition | undefined {
    const raw = rawOf(node);
    return hasBrand(raw, "EntityNode")
      ? (raw as { readonly [DEFINITION]?: EntityData | TreeDefinition })[DEFINITION]
      : undefined;
  }

  get path(): EntityPath {
    return this.#path;
  }

  on(recording: RecordingView): EntityNode {
    if (typeof recording !== "object" || (recording as unknown) === null || typeof recording.log !== "function")
      throw invalidArgument("recording", "a RecordingStream, or the result of its `at`", recording);
    return makeNode(this.#path, this.#definition, recording);
  }

  log(data: AsComponents | readonly AsComponents[], options?: LogOptions): void {
    const all = Array.isArray(data) ? (data as readonly AsComponents[]) : [data as AsComponents];
    const wrong = all.find((item) => isObject(item) && !this.#archetypes.has(archetypeNameOf(item)));
    this.#view.log(this.#text, wrong === undefined ? data : this.#rejected(archetypeNameOf(wrong)), options);
  }

  sendColumns(times: TimeColumn | readonly TimeColumn[], columns: ColumnsInput): void {
    this.#view.sendColumns(this.#text, times, this.#checkColumns(columns));
  }

  child(name: string): EntityNode {
    return this.#child(name);
  }

  #child(name: string): EntityNode {
    let child = this.#children?.get(name);
    if (child === undefined) {
      const definition = childDefinition(this.#path, childDefinitions(this.#definition), name);
      child = makeNode(this.#path.join(name), definition, this.#view);
      // Names that only `any` allows are not cached, because there may be any number of them.
      if (Object.hasOwn(childDefinitions(this.#definition), name)) (this.#children ??= new Map()).set(name, child);
    }
    return child;
  }

  #checkColumns(columns: ColumnsInput): ColumnsInput {
    if (!isObject(columns) || !(Symbol.iterator in columns)) return columns;
    const all = [...columns];
    for (const column of all.flatMap((one) => (isComponentColumn(one) ? [one] : isObject(one) ? [...one] : []))) {
      const { archetype } = fieldOf(column).descriptor;
      // A column that was created with an error throws this error itself.
      const isInvalid = archetype === undefined && fieldOf(column).descriptor.component.endsWith(":");
      if (isInvalid || this.#archetypes.has(archetype)) continue;
      return [new ComponentColumn(invalidColumn("columns", this.#error("columns", archetype)), [undefined])];
    }
    return all;
  }

  /** Data that throws an error when it is logged, so that the recording reports it. */
  #rejected(archetype: string | undefined): AsComponents {
    return {
      asComponents: () => {
        throw this.#error("data", archetype);
      },
    };
  }

  #error(argument: string, got: string | undefined): InvalidValueError {
    const known = [...this.#archetypes].join(", ");
    return new InvalidValueError(
      `of an archetype that the entity has in its tree: ${known}`,
      got === undefined ? "data without an archetype" : didYouMean(got, undefined),
      false,
      argument,
    );
  }
}

const METHODS: ReadonlySet<string> = /* @__PURE__ */ new Set(["path", "on", "log", "sendColumns", "child"]);

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
