import { type ReadonlySignal, computed } from "@preact/signals";
import type { Emergency, Id, Position, Radio, Unit } from "../api/types";
import type { ServerClock } from "./clock";
import type { EntityStore } from "./entity-store";
import type { PositionStore } from "./positions";
import { type UnitState, lastHeardMs, unitState } from "./unit-state";

/** One unit with all that panels show of it; each member is followed by itself. */
export interface UnitView {
  readonly id: Id;
  readonly unit: ReadonlySignal<Unit | undefined>;
  readonly radios: ReadonlySignal<readonly Radio[]>;
  /** Newest of its radios' positions. */
  readonly position: ReadonlySignal<Position | undefined>;
  readonly emergencies: ReadonlySignal<readonly Emergency[]>;
  readonly state: ReadonlySignal<UnitState>;
  /** Milliseconds since 1970; null: never heard. */
  readonly heardAt: ReadonlySignal<number | null>;
}

interface Sources {
  units: EntityStore<Unit>;
  radios: EntityStore<Radio>;
  positions: PositionStore;
  openEmergencies: ReadonlySignal<readonly Emergency[]>;
  clock: ServerClock;
}

/** Units as seen by the dispatcher; all panels read the same views. */
export class UnitViews {
  readonly #views = new Map<Id, UnitView>();
  readonly #radiosByUnit: ReadonlySignal<ReadonlyMap<Id, readonly Radio[]>>;

  constructor(private readonly sources: Sources) {
    this.#radiosByUnit = computed(() => {
      const byUnit = new Map<Id, Radio[]>();
      for (const radio of sources.radios.all.value) {
        if (radio.unit_id === null) continue;
        const radios = byUnit.get(radio.unit_id);
        if (radios) radios.push(radio);
        else byUnit.set(radio.unit_id, [radio]);
      }
      return byUnit;
    });
  }

  /** How many units are in each state, followed. */
  readonly counts: ReadonlySignal<Readonly<Record<UnitState, number>>> = computed(() => {
    const counts = { emergency: 0, off: 0, no_gps: 0, busy: 0, free: 0 };
    for (const unit of this.sources.units.all.value) counts[this.of(unit.id).state.value]++;
    return counts;
  });

  of(unitId: Id): UnitView {
    let view = this.#views.get(unitId);
    if (!view) {
      view = this.#make(unitId);
      this.#views.set(unitId, view);
    }
    return view;
  }

  #make(id: Id): UnitView {
    const { units, positions, openEmergencies, clock } = this.sources;
    const unit = computed(() => units.get(id));
    const none: readonly Radio[] = [];
    const radios = computed(() => this.#radiosByUnit.value.get(id) ?? none);
    const known = computed(() =>
      radios.value.flatMap((radio) => positions.get(radio.id) ?? []),
    );
    const position = computed(() =>
      known.value.reduce<Position | undefined>(
        (newest, p) => (!newest || p.heard_at > newest.heard_at ? p : newest), undefined,
      ),
    );
    const ofUnit = computed(() =>
      openEmergencies.value.filter((emergency) => emergency.unit_id === id),
    );
    const state = computed<UnitState>(() => {
      const value = unit.value;
      if (!value) return "off";
      return unitState(value, radios.value, known.value, ofUnit.value, clock.now.value);
    });
    const heardAt = computed(() => lastHeardMs(radios.value, known.value));
    return { id, unit, radios, position, emergencies: ofUnit, state, heardAt };
  }
}
