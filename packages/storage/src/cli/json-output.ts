import type { CommandContext } from "rerun-ts/command";

/** Prints one JSON document in pieces, because its lists may be longer than the memory. */
export class JsonOutput {
  #list: string | undefined;
  #isFirstItem = true;
  #isFirstField = true;
  readonly #toJson: CommandContext["toJson"];

  constructor({ toJson }: Pick<CommandContext, "toJson">) {
    this.#toJson = toJson;
  }

  /** Adds an item to a list. The items of a list follow one another. */
  item(list: string, value: unknown): void {
    this.#open(list);
    process.stdout.write(`${this.#isFirstItem ? "" : ","}\n    ${this.#toJson(value)}`);
    this.#isFirstItem = false;
  }

  /** Adds a list, which may be empty. */
  list(name: string): void {
    this.#open(name);
  }

  /** Adds fields, and ends the document. */
  end(fields: Readonly<Record<string, unknown>>): void {
    this.#close();
    for (const [name, value] of Object.entries(fields)) this.#field(name, this.#toJson(value));
    process.stdout.write("\n}\n");
  }

  #open(list: string): void {
    if (this.#list === list) return;
    this.#close();
    this.#list = list;
    this.#isFirstItem = true;
    this.#field(list, "[");
  }

  #close(): void {
    if (this.#list !== undefined) process.stdout.write("]");
    this.#list = undefined;
  }

  #field(name: string, value: string): void {
    process.stdout.write(`${this.#isFirstField ? "{" : ","}\n  ${JSON.stringify(name)}: ${value}`);
    this.#isFirstField = false;
  }
}
