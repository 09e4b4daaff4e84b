import { idText, type Limits, type Membership, type Permission, type Scope } from "../chain/chain.js";
import { actions } from "../devices/devices.js";

const weekdays = Object.freeze(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]);

/** A permission, of a grant with what limits it. */
type Permitted = Permission & { readonly limits?: Limits | null };

/** Whom a permission is for, and to do what, as one types it after "grant". */
export function permissionText(permission: Permitted, members: Membership): string {
	return `${nameOf(permission.id, members)} ${grantedText(permission, members)}`;
}

/** What a permission lets its holder do, with its limits, as "unlock all times 3". */
export function grantedText(
	{ action, node, device, limits }: Omit<Permitted, "id">,
	members: Membership
): string {
	const on = node === null ? "all" : scopeText({ node, device }, members);
	return `${actions[action] ?? `action ${action}`} ${on}${limits ? limitsText(limits) : ""}`;
}

/** As " times 3 until 2026-12-01 18:00 mon-fri from 08:00 to 12:00"; points of time in UTC. */
function limitsText({ times, notBefore, notAfter, weekdays: days, minutes }: Limits): string {
	const parts: string[] = [];
	if (times !== null) parts.push(`times ${times}`);
	if (notBefore !== null) parts.push(`from ${instantText(notBefore)}`);
	if (notAfter !== null) parts.push(`until ${instantText(notAfter)}`);
	if (days !== null) parts.push(weekdaysText(days));
	if (minutes !== null) parts.push(`from ${clockText(minutes[0])} to ${clockText(minutes[1])}`);
	return parts.map(part => ` ${part}`).join("");
}

/** Seconds since 1970, to the minute. */
function instantText(seconds: number): string {
	return new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ");
}

/** A minute of the day. */
function clockText(minute: number): string {
	return [Math.floor(minute / 60), minute % 60].map(part => String(part).padStart(2, "0")).join(":");
}

/** Three or more in a row by the first and the last, as "mon-fri,sun". */
function weekdaysText(bits: number): string {
	const parts: string[] = [];
	for (let day = 0; day < weekdays.length; day += 1) {
		if ((bits & (1 << day)) === 0) continue;
		const first = day;
		while ((bits & (2 << day)) !== 0 && day + 1 < weekdays.length) day += 1;
		const separator = day > first + 1 ? "-" : ",";
		const [from, to] = [weekdays[first], weekdays[day]];
		parts.push(day === first ? `${from}` : `${from}${separator}${to}`);
	}
	return parts.join();
}

/** A device, or all of a node, or of every node. */
export function scopeText({ node, device }: Scope, members: Membership): string {
	const of = node === null ? "every node" : nameOf(node, members);
	return device === null || device === 0 ? of : `${of}'s device ${device}`;
}

/** Who an id is: a member's label, or the id itself. */
export function nameOf(id: Uint8Array, members: Membership): string {
	return members.directory.labelOf(idText(id));
}
