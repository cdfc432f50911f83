import "../log/log.css";
import "./messages.css";
import { computed, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Message } from "../../api/types";
import { t } from "../../i18n";
import { stores } from "../../stores";
import { currentQuery, navigate } from "../../ui/router";
import { readId } from "../calls/filter";
import { radioChoices, talkgroupChoices, unitChoices } from "../log/choices";
import { Download, Select, SpanField } from "../log/fields";
import { FilterBar } from "../log/filter-bar";
import { LogList } from "../log/log-list";
import { PagedLog } from "../log/paged-log";
import {
  matchesMessage, MESSAGE_STATES, messageAddress, type MessageFilter, messageQuery, messageReport, readMessageFilter,
} from "./filter";
import { MessageTable, stateKey } from "./message-table";

const PAGE_ROWS = 100;

/** Every text in both directions with the whole way that it went. */
export default function MessagesPage() {
  const text = currentQuery().toString();
  const filter = useMemo(() => readMessageFilter(new URLSearchParams(text)), [text]);
  const log = useMemo(() => new PagedLog<Message>("/api/messages"), []);
  const loadedAt = useMemo(() => signal(0), []);
  const reload = (): void => {
    loadedAt.value = stores.clock.read();
    void log.load(messageQuery(filter, loadedAt.value, PAGE_ROWS));
  };
  useEffect(() => {
    reload();
    return () => log.stop();
  }, [text]);
  const fresh = useMemo(
    () => computed(() => {
      const loaded = new Set(log.items.value.map((message) => message.id));
      return stores.messages.all.value.filter(
        (message) =>
          !loaded.has(message.id) && Date.parse(message.created_at) >= loadedAt.value && matchesMessage(message, filter),
      ).length;
    }),
    [filter, log, loadedAt],
  );
  return (
    <main class="page log-page">
      <Head filter={filter} now_ms={loadedAt.value} />
      <LogList log={log} fresh={fresh.value} onFresh={reload} empty={t("messages.empty")}>
        <MessageTable messages={log.items.value} />
      </LogList>
    </main>
  );
}

interface HeadProps {
  filter: MessageFilter;
  now_ms: number;
}

function Head({ filter, now_ms }: HeadProps) {
  const change = (part: Partial<MessageFilter>): void => {
    navigate(messageAddress({ ...filter, ...part }), { replace: true });
  };
  return (
    <FilterBar title={t("page.messages")}>
      <SpanField span={filter.span} now_ms={now_ms} onChange={(span) => change({ span })} />
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
        label={t("log.talkgroup")}
        any={t("log.any_talkgroup")}
        value={String(filter.talkgroupId ?? "")}
        choices={talkgroupChoices()}
        onChoose={(value) => change({ talkgroupId: readId(value) })}
      />
      <Select
        label={t("messages.state")}
        any={t("messages.state.any")}
        value={filter.state ?? ""}
        choices={MESSAGE_STATES.map((state) => ({ value: state, text: t(stateKey(state)) }))}
        onChoose={(value) => change({ state: MESSAGE_STATES.find((state) => state === value) ?? null })}
      />
      <span class="grow" />
      <Download href={messageReport(filter, now_ms)} />
    </FilterBar>
  );
}
