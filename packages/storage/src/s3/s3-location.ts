import { argumentError, invalidArgument, isUrl, maskUrl } from "@rerun-ts/core/checks";

/** The place of the objects of a store. */
export interface S3Location {
  readonly bucket: string;
  /** The beginning of all keys: empty, or a path that ends with a slash. */
  readonly prefix: string;
  readonly region: string;
  /** The address of the bucket. */
  readonly base: URL;
  /** The address for messages: `s3://bucket/prefix`. */
  readonly url: string;
}

/** The address of a bucket. */
export interface S3LocationOptions {
  /** The address of the server, such as `https://storage.example.com`. Default: Amazon's address for `region`. */
  endpoint?: string | URL | undefined;
  /** The region of the bucket. Default `"us-east-1"`, or `"auto"` for endpoints of Cloudflare. */
  region?: string | undefined;
  /** Whether the bucket is in the path of requests instead of the host name. Default: with `endpoint` only. */
  pathStyle?: boolean | undefined;
}

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PREFIX = /^(?:[A-Za-z0-9_-](?:[A-Za-z0-9._=-]*[A-Za-z0-9_=-])?\/?)*$/;

/** Finds out where a bucket is. @throws {TypeError} if the URL or an option is wrong */
export function s3Location(url: string | URL, options: S3LocationOptions): S3Location {
  const text = isUrl(url) ? url.href : url;
  const [, bucket = "", path = ""] =
    typeof text === "string" ? (/^s3:\/\/([^/?#@]+)(?:\/([^?#]*))?$/.exec(text) ?? []) : [];
  const shown = typeof text === "string" ? maskUrl(text) : text;
  if (bucket === "") throw invalidArgument("url", "the URL of a bucket, such as s3://bucket/prefix", shown);
  if (!BUCKET.test(bucket))
    throw invalidArgument("url", "s3:// and a bucket of 3 to 63 small letters, digits, `.` and `-`", shown);
  const trimmed = path.replace(/\/+$/, "");
  if (trimmed.includes("//") || !PREFIX.test(trimmed))
    throw invalidArgument("url", "a bucket and a path of letters, digits and `._-`, such as s3://bucket/prefix", shown);
  const endpoint = endpointOf(options.endpoint);
  const isCloudflare = endpoint?.hostname.endsWith(".r2.cloudflarestorage.com") === true;
  const region = options.region ?? (isCloudflare ? "auto" : "us-east-1");
  if (typeof region !== "string" || !/^[\w-]+$/.test(region))
    throw invalidArgument("region", "the name of a region, such as eu-central-1", region);
  const base = endpoint ?? new URL(`https://s3.${region}.amazonaws.com`);
  // Path style, because certificates for host names do not match buckets with a dot in their names.
  if (options.pathStyle ?? (endpoint !== undefined || bucket.includes(".")))
    base.pathname = `${base.pathname.replace(/\/+$/, "")}/${bucket}/`;
  else base.hostname = `${bucket}.${base.hostname}`;
  const prefix = trimmed === "" ? "" : `${trimmed}/`;
  return { bucket, prefix, region, base, url: `s3://${bucket}${trimmed === "" ? "" : `/${trimmed}`}` };
}

function endpointOf(endpoint: string | URL | undefined): URL | undefined {
  if (endpoint === undefined) return undefined;
  const expected = "an `http:` or `https:` URL without credentials, such as https://storage.example.com";
  const url = URL.canParse(String(endpoint)) ? new URL(endpoint) : undefined;
  // The message omits the value, which may contain credentials.
  if (url === undefined)
    throw argumentError("endpoint", `\`endpoint\` must be ${expected}; what was given is not a URL`);
  if (!/^https?:$/.test(url.protocol)) throw invalidArgument("endpoint", expected, url.protocol);
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
    throw invalidArgument("endpoint", expected, `${url.protocol}//${url.host}/ with more`);
  return url;
}
