import { signal } from "@preact/signals";
import { ApiError, get, send } from "../api/client";
import type { Id, Role, Session, SignedIn } from "../api/types";

export type SessionState = "unknown" | "signed_in" | "signed_out" | "unreachable";

const RANK: Readonly<Record<Role, number>> = { dispatcher: 0, supervisor: 1, administrator: 2 };

/** Who sits at this console. */
export class SessionStore {
  readonly state = signal<SessionState>("unknown");
  readonly current = signal<Session | null>(null);

  /** Ask the server who is signed in. */
  async load(): Promise<void> {
    try {
      this.current.value = await get<Session>("/api/session");
      this.state.value = "signed_in";
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) this.lost();
      else this.state.value = "unreachable";
    }
  }

  /** Ask whether the session still stands; an unreachable server changes nothing. */
  async check(): Promise<void> {
    try {
      await get<Session>("/api/session");
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) this.lost();
    }
  }

  /** @throws ApiError wrong_name_or_password, too_many_attempts */
  async signIn(name: string, password: string): Promise<void> {
    await send<SignedIn>("POST", "/api/session", { name, password });
    await this.load();
  }

  /** @param token of a one-time link. @throws ApiError link_used_or_expired */
  async signInByLink(token: string): Promise<void> {
    await send<SignedIn>("POST", "/api/session", { token });
    await this.load();
  }

  /** @throws ApiError */
  async signOut(): Promise<void> {
    await send<undefined>("DELETE", "/api/session");
    this.lost();
  }

  /** @throws ApiError password_too_short, wrong_name_or_password */
  async setPassword(password: string, current: string | null): Promise<void> {
    await send<undefined>("PUT", "/api/session/password", current ? { password, current } : { password });
    if (this.current.value) this.current.value = { ...this.current.value, password_set: true };
  }

  lost(): void {
    this.current.value = null;
    this.state.value = "signed_out";
  }

  /** Whether the role may do what is kept for `role` and those above. */
  may(role: Role): boolean {
    const user = this.current.value?.user;
    return !!user && RANK[user.role] >= RANK[role];
  }

  /** Whether an agency's rows are this user's business. */
  serves(agencyId: Id | null): boolean {
    const user = this.current.value?.user;
    if (!user) return false;
    return user.role === "administrator" || agencyId === null || user.agency_ids.includes(agencyId);
  }
}
