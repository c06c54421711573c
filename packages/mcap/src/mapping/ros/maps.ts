import type { Data } from "apache-arrow";
import type { StructColumn } from "../../columns/nested-columns.ts";
import { Offsets } from "@rerun-ts/core/encode";
import {
  component,
  instanceLists,
  numberData,
  onePerRow,
  optional,
  repeatValue,
  vectorData,
} from "../component-data.ts";
import { coordinateFrames } from "../coordinate-frames.ts";
import { GREY, imageFormats } from "../image-formats.ts";
import { joinedBlobs } from "../images.ts";
import { bytesAt, floatsOf, listsAt, messageAt, numberList, numbersAt } from "../message-fields.ts";
import type { MappedRows, ReportLoss } from "../mapping.ts";
import { NumberColumn } from "../../columns/number-column.ts";
import { xyz, xyzw } from "./places.ts";

const RVIZ_MAP = 10;

/** `nav_msgs/msg/OccupancyGrid`: rows from the top, where ROS begins at the bottom. */
export function mapOccupancyGrids(messages: StructColumn, report: ReportLoss): MappedRows[] {
  const info = messageAt(messages, "info");
  const [widths, heights] = [numbersAt(info, "width"), numbersAt(info, "height")];
  const { offsets, bytes } = bytesAt(messages, "data");
  const rows = Array.from({ length: messages.length }, (_, row) => row);
  const sizes = rows.map((row) => ({ width: Number(widths[row]), height: Number(heights[row]), layout: GREY }));
  const maps = sizes.map(({ width, height }, row) => {
    const cells = bytes.subarray(offsets[row], offsets[row + 1]);
    const count = width * height;
    if (cells.byteLength !== count)
      report(row, `the map has ${width} × ${height} cells, but data of ${cells.byteLength}`);
    return cells.byteLength < count ? undefined : flipped(cells, width, height);
  });
  const isWhole = (row: number): boolean => maps[row] !== undefined;
  const whole = (instances: Data): Data => optional(instances, isWhole, maps.length);
  const resolutions = numberData("float32", numberList(info, "resolution"));
  const colormaps = numberData("uint8", repeatValue(rows.length, RVIZ_MAP));
  return [
    {
      components: [
        component("GridMap:data", "ImageBuffer", whole(joinedBlobs(maps.filter((map) => map !== undefined)))),
        component("GridMap:format", "ImageFormat", whole(imageFormats(sizes.filter((_, row) => isWhole(row))))),
        component("GridMap:cell_size", "CellSize", onePerRow(resolutions)),
        component("GridMap:translation", "Translation3D", onePerRow(vectorData(xyz(info, "origin.position"), 3))),
        component("GridMap:quaternion", "RotationQuat", onePerRow(vectorData(xyzw(info, "origin.orientation"), 4))),
        component("GridMap:colormap", "Colormap", onePerRow(colormaps)),
        coordinateFrames(messages),
      ],
    },
  ];
}

function flipped(cells: Uint8Array, width: number, rows: number): Uint8Array {
  const out = new Uint8Array(rows * width);
  for (let row = 0; row < rows; row++)
    out.set(cells.subarray(row * width, (row + 1) * width), (rows - 1 - row) * width);
  return out;
}

/** The states of a voxel, by the number of set bits among its two. Source: `nav2_voxel_grid/voxel_grid.hpp`. */
const STATES = [{ value: 0, color: 0x00ff00ff }, undefined, { value: 1, color: 0xff0000ff }] as const;
const OPACITY = 0.5;
/** A column of voxels is an integer with two bits for each of them. */
const MAX_HEIGHT = 16;

/** `nav2_msgs/msg/VoxelGrid`: the voxels whose state is known. */
export function mapRosVoxelGrids(messages: StructColumn, report: ReportLoss): MappedRows[] {
  const [sizesX, sizesY, sizesZ] = ["size_x", "size_y", "size_z"].map((name) => numbersAt(messages, name));
  const { offsets, items } = listsAt(messages, "data");
  const columns = items instanceof NumberColumn ? items.values : [];
  const ends = new Offsets();
  const indices: number[] = [];
  const values: number[] = [];
  const colors: number[] = [];
  for (let row = 0; row < messages.length; row++) {
    const [sizeX, sizeY] = [Number(sizesX?.[row]), Number(sizesY?.[row])];
    const height = Math.min(Number(sizesZ?.[row]), MAX_HEIGHT);
    const first = offsets[row] as number;
    const count = Math.min(sizeX * sizeY, (offsets[row + 1] as number) - first);
    if (count < sizeX * sizeY) report(row, `the voxel grid has ${sizeX * sizeY} columns, but data of ${count}`);
    for (let index = 0; index < count; index++) {
      const bits = Number(columns[first + index]);
      for (let z = 0; z < height; z++) {
        const state = STATES[((bits >>> z) & 1) + ((bits >>> (z + MAX_HEIGHT)) & 1)];
        if (state === undefined) continue;
        indices.push(index % sizeX, Math.floor(index / sizeX), z);
        values.push(state.value);
        colors.push(state.color);
      }
    }
    ends.push(values.length);
  }
  const each = ends.values;
  return [
    {
      components: [
        component(
          "VoxelGridMap:voxel_indices",
          "VoxelIndex",
          instanceLists(each, vectorData(Int32Array.from(indices), 3)),
        ),
        component("VoxelGridMap:values", "VoxelValue", instanceLists(each, numberData("float32", values))),
        component("VoxelGridMap:colors", "Color", instanceLists(each, numberData("uint32", colors))),
        component("VoxelGridMap:voxel_size", "VoxelSize", onePerRow(vectorData(xyz(messages, "resolutions"), 3))),
        component(
          "VoxelGridMap:translation",
          "Translation3D",
          onePerRow(vectorData(floatsOf(messages, "origin", "x", "y", "z"), 3)),
        ),
        component(
          "VoxelGridMap:opacity",
          "Opacity",
          onePerRow(numberData("float32", repeatValue(messages.length, OPACITY))),
        ),
        coordinateFrames(messages),
      ],
    },
  ];
}
