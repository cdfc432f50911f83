import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { t } from "../i18n";

interface Props {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  class?: string;
}

/** A modal dialog of the browser: it keeps the focus and Escape closes it. */
export function Dialog({ title, onClose, children, class: extra = "" }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (dialog && !dialog.open) dialog.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      class={`dialog ${extra}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <div class="dialog-in">
        <header>
          <h2 id={heading}>{title}</h2>
          <button type="button" class="b round" onClick={onClose}>{t("dialog.back")} <kbd>{"Esc"}</kbd></button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
