import { compareBytes, fromHex } from "../bytes/bytes.js";
import { adminAction } from "./body.js";
import { isGranted } from "./grants.js";
import { type IdText, idText } from "./node-id.js";
import { Rank } from "./rank.js";
import type { TableMember } from "./table.js";

/** Most members of a home. */
export const membersLimit = 64;

/** A node that belongs to the home. */
export interface Member extends TableMember {
	readonly idText: IdText;
	readonly isFounder: boolean;
	/** Whether it may remove and grant: admins and founders. */
	readonly isAdmin: boolean;
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
	readonly #members: Map<IdText, Member>;
	readonly #removed: ReadonlySet<IdText>;
	/** Blocks that contradict each other. */
	readonly evidence: readonly Evidence[];
	/** The sequence of the recovery key's next block. */
	readonly recoveryNext: number;

	/** `members` in their order, the removed among them left out. */
	constructor(options: {
		members: readonly TableMember[];
		removed: ReadonlySet<IdText>;
		evidence: readonly Evidence[];
		recoveryNext: number;
	}) {
		this.#members = new Map();
		for (const member of options.members) this.#put(member);
		this.#removed = options.removed;
		this.evidence = options.evidence;
		this.recoveryNext = options.recoveryNext;
	}

	/** A home of which nothing is known. */
	static get none(): Membership {
		return new Membership({ members: [], removed: new Set(), evidence: [], recoveryNext: 0 });
	}

	/** The same with these in place of what was known of them, or at the end. */
	with(members: readonly TableMember[]): Membership {
		const { evidence, recoveryNext } = this;
		const other = new Membership({ members: [], removed: this.#removed, evidence, recoveryNext });
		for (const [text, member] of this.#members) other.#members.set(text, member);
		for (const member of members) other.#put(member);
		return other;
	}

	#put(member: TableMember): void {
		const text = idText(member.id);
		const isFounder = member.rank === Rank.founder;
		const isAdmin = member.rank >= Rank.admin;
		this.#members.set(text, { ...member, idText: text, isFounder, isAdmin });
	}

	/** All members, the founder first, then in the order of their blocks. */
	get all(): readonly Member[] {
		return [...this.#members.values()];
	}

	get size(): number {
		return this.#members.size;
	}

	get(id: Uint8Array | IdText): Member | undefined {
		return this.#members.get(typeof id === "string" ? id : idText(id));
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
		return this.all.filter(member => member.name === name);
	}

	/** The name to show and to ask for: NAME~ID where two members share a name. */
	label(member: Member): string {
		return this.named(member.name).length > 1 ? `${member.name}~${member.idText}` : member.name;
	}

	/** Whether a member may have `device` do what needs a grant: by its rank, or by the last grant in order. */
	may(member: Member, action: number, device: Uint8Array): boolean {
		if (action === adminAction || member.isFrozen) return false;
		return member.isAdmin || isGranted(member.grants, action, device);
	}
}

/** Whether `a` and `b` are the same id. */
export function sameId(a: Uint8Array, b: Uint8Array): boolean {
	return compareBytes(a, b) === 0;
}
