import { RerunError } from "@rerun-ts/core";

/**
 * The error for a package that programs that only log do not need. Each `import` of such a package is in a `try` block
 * of its own: only then do bundlers accept that the package is missing.
 *
 * @param name the package
 * @param user the option or kind of file that needs the package, for messages
 * @param cause the reason why the package could not be loaded
 */
export function missingPackage(name: string, user: string, cause: unknown): RerunError {
  return new RerunError("UNSUPPORTED", `${user} needs the package: npm install ${name}`, { cause });
}
