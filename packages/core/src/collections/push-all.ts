/** Appends items to an array. A call with spread arguments fails above some 100,000 items, for lack of stack. */
export function pushAll<Item>(target: Item[], items: Iterable<Item>): void {
  for (const item of items) target.push(item);
}
