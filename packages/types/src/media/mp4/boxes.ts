import { InvalidValueError } from "@rerun-ts/core/checks";

/** A box of a file: its type and its payload. */
export interface Box {
  readonly type: string;
  readonly view: DataView;
}

/** The boxes in `view` from the offset `from` on. Throws `InvalidValueError` if a box is invalid. */
export function boxesIn(view: DataView, from: number): Box[] {
  const boxes: Box[] = [];
  let at = from;
  while (at + 8 <= view.byteLength) {
    const size = view.getUint32(at);
    const isLong = size === 1;
    if (isLong && at + 16 > view.byteLength) break;
    const length = isLong ? Number(view.getBigUint64(at + 8)) : size === 0 ? view.byteLength - at : size;
    const header = isLong ? 16 : 8;
    const type = textAt(view, at + 4);
    if (length < header) throw new InvalidValueError("an MP4 video", `a box \`${type}\` of ${length} bytes`, false);
    const end = Math.min(view.byteLength, at + length);
    boxes.push({ type, view: new DataView(view.buffer, view.byteOffset + at + header, end - at - header) });
    at += length;
  }
  return boxes;
}

/** The payload of the first box of a type. */
export function find(view: DataView, wanted: string): DataView | undefined {
  return boxesIn(view, 0).find(({ type }) => type === wanted)?.view;
}

/** The payload of the first box of a type. Throws `InvalidValueError` if there is none. */
export function need(view: DataView, wanted: string): DataView {
  const found = find(view, wanted);
  if (found === undefined) throw new InvalidValueError("an MP4 video", `a file without the box \`${wanted}\``, false);
  return found;
}

/** The rest of a box from a field on, whose offset depends on the version of the box. */
export function versioned(box: DataView, inShort: number, inLong: number): DataView {
  const at = box.getUint8(0) === 1 ? inLong : inShort;
  return new DataView(box.buffer, box.byteOffset + at, box.byteLength - at);
}

/** The four letters at an offset. */
export function textAt(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((index) => view.getUint8(at + index)));
}
