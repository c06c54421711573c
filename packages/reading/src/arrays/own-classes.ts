import { argumentError } from "@rerun-ts/core/checks";
import { DataType } from "apache-arrow";

/**
 * Rejects values of another copy of apache-arrow: its functions recognise types only by their own classes.
 * @throws {TypeError}
 */
export function checkOwnClasses(argument: string, types: readonly unknown[]): void {
  if (types.every((type) => type instanceof DataType)) return;
  throw argumentError(
    argument,
    `\`${argument}\` is made with another copy of apache-arrow than the one of @rerun-ts/reading. ` +
      "Install the same version (`npm ls apache-arrow`), and load it by `import` only, not also by `require`",
  );
}
