/** A number of things as text: `1 file`, `2 files`. @param several the plural. Default: `one` with an `s` */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}
