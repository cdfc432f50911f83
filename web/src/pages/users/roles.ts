import type { Role } from "../../api/types";

/** From the least rights to the most. */
export const ROLES: readonly Role[] = ["dispatcher", "supervisor", "administrator"];
