import { equalBytes, type Records } from "../bytes/bytes.js";
import { isUncovered } from "./author-log.js";
import type { Bases } from "./bases.js";
import type { Block } from "./block.js";
import { Flag, Role } from "./block-role.js";
import { type AddBody, type Body, checkpointLimit, Kind, prefixLength, takingOf } from "./body.js";
import { BlockError } from "./chain-error.js";
import { permissionsMeet, scopesMeet } from "./grants.js";
import type { Judge } from "./judge.js";
import type { Logs } from "./logs.js";
import type { Membership } from "./membership.js";
import { OwnTakings } from "./own-takings.js";
import { uncoveredOf } from "./permissions.js";
import { Reissue } from "./reissue.js";
import { coveredIn, removedLimit } from "./table.js";

/** What this node has to do by itself now. */
export interface Duties {
	/** This node is an owner, and its checkpoint would cover what the base does not. */
	readonly covers: boolean;
	/** Places are three quarters full, or somebody has a new key since the base: the first owner makes a checkpoint. */
	readonly tidies: boolean;
	/**
	 * An owner admitted somebody since the base: they are members by what it says, so with its key they could be lost, until
	 * the first owner makes a checkpoint.
	 */
	readonly settles: boolean;
	/** What it has to say again, in order, only as much as has a place now. */
	readonly again: readonly Body[];
	/** Whom it admitted and the base left out, where they would have to sign again for this base. */
	readonly lapsed: readonly AddBody[];
}

/** What a node does by itself, as questions to what is here. */
export class OwnDuties {
	readonly #logs: Logs;
	readonly #bases: Bases;
	readonly #judge: Judge;
	readonly #members: () => Membership;
	readonly #self: Uint8Array | undefined;
	readonly #reissue: Reissue | undefined;

	constructor(options: {
		logs: Logs;
		bases: Bases;
		judge: Judge;
		members: () => Membership;
		self: Uint8Array | undefined;
	}) {
		const { logs, judge, members, self } = options;
		this.#logs = logs;
		this.#bases = options.bases;
		this.#judge = judge;
		this.#members = members;
		this.#self = self;
		this.#reissue = self && new Reissue({ logs, judge, members, self });
	}

