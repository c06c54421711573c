/** Headers for a server, or how to get them anew for each call. */
export type GrpcHeaders =
  | Readonly<Record<string, string>>
  | Headers
  | (() => Readonly<Record<string, string>> | Headers | Promise<Readonly<Record<string, string>> | Headers>);

/** The headers of one call. */
export async function resolveHeaders(headers: GrpcHeaders | undefined): Promise<Headers> {
  return new Headers(typeof headers === "function" ? await headers() : headers);
}
