import "./log.css";
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { Query } from "../../api/client";
import { stores } from "../../stores";
import { currentQuery } from "../../ui/router";
import { LogList } from "./log-list";
import { PagedLog } from "./paged-log";

const PAGE_ROWS = 100;

/** What tells one log from another; the same object each time that the page is drawn. */
export interface LogKind<T extends { id: number }, F> {
  readonly path: string;
  readonly readFilter: (query: URLSearchParams) => F;
  readonly ask: (filter: F, now_ms: number, limit: number) => Query;
  /** Whether a row that has just come belongs into the list. */
  readonly matches: (row: T, filter: F) => boolean;
  readonly live: () => readonly T[];
  readonly at: (row: T) => string;
}

interface Props<T extends { id: number }, F> {
  kind: LogKind<T, F>;
  empty: string;
  head: (filter: F, now_ms: number) => ComponentChildren;
  children: (rows: readonly T[]) => ComponentChildren;
}

/** A page with filters that live in the address, older rows as one scrolls, and a hint of new ones. */
export function LiveLog<T extends { id: number }, F>({ kind, empty, head, children }: Props<T, F>) {
  const text = currentQuery().toString();
  const filter = useMemo(() => kind.readFilter(new URLSearchParams(text)), [kind, text]);
  const log = useMemo(() => new PagedLog<T>(kind.path), [kind]);
  const loadedAt = useMemo(() => signal(0), []);
  const reload = (): void => {
    loadedAt.value = stores.clock.read();
    void log.load(kind.ask(filter, loadedAt.value, PAGE_ROWS));
  };
  useEffect(() => {
    reload();
    return () => log.stop();
  }, [log, text]);
  const fresh: ReadonlySignal<number> = useMemo(
    () => computed(() => {
      const loaded = new Set(log.items.value.map((row) => row.id));
      return kind.live().filter(
        (row) => !loaded.has(row.id) && Date.parse(kind.at(row)) >= loadedAt.value && kind.matches(row, filter),
      ).length;
    }),
    [kind, filter, log, loadedAt],
  );
  return (
    <main class="page log-page">
      {head(filter, loadedAt.value)}
      <LogList log={log} fresh={fresh.value} onFresh={reload} empty={empty}>
        {children(log.items.value)}
      </LogList>
    </main>
  );
}
