import "./messages.css";
import type { Message } from "../../api/types";
import { t } from "../../i18n";
import { stores } from "../../stores";
import { navigate } from "../../ui/router";
import { readId } from "../calls/filter";
import { radioChoices, talkgroupChoices, unitChoices } from "../log/choices";
import { Download, Select, SpanField } from "../log/fields";
import { FilterBar } from "../log/filter-bar";
import { LiveLog, type LogKind } from "../log/live-log";
import { Words } from "../log/words";
import {
  matchesMessage, MESSAGE_STATES, messageAddress, type MessageFilter, messageQuery, messageReport, readMessageFilter,
} from "./filter";
import { MessageTable, stateKey } from "./message-table";

const MESSAGES: LogKind<Message, MessageFilter> = {
  path: "/api/messages",
  readFilter: readMessageFilter,
  ask: messageQuery,
  matches: matchesMessage,
  live: () => stores.messages.all.value,
  at: (message) => message.created_at,
};

/** Every text in both directions with the whole way that it went. */
export default function MessagesPage() {
  return (
    <LiveLog kind={MESSAGES} empty={t("messages.empty")} head={(filter, now_ms) => <Head filter={filter} now_ms={now_ms} />}>
      {(messages) => <MessageTable messages={messages} />}
    </LiveLog>
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
      <Words words={filter.words} onChange={(words) => change({ words })} />
      <span class="grow" />
      <Download href={messageReport(filter, now_ms)} />
    </FilterBar>
  );
}
