import type { MessageSource } from "./message-source.ts";

/** The numbers of one field on their way from a message to a column. */
export interface NumberSlot {
  /** The distance of the numbers from the place of the fields in a message, in bytes. */
  offset: number;
  readonly byteLength: number;
  /** The memory of the column, and the position of its next number there. */
  out: DataView;
  to: number;
}

/**
 * Copies the numbers of a message into columns. Columns have the byte order of Arrow, which is little-endian.
 *
 * There is a function for each size, whose loops engines turn into a few instructions for each number. The only arrays
 * are views of memory, because typed arrays of several types in one loop would make it slow.
 */
export type CopyValues = (slots: readonly NumberSlot[], source: MessageSource, place: number) => void;

/** Copies numbers of type `float64`. */
export const copyDoubles: CopyValues = (slots, { view, isLittle }, place) => {
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index] as NumberSlot;
    const { out } = slot;
    let { to } = slot;
    let from = place + slot.offset;
    for (const end = from + slot.byteLength; from < end; from += 8) {
      out.setFloat64(to, view.getFloat64(from, isLittle), true);
      to += 8;
    }
    slot.to = to;
  }
};

/** Copies integers of 64 bits. As floats, some would lose bits in some engines, and bigints would take longer. */
export const copyLongs: CopyValues = (slots, { view, isLittle }, place) => {
  const [low, high] = isLittle ? [0, 4] : [4, 0];
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index] as NumberSlot;
    const { out } = slot;
    let { to } = slot;
    let from = place + slot.offset;
    for (const end = from + slot.byteLength; from < end; from += 8) {
      out.setInt32(to, view.getInt32(from + low, isLittle), true);
      out.setInt32(to + 4, view.getInt32(from + high, isLittle), true);
      to += 8;
    }
    slot.to = to;
  }
};

/** Copies numbers of 32 bits. */
export const copyWords: CopyValues = (slots, { view, isLittle }, place) => {
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index] as NumberSlot;
    const { out } = slot;
    let { to } = slot;
    let from = place + slot.offset;
    for (const end = from + slot.byteLength; from < end; from += 4) {
      out.setInt32(to, view.getInt32(from, isLittle), true);
      to += 4;
    }
    slot.to = to;
  }
};

/** Copies numbers of 16 bits. */
export const copyShorts: CopyValues = (slots, { view, isLittle }, place) => {
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index] as NumberSlot;
    const { out } = slot;
    let { to } = slot;
    let from = place + slot.offset;
    for (const end = from + slot.byteLength; from < end; from += 2) {
      out.setInt16(to, view.getInt16(from, isLittle), true);
      to += 2;
    }
    slot.to = to;
  }
};

/** Copies numbers of 8 bits. */
export const copyBytes: CopyValues = (slots, { bytes }, place) => {
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index] as NumberSlot;
    const { out } = slot;
    let from = place + slot.offset;
    for (const end = from + slot.byteLength; from < end; from++) out.setUint8(slot.to++, bytes[from] as number);
  }
};

/** Copies truth values, of which 0 is false. */
export const copyBools: CopyValues = (slots, { bytes }, place) => {
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index] as NumberSlot;
    slot.out.setUint8(slot.to++, bytes[place + slot.offset] === 0 ? 0 : 1);
  }
};
