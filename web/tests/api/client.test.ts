// @vitest-environment node
import { afterEach, expect, test, vi } from "vitest";
import { ApiError, address, command, get, onSignedOut } from "../../src/api/client";
import { serve } from "../server";

afterEach(() => vi.unstubAllGlobals());

async function refused(promise: Promise<unknown>): Promise<ApiError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ApiError) return error;
  }
  throw new Error("it was not refused");
}

test("an address leaves out what is not given", () => {
  expect(address("/api/calls", { limit: 200, q: "", unit_id: null, emergency: false })).toBe("/api/calls?limit=200&emergency=false");
  expect(address("/api/calls", { q: "a&b" })).toBe("/api/calls?q=a%26b");
});

test("a refusal keeps its code and what came with it", async () => {
  serve(() => ({ status: 409, body: { code: "already_acknowledged", detail: "English", by: "A. Kalniņa" } }));
  const error = await refused(command("/api/emergencies/1/acknowledge", {}));
  expect(error).toMatchObject({ status: 409, code: "already_acknowledged", extra: { by: "A. Kalniņa" } });
});

test("each command has a key of 8 to 128 characters, the same when it is repeated", async () => {
  const asked = serve(() => ({ status: 201, body: {} }));
  await command("/api/messages", { text: "a" });
  await command("/api/messages", { text: "a" }, { key: "kept-by-caller" });
  expect(asked[0]?.key).toMatch(/^.{8,128}$/);
  expect(asked[1]?.key).toBe("kept-by-caller");
});

test("no network is an error with a code of its own", async () => {
  serve(() => "unreachable");
  expect(await refused(get("/api/session"))).toMatchObject({ status: 0, code: "unreachable" });
});

test("an answer that is no JSON is a server error", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("<html>", { status: 502 })));
  expect(await refused(get("/api/session"))).toMatchObject({ status: 502, code: "server_error" });
});

test("too many attempts say how long to wait", async () => {
  serve(() => ({ status: 429, body: { code: "too_many_attempts", detail: "" }, headers: { "Retry-After": "30" } }));
  expect((await refused(get("/api/session"))).retryAfterS).toBe(30);
});

test("an ended session is told once to whoever listens", async () => {
  serve(() => ({ status: 401, body: { code: "not_signed_in", detail: "" } }));
  const told = vi.fn();
  const stop = onSignedOut(told);
  await refused(get("/api/units"));
  stop();
  await refused(get("/api/units"));
  expect(told).toHaveBeenCalledTimes(1);
});
