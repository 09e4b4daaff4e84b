import { compareBytes, fromHex, Records } from "../bytes/bytes.js";
import { Directory } from "../names/names.js";
import type { Policy } from "./body.js";
import { type IdText, idLength } from "./node-id.js";
import { type Member, Roster } from "./roster.js";

export type { Member } from "./roster.js";

/** The highest number of a password's record. */
const lastPasswordVersion = 0xffff_ffff;

/** Two blocks that one author should never have issued both: what a person is shown. They void nothing. */
export interface Evidence {
	readonly author: IdText;
	readonly sequence: number;
	/** Hashes of the two blocks. */
	readonly hashes: readonly [Uint8Array, Uint8Array];
	/** Whether both are rotates, so that nothing counts that their author gives. */
	readonly isRotate: boolean;
}

/** Who is in the home and what each may do: what the blocks come to, by the rules of `effect.ts`. */
export class Membership {
	readonly roster: Roster;
	#latest: { readonly text: IdText; readonly member: Member | undefined } | undefined;
	#directory: Directory<Member> | undefined;
	/** Ids that were removed, the latest last. */
	readonly removedIds: Records;
	readonly policies: readonly Policy[];
	readonly passwordVersion: number;
	readonly extra: Uint8Array;

	/** `members` in their order, the removed among them left out. */
	constructor(options: {
		members: Roster;
		removed: Records;
		policies: readonly Policy[];
		passwordVersion: number;
		extra: Uint8Array;
	}) {
		this.roster = options.members;
		this.removedIds = options.removed;
		this.policies = options.policies;
		this.passwordVersion = options.passwordVersion;
		this.extra = options.extra;
	}

	/** The number of the next password's record. After the last comes 1: a record counts by its owner's signature, not by being newer. */
	get nextPasswordVersion(): number {
		return this.passwordVersion >= lastPasswordVersion ? 1 : this.passwordVersion + 1;
	}

	/** A home of which nothing is known. */
	static get none(): Membership {
		return new Membership({
			members: new Roster(),
			removed: new Records(idLength),
			policies: [],
			passwordVersion: 0,
			extra: new Uint8Array(0)
		});
	}

	/** All members, the founder first. */
	get all(): readonly Member[] {
		return [...this.roster];
	}

	get size(): number {
		return this.roster.size;
	}

	/** Member `number` in their order. Throws a RangeError when there is none. */
	at(number: number): Member {
		return this.roster.at(number);
	}

	get(id: Uint8Array | IdText): Member | undefined {
		if (typeof id !== "string") return this.roster.get(id);
		// One request asks for its peer several times.
		if (this.#latest?.text !== id) this.#latest = { text: id, member: this.roster.get(fromHex(id)) };
		return this.#latest.member;
	}

	/** Whether a node was removed: it never becomes a member again, unless the recovery key opens a new era. */
	isRemoved(id: Uint8Array | IdText): boolean {
		return this.removedIds.find(typeof id === "string" ? fromHex(id) : id) >= 0;
	}

	/** How members are shown and found: see `Directory`. */
	get directory(): Directory<Member> {
		this.#directory ??= new Directory(this);
		return this.#directory;
	}

	/** The name to show and to ask for: NAME~ID where two members' names look alike. */
	label(member: Member): string {
		return this.directory.label(member);
	}

	/** Whether a member may have device `device` of a node do what needs a grant: as an owner, or by a grant. */
	may(member: Member, action: number, node: Uint8Array, device = 0): boolean {
		if (member.isFrozen) return false;
		return member.isOwner || this.roster.grants.isGranted(member.id, action, node, device);
	}
}

/** Whether `a` and `b` are the same id. */
export function sameId(a: Uint8Array, b: Uint8Array): boolean {
	return compareBytes(a, b) === 0;
}
