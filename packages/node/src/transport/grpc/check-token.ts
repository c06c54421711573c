import { argumentError } from "@rerun-ts/core/checks";
/** Checks that no token was passed to gRPC as an option. @throws {TypeError} with advice */
export function checkToken(options: object): void {
  if (typeof options === "object" && options !== null && "token" in options)
    throw argumentError(
      "token",
      '`token` is not an option of gRPC, which takes the token as `headers: { authorization: "Bearer …" }`',
    );
}
