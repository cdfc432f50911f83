import { describe, expect, it } from "vitest";
import type { Call, Message } from "../../src/api/types";
import { callAddress, callQuery, callReport, matchesCall, readCallFilter, readId } from "../../src/pages/calls/filter";
import { matchesMessage, messageAddress, messageQuery, messageReport, readMessageFilter } from "../../src/pages/messages/filter";
import { needsReason, readQuestion, trackInterval, trackQuery } from "../../src/pages/track/question";

const NOW = Date.parse("2026-11-22T12:00:00.000Z");
const query = (text: string): URLSearchParams => new URLSearchParams(text);

describe("filters of calls", () => {
  it("come back from their own address", () => {
    const text = "span=24h&talkgroup_id=3&unit_id=7&radio_id=9&kind=private&emergency=true&q=karosta";
    const filter = readCallFilter(query(text));
    expect(readCallFilter(query(callAddress(filter).split("?")[1] ?? ""))).toEqual(filter);
    expect(filter).toMatchObject({ talkgroupId: 3, unitId: 7, radioId: 9, kind: "private", emergency: true, words: "karosta" });
  });

  it("ignore what no filter can be", () => {
    const filter = readCallFilter(query("talkgroup_id=-1&unit_id=x&kind=loud&emergency=yes"));
    expect(filter).toMatchObject({ talkgroupId: null, unitId: null, kind: null, emergency: false });
  });

  it("become the question to the server", () => {
    const asked = callQuery(readCallFilter(query("span=1h&unit_id=7")), NOW, 100);
    expect(asked).toMatchObject({ unit_id: 7, kind: null, limit: 100, since: "2026-11-22T11:00:00.000Z" });
  });

  it("become a report without free words, which reports do not know", () => {
    const report = callReport(readCallFilter(query("span=1h&q=karosta&kind=group")), NOW);
    expect(report).toContain("kind=group");
    expect(report).not.toContain("karosta");
  });

  it("judge live rows, but not by free words and not in a chosen time", () => {
    const call = { talkgroup_id: 3, unit_id: 7, radio_id: 9, kind: "group", emergency: false } as Call;
    expect(matchesCall(call, readCallFilter(query("talkgroup_id=3")))).toBe(true);
    expect(matchesCall(call, readCallFilter(query("talkgroup_id=4")))).toBe(false);
    expect(matchesCall(call, readCallFilter(query("emergency=true")))).toBe(false);
    expect(matchesCall(call, readCallFilter(query("q=x")))).toBe(false);
    expect(matchesCall(call, readCallFilter(query("since=2026-01-01T00:00Z&until=2026-01-02T00:00Z")))).toBe(false);
  });

  it.each([["1", 1], ["12345", 12345], ["0", null], ["1.5", null], ["1e3", null], ["", null], ["99999999999999999", null]])(
    "read the id '%s' as %s",
    (text, id) => {
      expect(readId(text)).toBe(id);
    },
  );
});

describe("filters of messages", () => {
  it("take words to the server, and not into a report, which does not know them", () => {
    const filter = readMessageFilter(query("span=1h&q=Šventoji"));
    expect(messageQuery(filter, NOW, 100)).toMatchObject({ q: "Šventoji", since: "2026-11-22T11:00:00.000Z" });
    expect(messageReport(filter, NOW)).not.toContain("q=");
    expect(matchesMessage({ unit_id: 2, state: "queued" } as Message, filter)).toBe(false);
  });

  it("come back from their own address", () => {
    const filter = readMessageFilter(query("span=7d&unit_id=2&radio_id=4&talkgroup_id=3&state=failed&q=tilts"));
    expect(readMessageFilter(query(messageAddress(filter).split("?")[1] ?? ""))).toEqual(filter);
  });

  it("judge live rows", () => {
    const message = { unit_id: 2, radio_id: 4, talkgroup_id: null, state: "queued" } as Message;
    expect(matchesMessage(message, readMessageFilter(query("unit_id=2&state=queued")))).toBe(true);
    expect(matchesMessage(message, readMessageFilter(query("state=failed")))).toBe(false);
    expect(matchesMessage(message, readMessageFilter(query("talkgroup_id=3")))).toBe(false);
  });
});

describe("question for a track", () => {
  it("needs no reason for the last eight hours", () => {
    const asked = trackInterval({ preset: "8h" }, NOW);
    expect(needsReason(asked)).toBe(false);
    expect(trackQuery(asked, "seen")).toMatchObject({ reason: null, until: "2026-11-22T12:00:00.000Z" });
  });

  it("carries the reason for a longer time", () => {
    const asked = trackInterval({ preset: "24h" }, NOW);
    expect(trackQuery(asked, "  complaint 14/2 ").reason).toBe("complaint 14/2");
  });

  it("takes the unit from either name in the address", () => {
    expect(readQuestion(query("unit=5")).unitId).toBe(5);
    expect(readQuestion(query("unit_id=6")).unitId).toBe(6);
  });
});
