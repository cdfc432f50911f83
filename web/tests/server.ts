/** Answers to HTTP requests of a test, and a record of what was asked. */
import { vi } from "vitest";

export interface Asked {
  method: string;
  path: string;
  body: unknown;
  key: string | null;
}

type Answer = { status: number; body?: object; headers?: Record<string, string> } | "unreachable";

/** Replace the network: `answer` decides what each request gets. */
export function serve(answer: (asked: Asked) => Answer): Asked[] {
  const all: Asked[] = [];
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    const headers = new Headers(init.headers);
    const asked: Asked = {
      method: init.method ?? "GET",
      path,
      body: typeof init.body === "string" ? (JSON.parse(init.body) as unknown) : null,
      key: headers.get("Idempotency-Key"),
    };
    all.push(asked);
    const given = answer(asked);
    if (given === "unreachable") return Promise.reject(new TypeError("Failed to fetch"));
    const text = given.status === 204 ? null : JSON.stringify(given.body ?? {});
    return Promise.resolve(new Response(text, { status: given.status, headers: given.headers ?? {} }));
  });
  return all;
}
