import type { PlainValue } from "@rerun-ts/reading";
import { DataType } from "apache-arrow";

const MAX_TEXT = 200;
const UNITS = ["bytes", "kB", "MB", "GB"] as const;

/** A cell of a table. */
export function cell(value: PlainValue): HTMLTableCellElement {
  const element = document.createElement("td");
  const content = formatValue(value);
  element.textContent = content;
  element.title = content;
  if (typeof value === "number" || typeof value === "bigint") element.className = "number";
  return element;
}

/** A value of a query as text: one instance without its brackets, much data by its length. */
export function formatValue(value: PlainValue): string {
  if (value === null) return "";
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : value.toPrecision(6);
  if (value instanceof Uint8Array) return `${formatBytes(value.byteLength)} of data`;
  if (isList(value)) {
    const [only] = value;
    if (value.length === 1 && only !== undefined) return formatValue(only);
    const items = value.slice(0, 20).map((item) => formatValue(item));
    return clip(`[${items.join(", ")}${value.length > 20 ? `, … ${value.length} in all` : ""}]`);
  }
  if (typeof value === "object") {
    const fields = Object.entries(value).map(([name, field]) => `${name}: ${formatValue(field)}`);
    return clip(`{${fields.join(", ")}}`);
  }
  return clip(String(value));
}

function isList(value: PlainValue): value is readonly PlainValue[] {
  return Array.isArray(value);
}

/** A time of a timeline as text. */
export function formatTime(time: bigint, type: DataType): string {
  if (DataType.isTimestamp(type)) return new Date(Number(time / 1_000_000n)).toISOString().replace("T", " ");
  if (DataType.isDuration(type)) return `${(Number(time) / 1e9).toFixed(3)} s`;
  return `#${time}`;
}

export function formatBytes(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${UNITS[power]}`;
}

function clip(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
