import {
	type AddBody,
	type Chain,
	idText,
	type Member,
	nodeIdOf,
	Rank,
	rankName,
	sameId
} from "../chain/chain.js";
import {
	type Action,
	actionsOf,
	cannotText,
	deviceTypes,
	doneText,
	isGuardedType,
	typeName,
	typeNumber
} from "../devices/devices.js";
import { quoted } from "../names/names.js";

/** Whom a person means, or why nobody. `unseen`: whom a group leaves out, because no owner has confirmed its device. */
export type Target =
	| { readonly members: readonly Member[]; readonly unseen: readonly Member[] }
	| { readonly fault: string };

/** The one member that WHO means: by an id, by NAME~ID, or by a name that looks like no other's. See `Directory.find`. `groups`: what else may be meant. */
export function findMember(
	chain: Pick<Chain, "members">,
	who: string,
	groups: readonly string[] = []
): { readonly member: Member } | { readonly fault: string } {
	const { directory } = chain.members;
	const meant = directory.find(who);
	if ("one" in meant) return { member: meant.one };
	const choice = meant.several.map(
		member => `${member.name}~${directory.shortId(member.idText)} (${particulars(chain, member)})`
	);
	if (choice.length > 1) return { fault: `there are several: ${choice.join(", ")}` };
	const near = choice.length === 0 ? directory.nearest(who, groups) : undefined;
	const hint = choice.length === 1 ? `; there is ${choice[0]}` : "";
	if (near !== undefined) return { fault: `there is no ${quoted(who)} in this home; do you mean ${near}?` };
	return { fault: `there is no ${quoted(who)} in this home${hint}` };
}

/** What means several, where a task is for whom it says. */
const groupWords: readonly string[] = Object.freeze(["all", ...deviceTypes]);

/** What tells a member from one whose name looks alike: its type, its rank, and who admitted it. */
export function particulars(
	{ members }: Pick<Chain, "members">,
	{ type, rank, sponsor, isOwner }: Member
): string {
	const what = rank === Rank.member ? typeName(type) : `${typeName(type)}, ${rankName(rank)}`;
	if (isOwner) return what;
	const by = sponsor === null ? "who is no member any more" : members.directory.labelOf(idText(sponsor));
	return `${what}${rank === Rank.member ? "," : ""} admitted by ${by}`;
}

/** A member's label, and where others' names look alike, what else tells who it is. */
export function fullLabel(chain: Pick<Chain, "members">, member: Member): string {
	const label = chain.members.label(member);
	return label === member.name ? label : `${label} (${particulars(chain, member)})`;
}

/** The name that a block gives to a node, with the node's id where another member's looks alike. */
export function givenName({ members }: Chain, { name, key }: Pick<AddBody, "name" | "key">): string {
	return members.directory.labelAs(name, idText(nodeIdOf(key)));
}

/** Why a name is not to be had in a home, or undefined; `except`: who has it already. */
export function takenFault(
	{ members }: Pick<Chain, "members">,
	name: string,
	except?: Uint8Array
): string | undefined {
	const alike = members.directory.alike(name).find(({ id }) => except === undefined || !sameId(id, except));
	if (alike === undefined) return undefined;
	const which = alike.name === name ? "" : ` looks like "${alike.name}", which`;
	return `the name "${name}"${which} is taken`;
}

/** Whether a member's device takes part in what is asked of a group. It is the member's first. */
function isSeen({ type, guards }: Member): boolean {
	return !isGuardedType(type) || (guards & 1) !== 0;
}

/** What a person reads of a member that a task for a group leaves out. */
export function leftOutText({ members }: Chain, member: Member): string {
	const label = members.label(member);
	return `${label}: left out: an owner has to say "confirm ${label}" first; or ask it by its name`;
}

/**
 * Whom WHO means for a task: "all" or a type, of which those devices that know the action and, where their type is
 * guarded, an owner has seen; else one member. So nobody's name takes what is for all.
 */
export function findTarget(chain: Chain, who: string, action: Action): Target {
	const group = who.toLowerCase();
	const type = typeNumber(group);
	if (group !== "all" && type === undefined) {
		const found = findMember(chain, who, groupWords);
		if ("fault" in found) return found;
		const { member } = found;
		const able = actionsOf(member.type);
		// Of a type that this software does not know the device itself knows better.
		if (able.length === 0 || able.includes(action)) return { members: [member], unseen: [] };
		return { fault: cannotText(typeName(member.type), action, able) };
	}
	const able: Member[] = [];
	for (const member of chain.members.roster) {
		const isMeant = type === undefined || member.type === type;
		if (isMeant && actionsOf(member.type).includes(action)) able.push(member);
	}
	if (able.length === 0)
		return { fault: `no ${type === undefined ? "device" : group} here can be ${doneText(action)}` };
	return { members: able.filter(isSeen), unseen: able.filter(member => !isSeen(member)) };
}