	get now(): Duties {
		if (!this.#logs.shelf.hasBase)
			return { covers: false, tidies: false, settles: false, again: [], lapsed: [] };
		const { again = [], lapsed = [] } = this.#reissue ?? {};
		return { covers: this.covers, tidies: this.tidies, settles: this.settles, again, lapsed };
	}

	/** Grants and waives of this node that a new base left out. */
	get notReissued(): readonly Block[] {
		return this.#logs.shelf.hasBase ? (this.#reissue?.leftOut ?? []) : [];
	}

	/** The slots of this node's blocks of the base before that still have to be said again. */
	get owed(): readonly number[] {
		return this.#reissue?.owed ?? [];
	}

	/** A taking of this node's that it had lost came from somebody. */
	foundLost(blocks: readonly Block[]): void {
		this.#reissue?.foundLost(blocks);
	}

	/** To be told after each change. */
	changed(): void {
		this.#reissue?.forgetShown();
	}

	/** There is another base. `isSameEra`: of an era that has begun before. */
	changedBase(isSameEra: boolean): void {
		this.#reissue?.changedBase(isSameEra);
	}

	/**
	 * An owner's node makes a checkpoint before what its person asks: when its log is full, or its takings have as high a number
	 * as they can have under this base; before a rotate, when takings of its
	 * own stand alone; before a grant or waive that is touched by an uncovered taking which is not its own of this base.
	 */
	needsCheckpoint(author: Uint8Array, body: Body): boolean {
		if (!this.#logs.shelf.hasBase || !this.#logs.isOwner(author)) return false;
		if (body.kind === Kind.rotate) return this.standsAlone(author);
		if (takingOf(body) > 0) {
			const { next, most } = new OwnTakings(this.#logs, author);
			if (next > most) return true;
		}
		return !this.#judge.hasRoom(author, body) || this.isTakenByOthers(author, body);
	}

	private standsAlone(author: Uint8Array): boolean {
		const { index } = this.#logs;
		for (let number = index.firstOf(author); index.isBy(number, author); number += 1) {
			if (index.role(number) === Role.alone) return true;
		}
		return false;
	}

	private isTakenByOthers(author: Uint8Array, body: Body): boolean {
		if (body.kind !== Kind.grant && body.kind !== Kind.waive) return false;
		const { index, contents } = this.#logs;
		return uncoveredOf(this.#logs, body.kind === Kind.grant ? Kind.withdraw : Kind.demand).some(number => {
			if (index.isBy(number, author) && index.role(number) === Role.log) return false;
			if (body.kind === Kind.grant) return permissionsMeet(contents.grant(index.slot(number)), body);
			const demand = contents.policy(index.slot(number));
			if (demand === undefined || !scopesMeet(demand, body)) return false;
			return (demand.asksTwo && body.asksTwo) || (demand.autoLock !== null && body.autoLock);
		});
	}

	/**
	 * An owner's node covers by a checkpoint what the ruling one does not: takings that stand alone and raise a c or add a removed
	 * id, ids removed in a line that it left and that are here now, own takings above c and those in its log here.
	 */
	private get covers(): boolean {
		const self = this.#self;
		if (self === undefined || this.#members().get(self)?.isOwner !== true) return false;
		const { base } = this.#logs;
		const own = new OwnTakings(this.#logs, self);
		if (!this.advances(own) && !this.bringsLeft(this.#bases.left) && own.last <= this.takenHere(self))
			return false;
		try {
			this.#bases.tableOver(self);
		} catch (error) {
			if (error instanceof BlockError) return false;
			throw error;
		}
		return base.number < checkpointLimit;
	}

	private advances(own: OwnTakings): boolean {
		const { index, contents, base, owners } = this.#logs;
		for (const { id } of owners) {
			const covered = coveredIn(base.table, id);
			for (let number = index.firstOf(id); index.isBy(number, id); number += 1) {
				if (index.role(number) !== Role.alone) continue;
				if (!isUncovered(index.value(number), covered)) {
					if (contents.removed(index.slot(number)).some(other => this.addsRemoved(other))) return true;
				} else if (this.#bases.coverOf(id, own).taking > covered) return true;
			}
		}
		return false;
	}

	/** Whether a table has to list an id: of those that nobody knows a full list has no room for more than it lets go. */
	private addsRemoved(id: Uint8Array): boolean {
		const { members, removed } = this.#logs.base.table;
		return members.has(id) || (removed.count < removedLimit && removed.find(id) < 0);
	}

	private bringsLeft(left: Records): boolean {
		const { members, removed } = this.#logs.base.table;
		for (let number = 0; number < left.count; number += 1) {
			const id = left.at(number);
			const isHere = members.has(id) || this.#members().roster.has(id);
			if (isHere && removed.find(id) < 0 && !this.#logs.isOwner(id)) return true;
		}
		return false;
	}

	/** The highest number of this node's takings that is covered or in its log here. */
	private takenHere(self: Uint8Array): number {
		const { index, base } = this.#logs;
		let last = coveredIn(base.table, self);
		for (const number of this.#logs.logOf(self))
			if (index.isTaking(number)) last = Math.max(last, index.value(number));
		return last;
	}

	private get tidies(): boolean {
		const { index, contents, base } = this.#logs;
		const prefix = base.hash.subarray(0, prefixLength);
		for (let number = 0; number < index.length; number += 1) {
			if (index.role(number) !== Role.rotate) continue;
			if (
				!this.#logs.isOwner(index.author(number)) ||
				equalBytes(contents.ending(index.slot(number)).base, prefix)
			)
				return true;
		}
		for (let number = 0; number < index.length; number += 1) {
			const author = index.author(number);
			if (index.role(number) !== Role.log || (number > 0 && index.isBy(number - 1, author))) continue;
			if (this.#judge.usedBy(author) * 4 >= this.#judge.placesOf(author) * 3) return true;
		}
		return false;
	}

	private get settles(): boolean {
		const { index } = this.#logs;
		for (let number = index.nextOf(Kind.add, 0); number >= 0; number = index.nextOf(Kind.add, number + 1)) {
			if (index.hasFlag(number, Flag.admits) && this.#logs.isOwner(index.author(number))) return true;
		}
		return false;
	}
}
