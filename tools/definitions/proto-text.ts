import type { Declaration, Member } from "./proto-declarations.ts";

/** The comment of a declaration that a program has added: it must be replaced or deleted by a person. */
export const NO_DESCRIPTION = "// No description yet.";

const BEGIN = /^\s*(message|enum|service|oneof) (\w+) \{(\})?\s*$/;
const FIELD = /^\s*(?:(?:optional|repeated) )?[\w.<>, ]+ = (\d+)\b.*;\s*$/;
const RESERVED = /^\s*reserved (\d+(?:, \d+)*);/;
const METHOD = /^\s*rpc (\w+)\(/;

/** A block of lines: the first has its name, the last its closing bracket. */
interface Block {
  readonly name: string;
  readonly first: number;
  readonly last: number;
}

/** The text of a `.proto` file, whose comments stay while its declarations change. */
export class ProtoText {
  readonly #package: string;
  #lines: string[];

  constructor(text: string) {
    this.#lines = text.trimEnd().split("\n");
    this.#package = /^package ([\w.]+);$/m.exec(text)?.[1] ?? "";
  }

  get package(): string {
    return this.#package;
  }

  toString(): string {
    return `${this.#lines.join("\n")}\n`;
  }

  /** The names of the declarations that nobody has described yet, with their lines. */
  undescribed(): { readonly line: number; readonly name: string }[] {
    return this.#lines.flatMap((line, index) =>
      line.trim() === NO_DESCRIPTION
        ? [{ line: index + 1, name: BEGIN.exec(this.#lines[index + 1] ?? "")?.[2] ?? "" }]
        : [],
    );
  }

  /** Adds a message, an enumeration or a service at the end. */
  add(name: string, { kind, members }: Declaration): void {
    if (this.#lines.at(-1) === "") this.#lines.pop();
    this.#lines.push("", NO_DESCRIPTION, `${kind} ${this.#local(name)} {`, "}");
    for (const member of members) this.put(name, member);
  }

  /** Removes a declaration and its comment. */
  remove(name: string): void {
    const block = this.#block(name);
    this.#cut(block.first, block.last);
  }

  /** Adds a member, or replaces the member with the same key, whose comment stays. */
  put(name: string, member: Member): void {
    const line = this.#lineOf(name, member.key);
    if (line !== undefined && this.#oneofAt(name, line) === member.oneof) {
      const indentation = /^\s*/.exec(this.#lines[line] ?? "")?.[0] ?? "";
      this.#lines[line] = indentation + this.#declare(member);
      return;
    }
    if (line !== undefined) this.#cut(line, line);
    this.#unreserve(name, member.key);
    const block = this.#openBlock(this.#block(name));
    const inner = member.oneof === undefined ? block : this.#oneof(block, member.oneof);
    const indentation = `${/^\s*/.exec(this.#lines[inner.last] ?? "")?.[0] ?? ""}  `;
    this.#lines.splice(inner.last, 0, indentation + this.#declare(member));
  }

  /** Removes a member and its comment. */
  removeMember(name: string, key: string): void {
    const line = this.#lineOf(name, key);
    if (line !== undefined) this.#cut(line, line);
  }

  /** A number that was reserved may be in use again, in messages that are not stable. */
  #unreserve(name: string, key: string): void {
    const { first, last } = this.#block(name);
    const line = this.#lines.findIndex((text, index) => index > first && index < last && RESERVED.test(text));
    const numbers = RESERVED.exec(this.#lines[line] ?? "")?.[1]?.split(", ");
    if (numbers?.includes(key) !== true) return;
    const kept = numbers.filter((number) => number !== key);
    if (kept.length === 0) this.#cut(line, line);
    else this.#lines[line] = (this.#lines[line] ?? "").replace(numbers.join(", "), kept.join(", "));
  }

  /** Lines, and the comment above the first. */
  #cut(first: number, last: number): void {
    let start = first;
    while (/^\s*\/\//.test(this.#lines[start - 1] ?? "")) start--;
    const isBetweenBlanks = this.#lines[start - 1] === "" && (this.#lines[last + 1] ?? "") === "";
    this.#lines.splice(start, last - start + 1 + (isBetweenBlanks ? 1 : 0));
  }

  #declare({ text }: Member): string {
    return `${text.replaceAll(`${this.#package}.`, "")};`;
  }

  #local(name: string): string {
    return name.slice(this.#package.length + 1);
  }

  #block(name: string): Block {
    const found = this.#blocks().find((block) => block.name === this.#local(name));
    if (found === undefined) throw new Error(`${this.#package} has no ${this.#local(name)}`);
    return found;
  }

  /** The block with its closing bracket on a line of its own. */
  #openBlock(block: Block): Block {
    const line = this.#lines[block.first] ?? "";
    if (block.first !== block.last) return block;
    this.#lines.splice(block.first, 1, line.replace("{}", "{"), `${/^\s*/.exec(line)?.[0] ?? ""}}`);
    return { ...block, last: block.first + 1 };
  }

  #oneof(message: Block, name: string): Block {
    const find = (): Block | undefined => this.#blocks().find((block) => block.name === `${message.name}.${name}`);
    const found = find();
    if (found !== undefined) return found;
    this.#lines.splice(message.last, 0, `  oneof ${name} {`, "  }");
    return { name: `${message.name}.${name}`, first: message.last, last: message.last + 1 };
  }

  /** Returns the line of a member. The member may stand in a `oneof`, but not in a nested message. */
  #lineOf(name: string, key: string): number | undefined {
    const { first, last, name: local } = this.#block(name);
    const inner = this.#blocks().filter((block) => block.first > first && block.last <= last);
    for (let line = first + 1; line < last; line++) {
      const text = this.#lines[line] ?? "";
      const isNested = inner.some((block) => line >= block.first && line <= block.last && !this.#isOneof(block, local));
      if (!isNested && (FIELD.exec(text)?.[1] ?? METHOD.exec(text)?.[1]) === key) return line;
    }
    return undefined;
  }

  #isOneof({ first, name }: Block, message: string): boolean {
    return /^\s*oneof /.test(this.#lines[first] ?? "") && name.startsWith(`${message}.`);
  }

  #oneofAt(name: string, line: number): string | undefined {
    const { name: local } = this.#block(name);
    const block = this.#blocks().find((each) => each.first < line && line < each.last && this.#isOneof(each, local));
    return block?.name.slice(local.length + 1);
  }

  /** All blocks, with the names of the outer ones before their own. */
  #blocks(): Block[] {
    const blocks: Block[] = [];
    const open: { readonly name: string; readonly first: number }[] = [];
    for (const [index, line] of this.#lines.entries()) {
      const [, , local, isClosed] = BEGIN.exec(line) ?? [];
      if (local !== undefined) {
        const name = [...open.slice(-1).map((outer) => outer.name), local].join(".");
        if (isClosed === undefined) open.push({ name, first: index });
        else blocks.push({ name, first: index, last: index });
      } else if (/^\s*\}\s*$/.test(line)) {
        const block = open.pop();
        if (block !== undefined) blocks.push({ ...block, last: index });
      }
    }
    return blocks;
  }
}
