import { toHex } from "../bytes/bytes.js";
import { type Block, type Chain, idText, Kind, type Membership } from "../chain/chain.js";
import { typeName } from "../devices/devices.js";

/** A block as people read it: number, time, what, by whom. */
export function blockLine(chain: Chain, number: number): string {
	const block = chain.blockAt(number);
	return `${String(number).padStart(3)}  ${timeText(block.time)}  ${summary(block, chain.members)}`;
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
			return `${author} ${body.granted ? "granted" : "took back"} action ${body.action} of ${nameOf(body.id, members)}`;
		case Kind.checkpoint:
			return `${author} made checkpoint ${body.number}`;
		case undefined:
			return `${author} issued a block of unknown kind ${body.number}`;
	}
}

function nameOf(id: Uint8Array, members: Membership): string {
	const member = members.get(id);
	return member === undefined ? idText(id) : members.label(member);
}

/** The hash as people compare it: its first 8 digits. */
export function shortHash(hash: Uint8Array): string {
	return toHex(hash.subarray(0, 4));
}
