import { describe, expect, it } from "vitest";
import { ApiError } from "../../src/api/client";
import type { Page } from "../../src/api/types";
import { PagedLog } from "../../src/pages/log/paged-log";

interface Row {
  id: number;
}

/** Answers in the test's own time. */
function server() {
  const asked: { query: Record<string, unknown>; answer: (page: Page<Row>) => void; refuse: (error: unknown) => void; signal: AbortSignal | undefined }[] = [];
  const fetchPage = (_path: string, query: object = {}, signal?: AbortSignal): Promise<Page<Row>> =>
    new Promise((answer, refuse) => {
      asked.push({ query: { ...query }, answer, refuse, signal });
    });
  return { asked, log: new PagedLog<Row>("/api/rows", fetchPage) };
}

const rows = (...ids: number[]): Row[] => ids.map((id) => ({ id }));

describe("a log in pages", () => {
  it("appends older pages and stops at the last", async () => {
    const { asked, log } = server();
    const first = log.load({ limit: 2 });
    asked[0]?.answer({ items: rows(5, 4), next: "c1" });
    await first;
    expect(log.hasMore.value).toBe(true);
    const second = log.more();
    expect(asked[1]?.query).toEqual({ limit: 2, cursor: "c1" });
    asked[1]?.answer({ items: rows(4, 3), next: null });
    await second;
    expect(log.items.value.map((row) => row.id)).toEqual([5, 4, 3]);
    expect(log.hasMore.value).toBe(false);
    await log.more();
    expect(asked).toHaveLength(2);
  });

  it("asks once while an answer is on its way", async () => {
    const { asked, log } = server();
    const first = log.load({});
    asked[0]?.answer({ items: rows(1), next: "c" });
    await first;
    void log.more();
    void log.more();
    expect(asked).toHaveLength(2);
  });

  it("drops the answer to an earlier question", async () => {
    const { asked, log } = server();
    const early = log.load({ kind: "group" });
    const late = log.load({ kind: "private" });
    expect(asked[0]?.signal?.aborted).toBe(true);
    asked[1]?.answer({ items: rows(2), next: null });
    asked[0]?.answer({ items: rows(1), next: null });
    await Promise.all([early, late]);
    expect(log.items.value).toEqual(rows(2));
  });

  it("keeps its rows when an older page fails, and goes on from there", async () => {
    const { asked, log } = server();
    const first = log.load({});
    asked[0]?.answer({ items: rows(9), next: "c" });
    await first;
    const second = log.more();
    asked[1]?.refuse(new ApiError(0, "unreachable", "No server."));
    await second;
    expect(log.state.value).toBe("failed");
    expect(log.items.value).toEqual(rows(9));
    const again = log.retry();
    expect(asked[2]?.query).toEqual({ cursor: "c" });
    asked[2]?.answer({ items: rows(8), next: null });
    await again;
    expect(log.items.value).toEqual(rows(9, 8));
    expect(log.error.value).toBeNull();
  });
});
