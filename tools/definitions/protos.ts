import { compileProtos, type Declaration, type Declarations, type Member } from "./proto-declarations.ts";

/** The declarations of `proto/`, and of a release of Rerun. */
export interface BothProtos {
  readonly packages: readonly string[];
  readonly ours: Declarations;
  readonly theirs: Declarations;
}

/** Reads `proto/`, which has our own comments and only the packages that are used, and the files of a release. */
export async function readBothProtos(folder: string, protos: string): Promise<BothProtos> {
  const [ours, theirs] = await Promise.all([compileProtos(folder), compileProtos(protos)]);
  const { packages } = ours;
  return { packages, ours: ours.declarations(packages), theirs: theirs.declarations(packages) };
}

/**
 * Compares `proto/` with the files of a release. Returns one line for each difference: a message or an enumeration that
 * is here must be there and have the same members. A service here has only the calls that are used.
 */
export async function protoDifferences(folder: string, protos: string): Promise<string[]> {
  const { ours, theirs } = await readBothProtos(folder, protos);
  return [...ours].flatMap(([name, { kind, members }]) => {
    const target = targetMembers(theirs.get(name), { kind, members });
    if (target === undefined) return [`proto/: ${name} is not in Rerun's files any more`];
    const found = target.map(memberText);
    const known = members.map(memberText);
    const missing = found.filter((member) => !known.includes(member));
    const surplus = known.filter((member) => !found.includes(member));
    return [
      ...missing.map((member) => `proto/: ${name} lacks \`${member}\``),
      ...surplus.map((member) => `proto/: ${name} has \`${member}\`, which Rerun's files do not have`),
    ];
  });
}

/** The members that a declaration of ours should have; `undefined` if a release does not have the declaration. */
export function targetMembers(theirs: Declaration | undefined, ours: Declaration): readonly Member[] | undefined {
  if (theirs === undefined || ours.kind !== "service") return theirs?.members;
  const used = new Set(ours.members.map(({ key }) => key));
  return theirs.members.filter(({ key }) => used.has(key));
}

/** A member on one line. */
export function memberText({ oneof, text }: Member): string {
  return oneof === undefined ? text : `oneof ${oneof} ${text}`;
}
