import type { Call } from "../../api/types";
import { t } from "../../i18n";
import { stores } from "../../stores";
import { navigate } from "../../ui/router";
import { radioChoices, talkgroupChoices, unitChoices } from "../log/choices";
import { Download, Select, SpanField } from "../log/fields";
import { FilterBar } from "../log/filter-bar";
import { LiveLog, type LogKind } from "../log/live-log";
import { Words } from "../log/words";
import { CallTable } from "./call-table";
import {
  CALL_KINDS, type CallFilter, callAddress, callQuery, callReport, matchesCall, readCallFilter, readId,
} from "./filter";

const CALLS: LogKind<Call, CallFilter> = {
  path: "/api/calls",
  readFilter: readCallFilter,
  ask: callQuery,
  matches: matchesCall,
  live: () => stores.calls.all.value,
  at: (call) => call.started_at,
};

/** Every call that the radios made. */
export default function CallsPage() {
  return (
    <LiveLog kind={CALLS} empty={t("calls.empty")} head={(filter, now_ms) => <Head filter={filter} now_ms={now_ms} />}>
      {(calls) => <CallTable calls={calls} />}
    </LiveLog>
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
