import type { Data } from "apache-arrow";
import { StructColumn } from "../../columns/nested-columns.ts";
import { component, optional, vectorData, type ComponentData } from "../component-data.ts";
import { findField, floatsOf, messageAt } from "../message-fields.ts";

/** Whether a message in a field is set, with all messages around it. */
export function isSet(messages: StructColumn, path: string, row: number): boolean {
  let within: StructColumn = messages;
  for (const part of path.split(".")) {
    const column = findField(within, part);
    if (!(column instanceof StructColumn) || column.isNull(row)) return false;
    within = column;
  }
  return true;
}

/** The rows whose message in a field is set. */
export function setRows(messages: StructColumn, path: string): number[] {
  return Array.from({ length: messages.length }, (_, row) => row).filter((row) => isSet(messages, path, row));
}

/** A component of the vectors in a field. Empty if no vector is set. */
export function vectorComponent(
  messages: StructColumn,
  path: string,
  axes: readonly string[],
  [name, componentType]: readonly [name: string, componentType: string],
): ComponentData[] {
  if (!(findField(messages, path) instanceof StructColumn)) return [];
  const rows = setRows(messages, path);
  if (rows.length === 0) return [];
  const all = floatsOf(messageAt(messages, path), "", ...axes);
  const size = axes.length;
  const values = new Float32Array(rows.length * size);
  for (const [index, row] of rows.entries()) values.set(all.subarray(row * size, (row + 1) * size), index * size);
  return [component(name, componentType, inRows(vectorData(values, size), rows, messages.length))];
}

/** One instance in each of some rows. */
export function inRows(instances: Data, rows: readonly number[], count: number): Data {
  const present = new Set(rows);
  return optional(instances, (row) => present.has(row), count);
}

const XYZ = ["x", "y", "z"];
const XYZW = ["x", "y", "z", "w"];

/** Translations and rotations of the poses in a field. */
export function poseComponents(messages: StructColumn, path: string, archetype: string): ComponentData[] {
  const [translation, quaternion] =
    archetype === "InstancePoses3D" ? ["translations", "quaternions"] : ["translation", "quaternion"];
  return [
    ...vectorComponent(messages, `${path}.position`, XYZ, [`${archetype}:${translation}`, "Translation3D"]),
    ...vectorComponent(messages, `${path}.orientation`, XYZW, [`${archetype}:${quaternion}`, "RotationQuat"]),
  ];
}

/** A colour from red, green, blue and alpha between 0 and 1. What is not a number counts as 0. */
export function packColor(channels: readonly number[]): number {
  let packed = 0;
  for (const channel of channels) packed = packed * 256 + Math.max(0, Math.min(255, Math.round(channel * 255) || 0));
  return packed;
}
