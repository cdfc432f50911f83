import { useEffect, useMemo } from "preact/hooks";
import { t } from "../../i18n";
import { Field } from "./fields";

/** A search waits until typing pauses. */
const PAUSE_MS = 300;
const LONGEST_WORDS = 80;

interface Props {
  words: string;
  onChange: (words: string) => void;
}

/** The words that a log is searched for. */
export function Words({ words, onChange }: Props) {
  const pause = useMemo(() => ({ timer: 0 }), []);
  useEffect(() => () => clearTimeout(pause.timer), [pause]);
  return (
    <Field label={t("log.words")}>
      {(id) => (
        <input
          id={id}
          class="field"
          type="search"
          maxLength={LONGEST_WORDS}
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

/** Words of an address; "" for none. */
export function readWords(query: URLSearchParams): string {
  return (query.get("q") ?? "").slice(0, LONGEST_WORDS);
}
