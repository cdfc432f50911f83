import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import type { MessageKey } from "../../i18n";
import { t } from "../../i18n";
import { names } from "../../ui/names";
import { fromWallTime, interval, PRESETS, type Span, wallTime } from "./span";

interface FieldProps {
  label: string;
  children: (id: string) => ComponentChildren;
}

/** A control under its label. */
export function Field({ label, children }: FieldProps) {
  const id = useId();
  return (
    <div class="log-field">
      <label for={id}>{label}</label>
      {children(id)}
    </div>
  );
}

interface Choice {
  value: string;
  text: string;
}

interface SelectProps {
  label: string;
  value: string;
  choices: readonly Choice[];
  /** Text of the choice "no filter"; without it one must be chosen. */
  any?: string;
  /** The choice is what the page is about: it is shown at full length. */
  wide?: boolean;
  onChoose: (value: string) => void;
}

export function Select({ label, value, choices, any, wide, onChoose }: SelectProps) {
  return (
    <Field label={label}>
      {(id) => (
        <select id={id} class={wide ? "field wide" : "field"} value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
          {any !== undefined && <option value="">{any}</option>}
          {choices.map(({ value: one, text }) => (
            <option key={one} value={one}>{text}</option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface SpanProps {
  span: Span;
  now_ms: number;
  onChange: (span: Span) => void;
}

/** Presets as buttons; the two times show at "chosen" and start from what was on the screen. */
export function SpanField({ span, now_ms, onChange }: SpanProps) {
  const zone = names.zone();
  const { since_ms, until_ms } = interval(span, now_ms);
  return (
    <>
      <div class="log-field" role="group" aria-label={t("log.span")}>
        <span aria-hidden="true">{t("log.span")}</span>
        <span class="log-presets">
          {PRESETS.map((preset) => (
            <button
              type="button"
              key={preset}
              aria-pressed={span.preset === preset}
              onClick={() => onChange({ preset })}
            >
              {t(`log.span.${preset}` satisfies MessageKey)}
            </button>
          ))}
          <button
            type="button"
            aria-pressed={span.preset === null}
            onClick={() => onChange({ preset: null, since_ms, until_ms })}
          >
            {t("log.span.chosen")}
          </button>
        </span>
      </div>
      {span.preset === null && (
        <>
          <Moment label={t("log.since")} at_ms={since_ms} zone={zone} onChange={(at) => onChange({ preset: null, since_ms: at, until_ms: Math.max(until_ms, at + 60_000) })} />
          <Moment label={t("log.until")} at_ms={until_ms} zone={zone} onChange={(at) => onChange({ preset: null, since_ms: Math.min(since_ms, at - 60_000), until_ms: at })} />
        </>
      )}
    </>
  );
}

interface MomentProps {
  label: string;
  at_ms: number;
  zone: string;
  onChange: (at_ms: number) => void;
}

/** A text field: the browser's own one writes dates as its own language does, not as the console. */
function Moment({ label, at_ms, zone, onChange }: MomentProps) {
  return (
    <Field label={label}>
      {(id) => (
        <input
          id={id}
          class="field moment"
          inputMode="numeric"
          autocomplete="off"
          placeholder="2026-01-31 08:00"
          value={wallTime(at_ms, zone).replace("T", " ")}
          onInput={(event) => event.currentTarget.setCustomValidity("")}
          onChange={(event) => {
            const field = event.currentTarget;
            const chosen = fromWallTime(field.value, zone);
            if (!Number.isNaN(chosen)) {
              onChange(chosen);
              return;
            }
            field.setCustomValidity(t("log.no_time"));
            field.reportValidity();
          }}
        />
      )}
    </Field>
  );
}

/** The same rows as a file. */
export function Download({ href }: { href: string }) {
  return (
    <a class="b" href={href} download title={t("log.csv_name")}>
      <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
        <path d="M10 3v9M6 8.5l4 4 4-4M4 16.5h12" fill="none" stroke="currentColor" stroke-width="2" />
      </svg>
      {t("log.csv")}
      <span class="sr">: {t("log.csv_name")}</span>
    </a>
  );
}
