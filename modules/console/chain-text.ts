import { fromHex, toHex } from "../bytes/bytes.js";
import {
	adminAction,
	type Block,
	type Chain,
	type Evidence,
	founderAction,
	type GrantBody,
	idText,
	Kind,
	type Membership
} from "../chain/chain.js";
import { actions, typeName } from "../devices/devices.js";

/** A block as people read it: number, time, what, by whom. */
export function blockLine(chain: Chain, number: number): string {
	const block = chain.blockAt(number);
	const effect = chain.countsAt(number) ? "" : "  (without effect)";
	return `${String(number).padStart(3)}  ${timeText(block.time)}  ${summary(block, chain.members)}${effect}`;
}

/** Two blocks of one author under one sequence, as people read it. */
export function evidenceLine(chain: Chain, { author, sequence, hashes, isRotate }: Evidence): string {
	const who = nameOf(fromHex(author), chain.members);
	const [first, second] = hashes.map(shortHash);
	const what = isRotate ? "took two new keys at once and may not act" : "issued two blocks at once";
	return `  !  ${who} ${what}: ${first} and ${second}, both number ${sequence}`;
}

/** The author's clock, in UTC; a dash when it had none, or one that cannot be. */
export function timeText(time: number | null): string {
	const latest = 253_402_300_799; // the end of the year 9999
	if (time === null || time > latest) return "-".padEnd(20);
	return new Date(time * 1000).toISOString().replace(/\.\d+Z$/, "Z");
}

function summary(block: Block, members: Membership): string {
	const { body } = block;
	const author = nameOf(block.author, members);
	switch (body.kind) {
		case Kind.genesis:
			return `${body.name} (${typeName(body.type)}) founded the home`;
		case Kind.add:
			return `${author} admitted ${body.name} (${typeName(body.type)})`;
		case Kind.remove:
			return `${author} removed ${body.ids.map(id => nameOf(id, members)).join(", ")}`;
		case Kind.rotate:
			return `${author} took a new key`;
		case Kind.grant:
			return `${author} ${grantText(body, members)}`;
		case Kind.checkpoint:
			return `${author} made checkpoint ${body.number}`;
		case undefined:
			return `${author} issued a block of unknown kind ${body.number}`;
	}
}

function grantText({ id, action, device, granted }: GrantBody, members: Membership): string {
	const who = nameOf(id, members);
	if (action === adminAction || action === founderAction) {
		return granted ? `made ${who} ${actionName(action)}` : `made ${who} no longer ${actionName(action)}`;
	}
	const what = `${actionName(action)} ${device === null ? "all" : nameOf(device, members)}`;
	return granted ? `let ${who} ${what}` : `forbade ${who} to ${what}`;
}

/** An action as a grant names it. */
function actionName(action: number): string {
	if (action === adminAction) return "an admin";
	return action === founderAction ? "a founder" : (actions[action] ?? `action ${action}`);
}

function nameOf(id: Uint8Array, members: Membership): string {
	const member = members.get(id);
	return member === undefined ? idText(id) : members.label(member);
}

/** The hash as people compare it: its first 8 digits. */
export function shortHash(hash: Uint8Array): string {
	return toHex(hash.subarray(0, 4));
}
