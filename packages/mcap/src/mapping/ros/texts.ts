import type { StructColumn } from "../../columns/nested-columns.ts";
import { component, numberData, onePerRow, ownComponent, texts } from "../component-data.ts";
import { findField, numberList, textsAt } from "../message-fields.ts";
import type { MappedRows } from "../mapping.ts";

/** `std_msgs/msg/String`. */
export function mapString(messages: StructColumn): MappedRows[] {
  const column = textsAt(messages, "data");
  return [{ components: [component("TextDocument:text", "Text", onePerRow(column.toData()))] }];
}

interface Level {
  readonly name: string;
  readonly color: number;
}

const OTHER_COLOR = 0x808080ff;
/** The levels of `rcl_interfaces/msg/Log`. */
const ROS2_LEVELS: Readonly<Record<number, Level>> = {
  10: { name: "DEBUG", color: OTHER_COLOR },
  20: { name: "INFO", color: 0x0080ffff },
  30: { name: "WARN", color: 0xffa500ff },
  40: { name: "ERROR", color: 0xff0000ff },
  50: { name: "CRITICAL", color: 0x8b0000ff },
};
/** The levels of `rosgraph_msgs/Log`. */
const ROS1_LEVELS: Readonly<Record<number, number>> = { 1: 10, 2: 20, 4: 30, 8: 40, 16: 50 };

/** `rcl_interfaces/msg/Log`, and the log messages of ROS 1. */
export function mapLog(isRos1: boolean): (messages: StructColumn) => MappedRows[] {
  return (messages) => {
    const levels = numberList(messages, "level").map(
      (level) => ROS2_LEVELS[isRos1 ? (ROS1_LEVELS[level] ?? level) : level],
    );
    const [names, bodies] = [textsAt(messages, "name"), textsAt(messages, "msg")];
    const lines = levels.map((_, row) => `[${names.textAt(row)}] ${bodies.textAt(row)}`);
    const own = ["file", "function", "line"].flatMap((name) => {
      const column = findField(messages, name);
      return column === undefined ? [] : [ownComponent("rcl_interfaces.msg.Log", name, onePerRow(column.toData()))];
    });
    const levelNames = levels.map((level) => level?.name ?? "UNKNOWN");
    const colors = levels.map((level) => level?.color ?? OTHER_COLOR);
    return [
      {
        components: [
          component("TextLog:text", "Text", onePerRow(texts(lines))),
          component("TextLog:level", "TextLogLevel", onePerRow(texts(levelNames))),
          component("TextLog:color", "Color", onePerRow(numberData("uint32", colors))),
          ...own,
        ],
      },
    ];
  };
}
