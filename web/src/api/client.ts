/** The one place that speaks HTTP to the server. */
import type { Iso } from "./types";

/** The server refused, or could not be reached (`code` "unreachable"). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    /** Stable; the console translates it and never shows the English detail. */
    readonly code: string,
    detail: string,
    /** Further members of the answer, such as `limit` or `by`. */
    readonly extra: Readonly<Record<string, unknown>> = {},
    readonly retryAfterS: number | null = null,
  ) {
    super(detail);
  }
}

export type QueryValue = string | number | boolean | null | undefined;
export type Query = Readonly<Record<string, QueryValue>>;

export interface CommandOptions {
  /** Kept by the caller over retries, so that one press has one effect. */
  key?: string;
  signal?: AbortSignal;
}

const unsignedListeners = new Set<() => void>();

/** Call `listener` whenever an answer says that nobody is signed in. */
export function onSignedOut(listener: () => void): () => void {
  unsignedListeners.add(listener);
  return () => unsignedListeners.delete(listener);
}

/** A fresh `Idempotency-Key`: 36 characters. */
export function newKey(): string {
  return crypto.randomUUID();
}

/** `path` with the members of `query` that are neither null, undefined nor "". */
export function address(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text ? `${path}?${text}` : path;
}

/** @throws ApiError */
export function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return request<T>("GET", address(path, query), undefined, { signal });
}

/** A POST that has an effect. @throws ApiError */
export function command<T>(path: string, body: object, options: CommandOptions = {}): Promise<T> {
  return request<T>("POST", path, body, { key: newKey(), ...options });
}

/** @throws ApiError */
export function send<T>(
  method: "PUT" | "PATCH" | "DELETE" | "POST", path: string, body?: object, options: CommandOptions = {},
): Promise<T> {
  return request<T>(method, path, body, options);
}

async function request<T>(
  method: string, path: string, body: object | undefined, options: CommandOptions,
): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (body) headers["Content-Type"] = "application/json";
  if (options.key) headers["Idempotency-Key"] = options.key;
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      headers,
      body: body ? JSON.stringify(body) : null,
      credentials: "same-origin",
      cache: "no-store",
      signal: options.signal ?? null,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "unreachable", "The server could not be reached.");
  }
  if (answer.status === 204) return undefined as T;
  const content: unknown = await answer.json().catch(() => null);
  if (answer.ok) return content as T;
  const error = refusal(answer, content);
  if (answer.status === 401 && error.code === "not_signed_in") {
    for (const listener of unsignedListeners) listener();
  }
  throw error;
}

function refusal(answer: Response, content: unknown): ApiError {
  const retryAfter = Number(answer.headers.get("Retry-After"));
  const retryAfterS = Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : null;
  if (typeof content === "object" && content !== null && "code" in content) {
    const { code, detail, ...extra } = content as { code: unknown; detail?: unknown };
    return new ApiError(answer.status, String(code), String(detail ?? ""), extra, retryAfterS);
  }
  const code = answer.status >= 500 ? "server_error" : "refused";
  return new ApiError(answer.status, code, `HTTP ${answer.status}`, {}, retryAfterS);
}

/** Milliseconds since 1970 of a server time. */
export function ms(at: Iso): number {
  return Date.parse(at);
}
