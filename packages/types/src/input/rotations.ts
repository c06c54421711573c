import {
  forEachIndex,
  InvalidValue,
  toList,
  wrongType,
  type FixedSizeListBuilder,
  type PrimitiveBuilder,
  type StructBuilder,
} from "@rerun-ts/core/internal";
import type { Encoding } from "../define/encoding.ts";
import { numberWriter } from "./numbers.ts";
import { vectors, vectorType, type Vec3Like } from "./vectors.ts";

/** A rotation about an axis, by `angle` or `radians`, or by `degrees`; exactly one of them. */
export type RotationAxisAngleLike =
  | { readonly axis: Vec3Like; readonly angle: number }
  | { readonly axis: Vec3Like; readonly radians: number }
  | { readonly axis: Vec3Like; readonly degrees: number };

/** One rotation about an axis, or a list of them. */
export type RotationAxisAnglesLike = RotationAxisAngleLike | readonly RotationAxisAngleLike[];

const EXPECTED = "{ axis, angle } (radians), { axis, radians } or { axis, degrees }, or a list of such";
const axisEncoding = vectors<Vec3Like>(3, "Float32");
const angleWriter = numberWriter("Float32");

/** Rotations about axes; the axis is stored as it is given. */
export const rotationAxisAngles: Encoding<RotationAxisAnglesLike> = {
  arrow: {
    type: "Struct",
    fields: [
      { name: "axis", nullable: false, type: vectorType(3, "Float32") },
      { name: "angle", nullable: false, type: { type: "Float32" } },
    ],
  },
  append(values, target): void {
    const builder = target as StructBuilder;
    if (typeof values === "object" && values !== null && "axis" in values) return appendRotation(builder, values);
    const list = toList(values, EXPECTED);
    forEachIndex(list.length, (index) => appendRotation(builder, list[index]));
  },
};

function appendRotation(builder: StructBuilder, rotation: unknown): void {
  if (typeof rotation !== "object" || rotation === null || !("axis" in rotation)) throw wrongType(EXPECTED, rotation);
  const { axis, ...angles } = rotation as { readonly axis: Vec3Like } & Readonly<Record<string, unknown>>;
  const [unit, ...others] = Object.keys(angles).filter((key) => angles[key] !== undefined);
  if (others.length > 0 || (unit !== "angle" && unit !== "radians" && unit !== "degrees"))
    throw wrongType(EXPECTED, rotation);
  const angle = angles[unit];
  if (typeof angle !== "number") throw wrongType(`\`${unit}\` as a number`, angle);
  const [axisBuilder, angleBuilder] = builder.fields as [FixedSizeListBuilder, PrimitiveBuilder];
  const before = axisBuilder.length;
  axisEncoding.append(axis, axisBuilder, -1);
  if (axisBuilder.length !== before + 1) throw new InvalidValue("one axis for each angle", "several", true);
  angleWriter.one(angleBuilder, unit === "degrees" ? (angle / 180) * Math.PI : angle);
  builder.close();
}
