import { limits } from "./limits.js";
import type { Rules } from "./rules.js";
import type { Base, Row } from "./words.js";

/** Places of each member in the base's rows: a share of all, which nobody's adds make smaller. */
export function memberPlaces({ table }: Base, addedSince: number, rules: Rules): number {
	const members =
		table.rows.filter(({ rank }) => rank === "member").length + (rules.sharesByBase ? 0 : addedSince);
	const share = Math.floor(limits.memberPlaces / Math.max(1, members));
	return Math.max(limits.leastPlaces, Math.min(limits.mostPlaces, share));
}

export const isOwner = ({ rank }: Row): boolean => rank === "owner";
