/**
 * The one truth of a window: panels read it, only `live/` and commands write it.
 *
 * `stores` is what the pages use; tests make their own by `createStores`.
 */
import { type ReadonlySignal, type Signal, computed, signal } from "@preact/signals";
import type {
  Agency, Call, Emergency, Id, Iso, Lamp, Link, Message, Radio, RadioCommand, Talkgroup, Unit,
} from "../api/types";
import type { StatusReceived } from "../api/frames";
import { ServerClock } from "./clock";
import { EntityStore } from "./entity-store";
import { KeyBindings } from "./key-bindings";
import { PositionStore } from "./positions";
import { Preferences } from "./preferences";
import { Selection } from "./selection";
import { SessionStore } from "./session";
import { StreamState } from "./stream";
import { UnitViews } from "./unit-views";
import { UnstoredAlarms } from "./unstored";

export interface Stores {
  agencies: EntityStore<Agency>;
  units: EntityStore<Unit>;
  radios: EntityStore<Radio>;
  talkgroups: EntityStore<Talkgroup>;
  links: EntityStore<Link>;
  calls: EntityStore<Call>;
  messages: EntityStore<Message>;
  emergencies: EntityStore<Emergency>;
  commands: EntityStore<RadioCommand>;
  /** Status codes sent by radios; `id` is the number of the event. */
  statuses: EntityStore<StatusReceived & { id: Id }>;
  positions: PositionStore;
  /** How each radio was heard last; `id` is the radio's. */
  reception: EntityStore<Reception>;
  /** Not closed, oldest first. */
  openEmergencies: ReadonlySignal<readonly Emergency[]>;
  /** Alarms that the server holds in memory only; those with an open emergency are left out. */
  unstored: UnstoredAlarms;
  /** How the system itself is, the worst first. */
  lamps: Signal<readonly Lamp[]>;
  unitViews: UnitViews;
  clock: ServerClock;
  stream: StreamState;
  session: SessionStore;
  preferences: Preferences;
  keys: KeyBindings;
  selection: Selection;
  /** Data of the demonstration, not of a radio network. */
  demo: Signal<boolean>;
}

export interface Reception {
  id: Id;
  at: Iso;
  rssi_dbm: number | null;
  link: string;
}

export interface Surroundings {
  now?: () => number;
  storage?: Storage | null;
  channel?: BroadcastChannel | null;
}

export function createStores({ now, storage = null, channel = null }: Surroundings = {}): Stores {
  const clock = new ServerClock(now);
  const units = new EntityStore<Unit>();
  const radios = new EntityStore<Radio>();
  const positions = new PositionStore();
  const emergencies = new EntityStore<Emergency>();
  const session = new SessionStore();
  const openEmergencies = computed(() =>
    emergencies.all.value
      .filter((emergency) => emergency.state !== "closed")
      .sort((a, b) => a.raised_at.localeCompare(b.raised_at) || a.id - b.id),
  );
  return {
    agencies: new EntityStore(),
    units,
    radios,
    talkgroups: new EntityStore(),
    links: new EntityStore(),
    calls: new EntityStore(),
    messages: new EntityStore(),
    emergencies,
    commands: new EntityStore(),
    statuses: new EntityStore(),
    positions,
    reception: new EntityStore(),
    openEmergencies,
    unstored: new UnstoredAlarms(openEmergencies),
    lamps: signal<readonly Lamp[]>([]),
    unitViews: new UnitViews({ units, radios, positions, openEmergencies, clock }),
    clock,
    stream: new StreamState(),
    session,
    preferences: new Preferences(storage, typeof navigator === "undefined" ? [] : navigator.languages),
    keys: new KeyBindings(storage, () => session.current.value?.user.id ?? null),
    selection: new Selection(channel),
    demo: signal<boolean>(false),
  };
}

function browserStorage(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null; // storage forbidden by policy
  }
}

export const stores: Stores = createStores({
  storage: browserStorage(),
  channel: typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("sardze.selection"),
});
