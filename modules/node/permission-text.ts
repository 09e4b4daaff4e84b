import { idText, type Membership, type Permission, type Scope } from "../chain/chain.js";
import { actions } from "../devices/devices.js";

/** Whom a permission is for, and to do what, as one types it after "grant". */
export function permissionText({ id, action, node, device }: Permission, members: Membership): string {
	const on = node === null ? "all" : scopeText({ node, device }, members);
	return `${nameOf(id, members)} ${actions[action] ?? `action ${action}`} ${on}`;
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
