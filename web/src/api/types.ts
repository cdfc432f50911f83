/**
 * What the server sends and takes: the HTTP and live contract, in its own words.
 *
 * Times are UTC ISO 8601 with milliseconds and `Z`; ids are database ids, a radio
 * is known to people by its network and number.
 */
export type Iso = string;
export type Id = number;
export type Language = "lv" | "lt" | "en";
export type Role = "administrator" | "supervisor" | "dispatcher";

export interface Agency {
  id: Id;
  code: string;
  name: string;
  /** ISO 3166-1 alpha-2; decides the time zone shown. */
  country: string;
  colour: string | null;
}

export type UnitKind =
  | "foot" | "bicycle" | "e_bike" | "tricycle" | "e_quad" | "car" | "e_car"
  | "minibus" | "boat" | "drone" | "dog_team";
export type UnitStatus = "free" | "busy" | "off_duty";

export interface Unit {
  id: Id;
  agency_id: Id;
  call_sign: string;
  kind: UnitKind;
  status: UnitStatus;
  status_at: Iso | null;
  status_note: string | null;
  officers: string[];
  talkgroup_id: Id | null;
}

/** What the radios of a link can do (`Ability` of the gateway). */
export type Ability = string;

export interface Radio {
  id: Id;
  network: string;
  number: number;
  /** The number as its network writes it: "2340104", "100-1001", "U00103". */
  label: string;
  alias: string | null;
  model: string | null;
  unit_id: Id | null;
  agency_id: Id | null;
  presence: "on" | "off" | "unknown";
  presence_at: Iso | null;
  last_heard_at: Iso | null;
  link: string | null;
  abilities: Ability[];
  /** Longest text in characters; null when texts are not possible or not limited. */
  text_limit: number | null;
}

export interface Talkgroup {
  id: Id;
  network: string;
  number: number;
  name: string;
  agency_id: Id | null;
  abilities: Ability[];
  text_limit: number | null;
}

export interface Link {
  id: Id;
  gateway: string;
  name: string;
  site: string | null;
  kind: string;
  title: string;
  network: string | null;
  state: "up" | "down" | "connecting";
  reason: string;
  since: Iso;
  last_payload_at: Iso | null;
  frames: number;
  malformed: number;
  refused: number;
  latency_ms: number | null;
  /** When the gateway last reported this link's health. */
  seen_at: Iso;
}

/** WGS 84, decimal degrees. */
export interface Position {
  radio_id: Id;
  unit_id: Id | null;
  lat: number;
  lon: number;
  heard_at: Iso;
  /** Time of the satellite fix; null when the radio did not say. */
  fixed_at: Iso | null;
  speed_kmh: number | null;
  bearing_deg: number | null;
  error_m: number | null;
  altitude_m: number | null;
  source: string;
  stale: boolean;
  verified: boolean;
}

export type TrackPoint = Omit<Position, "unit_id">;

export interface Track {
  unit_id: Id;
  points: TrackPoint[];
  total: number;
  thinned: boolean;
}

export type CallKind = "group" | "private" | "all";
export type CallEndReason = "terminator" | "lost" | "preempted" | "truncated";

export interface Call {
  id: Id;
  call: string;
  kind: CallKind;
  radio_id: Id;
  unit_id: Id | null;
  talkgroup_id: Id | null;
  called_radio_id: Id | null;
  agency_id: Id | null;
  started_at: Iso;
  ended_at: Iso | null;
  duration_s: number | null;
  end_reason: CallEndReason | null;
  slot: number | null;
  colour_code: number | null;
  link: string;
  site: string | null;
  late_entry: boolean;
  emergency: boolean;
  encrypted: boolean;
  conversation: string | null;
  ber_percent: number | null;
  rssi_dbm: number | null;
  loss_percent: number | null;
  talker_alias: string | null;
}

export type MessageState = "queued" | "sent" | "delivered" | "failed" | "expired" | "received";

export interface Message {
  id: Id;
  direction: "out" | "in";
  text: string;
  /** Addressee of an outgoing text, sender of an incoming one. */
  radio_id: Id | null;
  talkgroup_id: Id | null;
  called_radio_id: Id | null;
  unit_id: Id | null;
  agency_id: Id | null;
  state: MessageState;
  state_at: Iso;
  created_at: Iso;
  expires_at: Iso | null;
  user: string | null;
  detail: string | null;
  waiting_for: "registration" | "link" | null;
  history: { state: MessageState; at: Iso; detail: string | null }[];
}

export type EmergencyState = "raised" | "acknowledged" | "closed";
export type EmergencyAction =
  | "raised" | "repeated" | "acknowledged" | "refused" | "cleared" | "closed";
export type CloseReason = "handled" | "false_alarm" | "drill" | "other";

export interface Emergency {
  id: Id;
  radio_id: Id;
  unit_id: Id | null;
  agency_id: Id | null;
  talkgroup_id: Id | null;
  source: "alarm" | "voice" | "position" | "status";
  state: EmergencyState;
  version: number;
  raised_at: Iso;
  repeats: number;
  last_heard_at: Iso;
  lat: number | null;
  lon: number | null;
  position_heard_at: Iso | null;
  error_m: number | null;
  acknowledged_at: Iso | null;
  acknowledged_by: string | null;
  closed_at: Iso | null;
  closed_by: string | null;
  close_reason: string | null;
  /** The radio itself ended it. */
  cleared_at: Iso | null;
  /** A repeat of an alarm that was closed: check it. */
  after_close: boolean;
  history: { action: EmergencyAction; at: Iso; user: string | null; note: string | null }[];
}

export type CommandKind =
  | "request_position" | "radio_check" | "call_alert" | "set_position_interval"
  | "disable" | "enable" | "acknowledge_emergency";

export interface RadioCommand {
  id: Id;
  kind: CommandKind;
  radio_id: Id;
  state: "queued" | "sent" | "done" | "failed" | "refused";
  detail: string | null;
  user: string;
  created_at: Iso;
  state_at: Iso;
}

export interface User {
  id: Id;
  name: string;
  display_name: string;
  role: Role;
  /** Empty for administrators: all agencies. */
  agency_ids: Id[];
  language: Language;
  disabled: boolean;
}

/** Where the base map comes from; all null or false: the built-in schematic. */
export interface MapSource {
  pmtiles: boolean;
  tile_url: string | null;
  attribution: string | null;
}

export interface SignedIn {
  user: User;
  expires_at: Iso;
}

export interface Session extends SignedIn {
  demo: boolean;
  server_time: Iso;
  version: string;
  password_set: boolean;
  console?: { map?: MapSource };
}

export interface Snapshot {
  epoch: string;
  seq: number;
  t: Iso;
  demo: boolean;
  agencies: Agency[];
  units: Unit[];
  radios: Radio[];
  talkgroups: Talkgroup[];
  links: Link[];
  positions: Position[];
  calls: Call[];
  messages: Message[];
  emergencies: Emergency[];
}

export interface Page<T> {
  items: T[];
  next: string | null;
}
