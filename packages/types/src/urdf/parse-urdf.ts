import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import type {
  Triple,
  UrdfGeometry,
  UrdfJointModel,
  UrdfJointType,
  UrdfLink,
  UrdfModel,
  UrdfOrigin,
  UrdfShape,
} from "./urdf-model.ts";

/** The part of an element of `@rgrove/parse-xml` that is read. */
interface Element {
  readonly type: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly object[];
}

const JOINT_TYPES: readonly UrdfJointType[] = [
  "revolute",
  "continuous",
  "prismatic",
  "fixed",
  "floating",
  "planar",
  "spherical",
];
const ZEROS: Triple = [0, 0, 0];
const AXIS: Triple = [1, 0, 0];

/**
 * Reads the XML of a URDF, as Rerun's importer does: what it does not know is ignored, entities are not expanded.
 *
 * @param name the name of the file for messages
 * @throws {RerunError} `INVALID_FORMAT`
 */
export async function parseUrdf(xml: string, name: string): Promise<UrdfModel> {
  // Loaded on demand, because only programs with such files need the parser.
  const { parseXml } = await import("@rgrove/parse-xml");
  try {
    const root = parseXml(xml).root as Element | null;
    if (root === null) throw new TypeError("it is empty");
    return readRobot(root);
  } catch (error) {
    const reason = error instanceof RangeError ? "it is nested too deeply" : messageOf(error);
    const message = `${name} is not a valid URDF: ${reason.trim()}`;
    throw new RerunError("INVALID_FORMAT", message, { cause: error, argument: "contents" });
  }
}

function readRobot(robot: Element): UrdfModel {
  const materials = new Map<string, readonly number[]>();
  for (const material of childrenOf(robot, "material")) {
    const rgba = colorOf(material);
    if (rgba !== undefined) materials.set(material.attributes["name"] ?? "", rgba);
  }
  return {
    name: robot.attributes["name"] ?? "",
    links: childrenOf(robot, "link").map((link) => readLink(link, materials)),
    joints: childrenOf(robot, "joint").map(readJoint),
  };
}

function readLink(link: Element, materials: ReadonlyMap<string, readonly number[]>): UrdfLink {
  const shapes = (kind: string): UrdfShape[] =>
    childrenOf(link, kind).map((shape) => {
      const material = childOf(shape, "material");
      return {
        name: shape.attributes["name"],
        origin: originOf(shape),
        geometry: geometryOf(required(shape, "geometry")),
        rgba: material && (colorOf(material) ?? materials.get(material.attributes["name"] ?? "")),
      };
    });
  const name = attribute(link, "name");
  if (name === "") throw new TypeError("a <link> must have a non-empty `name`");
  return { name, visuals: shapes("visual"), collisions: shapes("collision") };
}

function geometryOf(element: Element): UrdfGeometry {
  const [shape, second] = element.children.filter(isElement);
  if (shape === undefined || second !== undefined) throw new TypeError("a <geometry> must have one shape");
  const length = (name: string): number => numberOf(shape, name, attribute(shape, name));
  const kind = localName(shape);
  switch (kind) {
    case "box":
      return { shape: "box", size: triple(shape, "size", attribute(shape, "size")) };
    case "cylinder":
    case "capsule":
      return { shape: kind, radius: length("radius"), length: length("length") };
    case "sphere":
      return { shape: "sphere", radius: length("radius") };
    case "mesh": {
      const { scale } = shape.attributes;
      const filename = attribute(shape, "filename");
      return { shape: "mesh", filename, scale: scale === undefined ? undefined : triple(shape, "scale", scale) };
    }
    default:
      throw new TypeError(`<${shape.name}> must be one of box, cylinder, capsule, sphere, mesh`);
  }
}

function readJoint(joint: Element): UrdfJointModel {
  const name = attribute(joint, "name");
  const type = attribute(joint, "type");
  const jointType = JOINT_TYPES.find((each) => each === type);
  if (jointType === undefined)
    throw new TypeError(`the type of the joint ${JSON.stringify(name)} must be one of ${JOINT_TYPES.join(", ")}`);
  const axis = childOf(joint, "axis");
  const limit = childOf(joint, "limit");
  const mimic = childOf(joint, "mimic");
  const limitOf = (key: string): number => optionalNumber(limit, key, 0);
  return {
    name,
    jointType,
    parentLink: attribute(required(joint, "parent"), "link"),
    childLink: attribute(required(joint, "child"), "link"),
    axis: axis === undefined ? AXIS : triple(axis, "xyz", attribute(axis, "xyz")),
    origin: originOf(joint),
    limitLower: limitOf("lower"),
    limitUpper: limitOf("upper"),
    limitEffort: limitOf("effort"),
    limitVelocity: limitOf("velocity"),
    mimic: mimic && {
      joint: attribute(mimic, "joint"),
      multiplier: optionalNumber(mimic, "multiplier", 1),
      offset: optionalNumber(mimic, "offset", 0),
    },
  };
}

function originOf(parent: Element): UrdfOrigin {
  const origin = childOf(parent, "origin");
  const { xyz, rpy } = origin?.attributes ?? {};
  return {
    xyz: origin === undefined || xyz === undefined ? ZEROS : triple(origin, "xyz", xyz),
    rpy: origin === undefined || rpy === undefined ? ZEROS : triple(origin, "rpy", rpy),
  };
}

function colorOf(material: Element): readonly number[] | undefined {
  const color = childOf(material, "color");
  if (color === undefined) return undefined;
  return numbersOf(color, "rgba", attribute(color, "rgba"), 4);
}

function isElement(node: object): node is Element {
  return "type" in node && node.type === "element";
}

/** The name without the prefix of a namespace, as Rerun reads it. */
function localName({ name }: Element): string {
  return name.slice(name.lastIndexOf(":") + 1);
}

function childrenOf(element: Element, name: string): Element[] {
  return element.children.filter(isElement).filter((child) => localName(child) === name);
}

function childOf(element: Element, name: string): Element | undefined {
  return childrenOf(element, name)[0];
}

function required(element: Element, name: string): Element {
  const child = childOf(element, name);
  if (child === undefined) throw new TypeError(`a <${element.name}> must have a <${name}>`);
  return child;
}

function attribute(element: Element, name: string): string {
  const value = element.attributes[name];
  if (value === undefined) throw new TypeError(`a <${element.name}> must have the attribute \`${name}\``);
  return value;
}

function optionalNumber(element: Element | undefined, name: string, otherwise: number): number {
  const value = element?.attributes[name];
  return element === undefined || value === undefined ? otherwise : numberOf(element, name, value);
}

function numberOf(element: Element, name: string, text: string): number {
  return numbersOf(element, name, text, 1)[0] as number;
}

function triple(element: Element, name: string, text: string): Triple {
  return numbersOf(element, name, text, 3) as [number, number, number];
}

function numbersOf(element: Element, name: string, text: string, count: number): number[] {
  // One more than needed, because a hostile file may have millions.
  const words = text.trim().split(/\s+/, count + 1);
  // `Number` reads hexadecimal numbers too, which other readers of URDF reject.
  const numbers = words.map((word) => (/^[+-]?[\d.]/.test(word) && !/[box]/i.test(word) ? Number(word) : NaN));
  if (numbers.length === count && numbers.every(Number.isFinite)) return numbers;
  const expected = count === 1 ? "a number" : `${count} numbers`;
  throw new TypeError(`\`${name}\` of <${element.name}> must be ${expected}, got ${JSON.stringify(text.slice(0, 80))}`);
}
