import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { stores } from "../../stores";
import { explain } from "../../ui/errors";
import type { PagedLog } from "./paged-log";

interface Props<T extends { id: number }> {
  log: PagedLog<T>;
  /** Rows that came since the list was loaded. */
  fresh: number;
  onFresh: () => void;
  empty: string;
  /** The rows are in the order of time, so that the end of the list is its oldest row. */
  byTime?: boolean;
  children: ComponentChildren;
}

/** Scrolling frame of a log: its states, the hint of new rows, and older rows as one scrolls. */
export function LogList<T extends { id: number }>({ log, fresh, onFresh, empty, byTime = true, children }: Props<T>) {
  const frame = useRef<HTMLDivElement>(null);
  const end = useRef<HTMLDivElement>(null);
  const rows = log.items.value.length;
  useEffect(() => {
    if (!end.current || rows === 0) return undefined;
    const watcher = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) void log.more();
    }, { root: frame.current, rootMargin: "300px" });
    watcher.observe(end.current);
    return () => watcher.disconnect();
  }, [log, rows]);

  const live = stores.stream.phase.value === "live";
  useEffect(() => {
    if (live && log.state.peek() === "failed") void log.retry();
  }, [live, log]);

  const state = log.state.value;
  return (
    <div class="log-frame">
      {fresh > 0 && (
        <button
          type="button"
          class="b p round log-fresh"
          onClick={() => {
            onFresh();
            frame.current?.scrollTo({ top: 0 });
          }}
        >
          {t("log.fresh", { count: fresh })}
        </button>
      )}
      <div class="scroll" ref={frame} tabIndex={0} role="region" aria-label={t("log.rows")} aria-busy={state === "loading"}>
        {rows > 0 && children}
        {state === "loading" && <p class="empty" role="status">{t("loading")}</p>}
        {state === "ready" && rows === 0 && <p class="empty" role="status">{empty}</p>}
        {state === "failed" && (
          <div class="empty" role="alert">
            <p class="problem">{explain(log.error.value)}</p>
            <button type="button" class="b" onClick={() => void log.retry()}>{t("log.retry")}</button>
          </div>
        )}
        <div ref={end} class="log-end">
          {state === "loading_more" && <span role="status">{t("loading")}</span>}
          {state === "ready" && log.hasMore.value && (
            <button type="button" class="b" onClick={() => void log.more()}>{t("log.older")}</button>
          )}
          {byTime && state === "ready" && !log.hasMore.value && rows > 0 && <span class="muted">{t("log.end")}</span>}
        </div>
      </div>
    </div>
  );
}
