import { compareBytes, fromHex } from "../bytes/bytes.js";
import { adminAction } from "./body.js";
import type { Grant } from "./grants.js";
import { type IdText, idText } from "./node-id.js";
import { type Member, type MemberRow, Roster } from "./roster.js";

export type { Member } from "./roster.js";

/** Most members of a home. */
export const membersLimit = 64;

/** A grant, and whose it is. */
export interface GivenGrant extends Grant {
	readonly id: Uint8Array;
}

/** Two blocks that one author should never have issued both: what a person is shown. */
export interface Evidence {
	readonly author: IdText;
	readonly sequence: number;
	/** Hashes of the two blocks. */
	readonly hashes: readonly [Uint8Array, Uint8Array];
	/** Whether both are rotates, so that neither key may act. */
	readonly isRotate: boolean;
}

/** Who is in the home and what each may do: what the blocks come to, by the rules of `effect.ts`. */
export class Membership {
	readonly #members: Roster;
	#latest: { readonly text: IdText; readonly member: Member | undefined } | undefined;
	readonly #removed: ReadonlySet<IdText>;
	/** Blocks that contradict each other. */
	readonly evidence: readonly Evidence[];
	/** The sequence of the recovery key's next block. */
	readonly recoveryNext: number;

	/** `members` in their order, the removed among them left out. */
	constructor(options: {
		members: Roster;
		removed: ReadonlySet<IdText>;
		evidence: readonly Evidence[];
		recoveryNext: number;
	}) {
		this.#members = options.members;
		this.#removed = options.removed;
		this.evidence = options.evidence;
		this.recoveryNext = options.recoveryNext;
	}

	/** A home of which nothing is known. */
	static get none(): Membership {
		return new Membership({ members: new Roster(), removed: new Set(), evidence: [], recoveryNext: 0 });
	}

	/** The same with these in place of what was known of them, or at the end, and with one more grant. */
	with(rows: readonly MemberRow[], given?: GivenGrant): Membership {
		const { evidence, recoveryNext } = this;
		const removed = this.#removed;
		const members = this.rosterWith(rows);
		if (given !== undefined) members.grants.give(given.id, given);
		return new Membership({ members, removed, evidence, recoveryNext });
	}

	/** The members with these in place of what was known of them, or at the end, for a checkpoint's table. */
	rosterWith(rows: readonly MemberRow[]): Roster {
		const roster = this.#members.copy();
		for (const row of rows) roster.put(row);
		return roster;
	}

	/** All members, the founder first, then in the order of their blocks. */
	get all(): readonly Member[] {
		return [...this.#members];
	}

	get size(): number {
		return this.#members.size;
	}

	get(id: Uint8Array | IdText): Member | undefined {
		if (typeof id !== "string") return this.#members.get(id);
		// One request asks for its peer several times.
		if (this.#latest?.text !== id) this.#latest = { text: id, member: this.#members.get(fromHex(id)) };
		return this.#latest.member;
	}

	/** Whether a node was removed: it never becomes a member again. */
	isRemoved(id: Uint8Array | IdText): boolean {
		return this.#removed.has(typeof id === "string" ? id : idText(id));
	}

	/** The ids that were removed, ascending. */
	get removed(): readonly Uint8Array[] {
		return [...this.#removed].sort().map(fromHex);
	}

	/** Members of that name: several after two sponsors admitted the same name apart from each other. */
	named(name: string): readonly Member[] {
		return this.#members.named(name);
	}

	/** The name to show and to ask for: NAME~ID where two members share a name. */
	label(member: Member): string {
		return this.named(member.name).length > 1 ? `${member.name}~${member.idText}` : member.name;
	}

	/** Whether a member may have `device` do what needs a grant: by its rank, or by the last grant in order. */
	may(member: Member, action: number, device: Uint8Array): boolean {
		if (action === adminAction || member.isFrozen) return false;
		return member.isAdmin || this.#members.grants.isGranted(member.id, action, device);
	}
}

/** Whether `a` and `b` are the same id. */
export function sameId(a: Uint8Array, b: Uint8Array): boolean {
	return compareBytes(a, b) === 0;
}
