import { text as readText } from "node:stream/consumers";
import type { Declaration } from "@rerun-ts/controls/protocol";
import type { ValuesOf } from "../command/command-table.ts";
import { UsageError } from "../command/usage-error.ts";
import { change, programOf } from "./ask-relay.ts";
import { controlNamed } from "./control-named.ts";
import { placeOf } from "./control-url.ts";
import type { SET } from "./controls-set-table.ts";

/** Runs `rerun-ts controls set`. @throws {UsageError} if the URL or the value is wrong */
export async function set(values: ValuesOf<typeof SET>): Promise<void> {
  const place = placeOf(values);
  const [, name = "", given = ""] = values.positionals;
  const program = await programOf(place);
  const control = controlNamed(program.controls, name);
  const text = given === "-" ? (await readText(process.stdin)).replace(/\r?\n$/, "") : given;
  await change(place, program, name, parseValue(control, text));
}

/** The value of a text. The program checks it. @throws {UsageError} if the text is none */
function parseValue({ name, kind }: Declaration, text: string): unknown {
  switch (kind) {
    case "slider":
    case "number":
      return numberOf(name, text);
    case "vector3":
      return text.split(",").map((part) => numberOf(name, part));
    case "checkbox":
      if (text !== "true" && text !== "false") throw new UsageError(`${name} must be true or false`);
      return text === "true";
    case "button":
      throw new UsageError(`${name} is a button: use \`controls press\``);
    default:
      return text;
  }
}

function numberOf(name: string, text: string): number {
  const number = Number(text);
  if (text.trim() === "" || !Number.isFinite(number)) throw new UsageError(`${name} must be a number, got ${text}`);
  return number;
}
