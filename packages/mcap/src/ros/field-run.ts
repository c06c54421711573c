import type { CopyValues, NumberSlot } from "./copy-values.ts";
import type { FixedField, FixedNumbers } from "./fixed-fields.ts";
import type { Encoding } from "./message-source.ts";
import type { WireReader } from "./wire-reader.ts";

interface RunField {
  readonly field: FixedField;
  readonly numbers: FixedNumbers | undefined;
  readonly slot: NumberSlot;
}

/** Fields whose numbers are copied by one function. */
interface SlotGroup {
  readonly copy: CopyValues;
  readonly slots: NumberSlot[];
}

const NO_MEMORY = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(0));

/**
 * Fields of fixed size that lie one after the other. None has a larger alignment than the first, so the distances
 * between them are the same in each message: its end is checked once, and its numbers are copied in a few loops.
 *
 * A run writes ahead of its columns, into their free memory, and counts the messages. `settle` then appends them.
 */
export class FieldRun {
  readonly #reader: WireReader;
  readonly #fields: readonly RunField[];
  readonly #groups: readonly SlotGroup[];
  readonly #alignment: number;
  /** The encoding for which the offsets are valid. */
  #encoding: Encoding | undefined;
  #byteLength = 0;
  /** The messages that are written ahead, and for how many there is room. */
  #messages = 0;
  #room = 0;

  constructor(reader: WireReader, fields: readonly FixedField[]) {
    this.#reader = reader;
    this.#alignment = alignmentOf(fields);
    this.#fields = fields.map((field) => {
      const { byteLength, numbers } = field;
      return { field, numbers, slot: { offset: 0, byteLength, out: NO_MEMORY, to: 0 } };
    });
    this.#groups = groupsOf(this.#fields);
  }

  /** Reads the fields of the current message. @throws {RerunError} `INVALID_FORMAT` if the message ends before */
  readonly read = (): void => {
    const reader = this.#reader;
    const { source } = reader;
    if (source.encoding !== this.#encoding) this.#layOut(source.encoding);
    const place = reader.take(this.#alignment, this.#byteLength);
    if (this.#messages === this.#room) this.#makeRoom();
    this.#messages++;
    for (const { copy, slots } of this.#groups) copy(slots, source, place);
  };

  /** Appends what was written ahead. The columns may then be read, cut, or get other memory. */
  settle(): void {
    const messages = this.#messages;
    this.#messages = this.#room = 0;
    if (messages === 0) return;
    for (const { field, numbers, slot } of this.#fields) {
      numbers?.column.reserve(messages * numbers.count);
      field.end?.(messages);
      slot.out = NO_MEMORY;
    }
  }

  #makeRoom(): void {
    this.settle();
    let room = Infinity;
    for (const { numbers, slot } of this.#fields) {
      if (numbers === undefined || numbers.count === 0) continue;
      const { column, count } = numbers;
      room = Math.min(room, Math.floor(column.makeRoom(count) / count));
      slot.out = column.view;
      slot.to = column.byteLength;
    }
    this.#room = room;
  }

  #layOut(encoding: Encoding): void {
    this.#encoding = encoding;
    let at = 0;
    for (const { field, slot } of this.#fields) {
      at = roundUp(at, Math.min(field.alignment, encoding.alignment));
      slot.offset = at;
      at += field.byteLength;
    }
    this.#byteLength = at;
  }
}

/** Divides fields into runs that are as long as possible. */
export function cutRuns(fields: readonly FixedField[]): FixedField[][] {
  const runs: FixedField[][] = [];
  let run: FixedField[] = [];
  for (const field of fields) {
    const fits = field.alignment <= alignmentOf(run) || run.every(({ byteLength }) => byteLength === 0);
    if (!fits || runs.length === 0) runs.push((run = []));
    run.push(field);
  }
  return runs;
}

/** The alignment of the first field that has bytes. */
function alignmentOf(fields: readonly FixedField[]): number {
  return fields.find(({ byteLength }) => byteLength > 0)?.alignment ?? 1;
}

function groupsOf(fields: readonly RunField[]): SlotGroup[] {
  const groups = new Map<CopyValues, SlotGroup>();
  for (const { numbers, slot } of fields) {
    if (numbers === undefined) continue;
    const { copy } = numbers;
    const group = groups.get(copy) ?? { copy, slots: [] };
    group.slots.push(slot);
    groups.set(copy, group);
  }
  return [...groups.values()];
}

function roundUp(at: number, alignment: number): number {
  return Math.ceil(at / alignment) * alignment;
}
