import "../log/log.css";
import { computed, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Call } from "../../api/types";
import { t } from "../../i18n";
import { stores } from "../../stores";
import { currentQuery, navigate } from "../../ui/router";
import { radioChoices, talkgroupChoices, unitChoices } from "../log/choices";
import { Download, Field, Select, SpanField } from "../log/fields";
import { FilterBar } from "../log/filter-bar";
import { LogList } from "../log/log-list";
import { PagedLog } from "../log/paged-log";
import { CallTable } from "./call-table";
import {
  CALL_KINDS, type CallFilter, callAddress, callQuery, callReport, matchesCall, readCallFilter, readId,
} from "./filter";

const PAGE_ROWS = 100;
/** A search waits until typing pauses. */
const PAUSE_MS = 300;

/** Every call that the radios made, with filters that live in the address. */
export default function CallsPage() {
  const text = currentQuery().toString();
  const filter = useMemo(() => readCallFilter(new URLSearchParams(text)), [text]);
  const log = useMemo(() => new PagedLog<Call>("/api/calls"), []);
  const loadedAt = useMemo(() => signal(0), []);
  const reload = (): void => {
    loadedAt.value = stores.clock.read();
    void log.load(callQuery(filter, loadedAt.value, PAGE_ROWS));
  };
  useEffect(() => {
    reload();
    return () => log.stop();
  }, [text]);
  const fresh = useMemo(
    () => computed(() => {
      const loaded = new Set(log.items.value.map((call) => call.id));
      return stores.calls.all.value.filter(
        (call) => !loaded.has(call.id) && Date.parse(call.started_at) >= loadedAt.value && matchesCall(call, filter),
      ).length;
    }),
    [filter, log, loadedAt],
  );
  return (
    <main class="page log-page">
      <Head filter={filter} now_ms={loadedAt.value} />
      <LogList log={log} fresh={fresh.value} onFresh={reload} empty={t("calls.empty")}>
        <CallTable calls={log.items.value} />
      </LogList>
    </main>
  );
}

interface HeadProps {
  filter: CallFilter;
  now_ms: number;
}

function Head({ filter, now_ms }: HeadProps) {
  const change = (part: Partial<CallFilter>): void => {
    navigate(callAddress({ ...filter, ...part }), { replace: true });
  };
  return (
    <FilterBar title={t("page.calls")}>
      <SpanField span={filter.span} now_ms={now_ms} onChange={(span) => change({ span })} />
      <Select
        label={t("log.talkgroup")}
        any={t("log.any_talkgroup")}
        value={String(filter.talkgroupId ?? "")}
        choices={talkgroupChoices()}
        onChoose={(value) => change({ talkgroupId: readId(value) })}
      />
      <Select
        label={t("log.unit")}
        any={t("log.any_unit")}
        value={String(filter.unitId ?? "")}
        choices={unitChoices()}
        onChoose={(value) => change({ unitId: readId(value) })}
      />
      <Select
        label={t("log.radio")}
        any={t("log.any_radio")}
        value={String(filter.radioId ?? "")}
        choices={radioChoices()}
        onChoose={(value) => change({ radioId: readId(value) })}
      />
      <Select
        label={t("calls.kind")}
        any={t("calls.kind.any")}
        value={filter.kind ?? ""}
        choices={CALL_KINDS.map((kind) => ({ value: kind, text: t(`calls.kind.${kind}`) }))}
        onChoose={(value) => change({ kind: CALL_KINDS.find((kind) => kind === value) ?? null })}
      />
      <Words words={filter.words} onChange={(words) => change({ words })} />
      <label class="log-check">
        <input
          type="checkbox"
          checked={filter.emergency}
          onChange={(event) => change({ emergency: event.currentTarget.checked })}
        />
        {t("calls.only_emergency")}
      </label>
      <span class="grow" />
      <Download href={callReport(filter, now_ms)} />
    </FilterBar>
  );
}

function Words({ words, onChange }: { words: string; onChange: (words: string) => void }) {
  const pause = useMemo(() => ({ timer: 0 }), []);
  useEffect(() => () => clearTimeout(pause.timer), [pause]);
  return (
    <Field label={t("log.words")}>
      {(id) => (
        <input
          id={id}
          class="field"
          type="search"
          defaultValue={words}
          onInput={(event) => {
            const typed = event.currentTarget.value.trim();
            clearTimeout(pause.timer);
            pause.timer = window.setTimeout(() => onChange(typed), PAUSE_MS);
          }}
        />
      )}
    </Field>
  );
}
