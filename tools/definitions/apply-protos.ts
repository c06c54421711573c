import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Gap } from "../codegen/gaps.ts";
import type { Declarations } from "./proto-declarations.ts";
import { ProtoText } from "./proto-text.ts";
import { memberText, readBothProtos, targetMembers } from "./protos.ts";

/**
 * Changes the declarations of `proto/` to those of a release. Comments stay. The additions of a release have no
 * comments: {@link protoGaps} lists these additions, because a person must write the comments.
 * @returns the changes, one a line
 */
export async function applyProtos(folder: string, protos: string): Promise<string[]> {
  const { packages, ours, theirs } = await readBothProtos(folder, protos);
  const files = readFiles(folder);
  const fileOf = (name: string): ProtoText => {
    const found = [...files.values()].find((file) => name.startsWith(`${file.package}.`));
    if (found === undefined) throw new Error(`proto/ has no file for ${name}`);
    return found;
  };
  const changes: string[] = [];
  for (const [name, declaration] of ours) {
    const { members } = declaration;
    const target = targetMembers(theirs.get(name), declaration);
    if (target === undefined) continue;
    for (const { key } of members.filter((member) => target.every((each) => each.key !== member.key))) {
      fileOf(name).removeMember(name, key);
      changes.push(`${name} loses ${key}`);
    }
    for (const member of target) {
      if (members.some((each) => memberText(each) === memberText(member))) continue;
      fileOf(name).put(name, member);
      changes.push(`${name}: ${memberText(member)}`);
    }
  }
  for (const name of ours.keys()) {
    if (theirs.has(name)) continue;
    fileOf(name).remove(name);
    changes.push(`${name} is gone`);
  }
  for (const [name, declaration] of addedTypes(ours, theirs, packages)) {
    fileOf(name).add(name, declaration);
    changes.push(`${name} is new`);
  }
  for (const [path, text] of files) writeFileSync(path, text.toString());
  return changes;
}

/** The declarations that nobody has described yet. */
export function protoGaps(folder: string): Gap[] {
  return [...readFiles(folder)].flatMap(([path, text]) =>
    text.undescribed().map(({ line, name }) => ({
      file: `proto/${path.slice(folder.length + 1)}:${line}`,
      problem: `${name} has no description`,
      todo: "describe it in your own words, or delete the line if the name says enough",
    })),
  );
}

/** The types that our messages need and that our files lack, at any depth. */
function addedTypes(ours: Declarations, theirs: Declarations, packages: readonly string[]): Declarations {
  const added = new Map<string, NonNullable<ReturnType<Declarations["get"]>>>();
  const visit = (name: string): void => {
    const declared = theirs.get(name);
    const known = ours.get(name);
    const members = known === undefined ? declared?.members : targetMembers(declared, known);
    for (const { text } of members ?? []) {
      for (const type of text.match(/[\w.]+\.[\w.]+/g) ?? []) {
        const declaration = theirs.get(type);
        const isOurs = packages.some((scope) => type.startsWith(`${scope}.`));
        if (declaration === undefined || !isOurs || ours.has(type) || added.has(type)) continue;
        added.set(type, declaration);
        visit(type);
      }
    }
  };
  for (const name of ours.keys()) visit(name);
  return added;
}

function readFiles(folder: string): Map<string, ProtoText> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".proto"));
  return new Map(paths.map((path) => [join(folder, path), new ProtoText(readFileSync(join(folder, path), "utf8"))]));
}
