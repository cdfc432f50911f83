import type { ComponentChildren } from "preact";
import { useCallback, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { useShortcut } from "../../ui/keys";

interface Props {
  title: string;
  children: ComponentChildren;
}

/** Title and filters of a log; the search key moves the focus to the words, or to the first filter. */
export function FilterBar({ title, children }: Props) {
  const bar = useRef<HTMLDivElement>(null);
  useShortcut("search", useCallback(() => {
    const field = bar.current?.querySelector<HTMLElement>("input[type=search]") ?? bar.current?.querySelector<HTMLElement>("select");
    field?.focus();
    return field !== undefined;
  }, []));
  return (
    <div class="log-head" role="search" aria-label={t("log.filters")} ref={bar}>
      <h1>{title}</h1>
      {children}
    </div>
  );
}
