import type { Chain, Member } from "../chain/chain.js";
import { type Action, actionsOf, typeNumber } from "../devices/devices.js";

/** Whom a person means, or why nobody. */
export type Target = { readonly members: readonly Member[] } | { readonly fault: string };

/** The one member that WHO means: a name, NAME~ID, or an id. */
export function findMember(
	{ members }: Chain,
	who: string
): { readonly member: Member } | { readonly fault: string } {
	const named = members.named(who);
	const id = /^(?:.+~)?([0-9a-f]{16})$/.exec(who)?.[1];
	const meant = id === undefined ? undefined : members.get(id);
	const isById = meant !== undefined && (who === id || members.label(meant) === who);
	const found = isById ? [...named.filter(({ idText }) => idText !== id), meant] : named;
	const [first, ...others] = found;
	if (first !== undefined && others.length === 0) return { member: first };
	if (first !== undefined) {
		return { fault: `there are several: ${found.map(member => members.label(member)).join(", ")}` };
	}
	return { fault: `there is no "${who}" in this home` };
}

/**
 * Whom WHO means for a task: a member's name, NAME~ID, an id, a type, or "all", the last two narrowed to devices that
 * know the action.
 */
export function findTarget(chain: Chain, who: string, action: Action): Target {
	const found = findMember(chain, who);
	if ("member" in found) return { members: [found.member] };
	const { members } = chain;
	const type = typeNumber(who);
	if (members.named(who).length > 1 || (who !== "all" && type === undefined)) return found;
	const able = members.all.filter(
		member => (type === undefined || member.type === type) && actionsOf(member.type).includes(action)
	);
	if (able.length === 0) return { fault: `no ${type === undefined ? "device" : who} here can ${action}` };
	return { members: able };
}
