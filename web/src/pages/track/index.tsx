import "../log/log.css";
import "./track.css";
import { signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { ApiError, get } from "../../api/client";
import type { Track } from "../../api/types";
import { t } from "../../i18n";
import { distance, number } from "../../i18n/format";
import { stores } from "../../stores";
import { explain } from "../../ui/errors";
import { currentQuery, navigate } from "../../ui/router";
import { readId } from "../calls/filter";
import { unitChoices } from "../log/choices";
import { Download, Field, Select, SpanField } from "../log/fields";
import { FilterBar } from "../log/filter-bar";
import type { Interval } from "../log/span";
import { type Drive, drive } from "./drive";
import { PointsList } from "./points-list";
import {
  needsReason, questionAddress, readQuestion, type TrackQuestion, trackInterval, trackQuery, trackReport,
} from "./question";
import { TimeSlider } from "./time-slider";
import { TrackMap } from "./track-map";

const SHORTEST_REASON = 5;

type Shown =
  | { readonly is: "nothing" | "loading" | "needs_reason" }
  | { readonly is: "failed"; readonly error: unknown }
  | { readonly is: "drive"; readonly drive: Drive; readonly thinned: boolean; readonly total: number; readonly asked: Interval };

/** Where a unit was: its drive on the map with a slider over time, stops, gaps and every report. */
export default function TrackPage() {
  const text = currentQuery().toString();
  const question = useMemo(() => readQuestion(new URLSearchParams(text)), [text]);
  const page = useMemo(() => ({
    shown: signal<Shown>({ is: "nothing" }), index: signal(0), reason: signal(""), now_ms: signal(stores.clock.read()),
  }), []);
  const { shown, index, reason, now_ms } = page;

  const ask = async (signalled: AbortSignal): Promise<void> => {
    const { unitId, span } = question;
    now_ms.value = stores.clock.read();
    if (unitId === null) {
      shown.value = { is: "nothing" };
      return;
    }
    const asked = trackInterval(span, now_ms.value);
    if (needsReason(asked) && reason.value.trim().length < SHORTEST_REASON) {
      shown.value = { is: "needs_reason" };
      return;
    }
    shown.value = { is: "loading" };
    try {
      const track = await get<Track>(`/api/units/${unitId}/track`, trackQuery(asked, reason.value), signalled);
      const driven = drive(track.points);
      index.value = Math.max(0, driven.points.length - 1);
      shown.value = { is: "drive", drive: driven, thinned: track.thinned, total: track.total, asked };
    } catch (error) {
      if (signalled.aborted) return;
      const wanted = error instanceof ApiError && error.code === "reason_required" && stores.session.may("supervisor");
      shown.value = wanted ? { is: "needs_reason" } : { is: "failed", error };
    }
  };
  useEffect(() => {
    const running = new AbortController();
    void ask(running.signal);
    return () => running.abort();
  }, [text]);

  const now = shown.value;
  const driven = now.is === "drive" ? now.drive : null;
  return (
    <main class="page log-page">
      <Head question={question} shown={now} now_ms={now_ms.value} reason={reason.value} />
      <div class="track-body">
        <div class="track-left">
          <TrackMap drive={driven} cursor={driven?.points[index.value] ?? null} />
          {driven && <TimeSlider drive={driven} index={index.value} onIndex={(i) => { index.value = i; }} />}
        </div>
        <div class="scroll track-right" tabIndex={0} role="region" aria-label={t("track.list")}>
          {now.is === "nothing" && <p class="empty">{t("track.choose")}</p>}
          {now.is === "loading" && <p class="empty" role="status">{t("loading")}</p>}
          {now.is === "failed" && <p class="empty problem" role="alert">{explain(now.error)}</p>}
          {now.is === "needs_reason" && (
            <ReasonForm
              reason={reason.value}
              onReason={(words) => {
                reason.value = words;
                void ask(new AbortController().signal);
              }}
            />
          )}
          {now.is === "drive" && <Summary shown={now} />}
          {driven && driven.points.length > 0 && (
            <PointsList drive={driven} index={index.value} onIndex={(i) => { index.value = i; }} />
          )}
        </div>
      </div>
    </main>
  );
}

interface HeadProps {
  question: TrackQuestion;
  shown: Shown;
  now_ms: number;
  reason: string;
}

function Head({ question, shown, now_ms, reason }: HeadProps) {
  const change = (part: Partial<TrackQuestion>): void => {
    navigate(questionAddress({ ...question, ...part }), { replace: true });
  };
  return (
    <FilterBar title={t("page.track")}>
      <Select
        label={t("log.unit")}
        any={t("track.choose_unit")}
        wide
        value={String(question.unitId ?? "")}
        choices={unitChoices()}
        onChoose={(value) => change({ unitId: readId(value) })}
      />
      <SpanField span={question.span} now_ms={now_ms} onChange={(span) => change({ span })} />
      <span class="grow" />
      {shown.is === "drive" && question.unitId !== null && (
        <Download href={trackReport(question.unitId, shown.asked, reason)} />
      )}
    </FilterBar>
  );
}

/** A long look at somebody's way is recorded with its reason; only supervisors may take it. */
function ReasonForm({ reason, onReason }: { reason: string; onReason: (reason: string) => void }) {
  const typed = useMemo(() => signal(reason), []);
  if (!stores.session.may("supervisor")) return <p class="empty problem">{t("track.supervisor_only")}</p>;
  return (
    <form
      class="track-reason"
      onSubmit={(event) => {
        event.preventDefault();
        onReason(typed.value);
      }}
    >
      <p>{t("track.reason_why")}</p>
      <Field label={t("track.reason")}>
        {(id) => (
          <input
            id={id}
            class="field"
            required
            minLength={SHORTEST_REASON}
            maxLength={300}
            defaultValue={reason}
            onInput={(event) => {
              typed.value = event.currentTarget.value;
            }}
          />
        )}
      </Field>
      <button type="submit" class="b p">{t("track.show")}</button>
    </form>
  );
}

function Summary({ shown }: { shown: Extract<Shown, { is: "drive" }> }) {
  const { drive: driven, thinned, total } = shown;
  if (driven.points.length === 0) return <p class="empty" role="status">{t("track.empty")}</p>;
  return (
    <div class="track-summary">
      <dl>
        <div><dt>{t("track.length")}</dt><dd>{distance(driven.length_m)}</dd></div>
        <div>
          <dt>{t("track.fastest")}</dt>
          <dd>{driven.fastest_kmh === null ? "—" : t("track.speed", { speed: number(driven.fastest_kmh) })}</dd>
        </div>
        <div><dt>{t("track.reports")}</dt><dd>{number(total)}</dd></div>
      </dl>
      {thinned && <p class="muted">{t("track.thinned", { shown: driven.points.length })}</p>}
      {driven.doubtful > 0 && <p class="muted">{t("track.doubtful", { count: driven.doubtful })}</p>}
    </div>
  );
}
