import { signal } from "@preact/signals";
import type { Id } from "../api/types";

/** What the map is asked to do; the newest request counts, `at` makes it new. */
export type MapRequest =
  | { what: "show_unit"; unitId: Id }
  | { what: "show_place"; lat: number; lon: number }
  | { what: "show_all" };

export type Recipient = { to: "unit" | "radio" | "talkgroup"; id: Id };

interface Shared {
  unitId?: Id | null;
  request?: MapRequest;
}

/** What the dispatcher has in hand; shared by the windows of one browser. */
export class Selection {
  readonly unitId = signal<Id | null>(null);
  readonly mapRequest = signal<MapRequest | null>(null);
  /** To whom the composer writes, and what. */
  readonly recipients = signal<readonly Recipient[]>([]);
  readonly draft = signal("");
  /** Rises when the composer is asked to take the focus. */
  readonly composeAsked = signal(0);
  readonly #channel: BroadcastChannel | null;

  constructor(channel: BroadcastChannel | null) {
    this.#channel = channel;
    channel?.addEventListener("message", (event: MessageEvent<Shared>) => {
      if (event.data.unitId !== undefined) this.unitId.value = event.data.unitId;
      if (event.data.request) this.mapRequest.value = event.data.request;
    });
  }

  select(unitId: Id | null): void {
    if (this.unitId.peek() === unitId) return;
    this.unitId.value = unitId;
    this.#channel?.postMessage({ unitId } satisfies Shared);
  }

  /** Select a unit and bring it into view on every map window. */
  showUnit(unitId: Id): void {
    this.select(unitId);
    this.#ask({ what: "show_unit", unitId });
  }

  showPlace(lat: number, lon: number): void {
    this.#ask({ what: "show_place", lat, lon });
  }

  showAll(): void {
    this.#ask({ what: "show_all" });
  }

  /** Make these the recipients, `text` the draft, and move the focus to the composer. */
  compose({ recipients, text }: { recipients: readonly Recipient[]; text?: string }): void {
    this.recipients.value = recipients;
    if (text !== undefined) this.draft.value = text;
    this.composeAsked.value++;
  }

  addRecipient(recipient: Recipient): void {
    const known = this.recipients.value.some((r) => r.to === recipient.to && r.id === recipient.id);
    if (!known) this.recipients.value = [...this.recipients.value, recipient];
  }

  removeRecipient(recipient: Recipient): void {
    this.recipients.value = this.recipients.value.filter(
      (r) => r.to !== recipient.to || r.id !== recipient.id,
    );
  }

  #ask(request: MapRequest): void {
    this.mapRequest.value = { ...request };
    this.#channel?.postMessage({ request } satisfies Shared);
  }
}
