import { type Chain, type Grant, type Member, sameId } from "../chain/chain.js";
import { actions, actionsOf, cannotText, isAction, typeName } from "../devices/devices.js";
import { grantedText } from "./permission-text.js";
import { fullLabel } from "./targets.js";

/** What is granted or taken back: the action's number, and the node, or null for all. */
export interface Granted {
	readonly action: number;
	readonly device: Member | null;
}

/** Why a grant would come to nothing, or undefined: no such device can that, or the member may already. */
export function grantFault(chain: Chain, member: Member, { action, device }: Granted): string | undefined {
	const name = actions[action] ?? "";
	if (device !== null && isAction(name) && ![...device.types].some(type => actionsOf(type).includes(name)))
		return cannotText(typeName(device.type), name, actionsOf(device.type));
	if (member.isOwner) return `${fullLabel(chain, member)} is an owner, who needs no grant`;
	const covers = ({ node, limits }: Grant) =>
		limits === null && (node === null || (device !== null && sameId(node, device.id)));
	if (!member.grants.some(grant => grant.action === action && covers(grant))) return undefined;
	return `${fullLabel(chain, member)} may do that already`;
}

/** The grants that taking something back takes back. Where the device is one of all, that of all is among them. */
export function grantsTaken(member: Member, { action, device }: Granted): readonly Grant[] {
	return member.grants.filter(
		grant =>
			grant.action === action && (device === null || grant.node === null || sameId(grant.node, device.id))
	);
}

/** What a member was granted, as "unlock all, unlock door"; undefined for nothing. */
export function grantsText({ members }: Chain, { grants }: Member): string | undefined {
	if (grants.length === 0) return undefined;
	return grants.map(grant => grantedText(grant, members)).join(", ");
}
