import { equalBytes } from "../bytes/bytes.js";
import { takingWindow } from "./author-log.js";
import { ownerPlaces } from "./base.js";
import type { Block } from "./block.js";
import { Flag, Role } from "./block-role.js";
import {
	type AddBody,
	type Body,
	type DemandBody,
	Kind,
	prefixLength,
	type RemoveBody,
	type WithdrawBody
} from "./body.js";
import { permissionsMeet, scopesMeet } from "./grants.js";
import type { Judge } from "./judge.js";
import type { Logs } from "./logs.js";
import type { Membership } from "./membership.js";
import { OwnTakings } from "./own-takings.js";
import { isSameDevice } from "./policies.js";
import { coverIn } from "./table.js";
import { foldedTypes } from "./types.js";

type TakingBody = RemoveBody | WithdrawBody | DemandBody;

/** How many bases back what a joiner signed may lie, for it to be asked to sign it again. */
export const lapseLimit = 64;
/** Most whom this node admitted and whom it still may have sign again. */
const lapsedLimit = 8;
/** An owner's last places are for what it takes. */
const reservedPlaces = 2;

/** What a node says again by itself after a change of base. */
export class Reissue {
	readonly #logs: Logs;
	readonly #judge: Judge;
	readonly #members: () => Membership;
	readonly #self: Uint8Array;
	/** Hashes of withdraws and demands of its own that the base counts as covered and may not show. */
	#retaken: Uint8Array[] = [];

	constructor(options: { logs: Logs; judge: Judge; members: () => Membership; self: Uint8Array }) {
		this.#logs = options.logs;
		this.#judge = options.judge;
		this.#members = options.members;
		this.#self = options.self;
	}

	/** A taking of its own that it had lost, and that the base covers. */
	foundLost(blocks: readonly Block[]): void {
		for (const { hash } of blocks) this.#retaken.push(hash.slice(0, prefixLength));
	}

	/**
	 * What shows needs not be taken again, and never will by this: what somebody gives later is given under a base that covers it.
	 * To be asked after each change.
	 */
	forgetShown(): void {
		if (this.#retaken.length === 0) return;
		const { index, shelf } = this.#logs;
		this.#retaken = this.#retaken.filter(hash => {
			const number = index.find(hash);
			return (
				number >= 0 && index.role(number) === Role.none && this.isMissing(shelf.read(index.slot(number)).body)
			);
		});
	}

	/**
	 * Its takings are looked at anew if the hash beside c is of none of its own (what was counted was signed with its key by
	 * another), or if it had numbers beyond what there can have been (a base that counted them fell).
	 */
	changedBase(isSameEra: boolean): void {
		this.#retaken = [];
		if (!isSameEra || !this.#logs.isOwner(this.#self)) return;
		const { base, index } = this.#logs;
		const { taking: covered = 0, hash = null } = coverIn(base.table, this.#self) ?? {};
		const most = Math.min(covered + takingWindow, ownerPlaces * (base.number + 1));
		const own = this.ownNumbers().filter(number => index.isTaking(number));
		const isOther = covered > 0 && (hash === null || !own.some(number => index.hasHash(number, hash)));
		if (!isOther && !own.some(number => index.value(number) > most)) return;
		for (const number of own) this.#retaken.push(index.hash(number));
	}

	/** The slots of the gives of its own that still have to be said again: they wait for the next base. */
	get owed(): readonly number[] {
		const { index } = this.#logs;
		return [...this.#owed(), ...this.lapsedNumbers()].map(number => index.slot(number));
	}

	/** Its adds that the base left out and whose statement is not fresh any more: see `lapseLimit`. */
	get lapsed(): readonly AddBody[] {
		const { index, shelf } = this.#logs;
		const bodies: AddBody[] = [];
		for (const number of this.lapsedNumbers()) {
			const { body } = shelf.read(index.slot(number));
			if (body.kind === Kind.add) bodies.push(body);
		}
		return bodies;
	}

	/** What has a place now, in order: what it gave, then what it took. */
	get again(): readonly Body[] {
		const member = this.#members().get(this.#self);
		if (member === undefined || (member.isFrozen && !member.isOwner)) return [];
		const gives = member.isFrozen ? [] : this.gives();
		const takes = member.isOwner ? this.takes() : [];
		const room = this.#judge.roomOf(this.#self);
		const forGives = Math.max(0, room - (member.isOwner ? reservedPlaces : 0));
		const given = gives.slice(0, forGives);
		const { next, most } = new OwnTakings(this.#logs, this.#self);
		const taken = takes
			.slice(0, Math.max(0, Math.min(room - given.length, most + 1 - next)))
			.map((body, at): Body => ({ ...body, taking: next + at }));
		return [...given, ...taken];
	}

	/** Grants and waives that the base left out and that only a person gives again. */
	get leftOut(): readonly Block[] {
		const { index, shelf } = this.#logs;
		const blocks: Block[] = [];
		for (const number of this.leftNumbers()) {
			const kind = index.kind(number);
			if (kind !== Kind.grant && kind !== Kind.waive) continue;
			if (this.isInForce(number) || this.isTakenBack(number) || this.isOfRemoved(number)) continue;
			blocks.push(shelf.read(index.slot(number)));
		}
		return blocks;
	}

	/** Whether somebody took back what a block of its own gave: then no base left it out. */
	private isTakenBack(gift: number): boolean {
		const { index, contents } = this.#logs;
		const isGrant = index.kind(gift) === Kind.grant;
		const slot = index.slot(gift);
		for (let number = 0; number < index.length; number += 1) {
			if (index.kind(number) !== (isGrant ? Kind.withdraw : Kind.demand)) continue;
			// What it gave again lies over what it took back before that, under one base.
			const isUnder =
				index.isBy(number, this.#self) &&
				index.hasFlag(number, Flag.before) &&
				index.sequence(number) < index.sequence(gift);
			if (isUnder) continue;
			const other = index.slot(number);
			if (isGrant) {
				if (permissionsMeet(contents.grant(other), contents.grant(slot))) return true;
				continue;
			}
			const [demand, waive] = [contents.policy(other), contents.policy(slot)];
			if (demand !== undefined && waive !== undefined && scopesMeet(demand, waive)) return true;
		}
		return false;
	}

	/** Whether it is about somebody who was removed: nobody is to be told to give that again. */
	private isOfRemoved(gift: number): boolean {
		const { index, contents } = this.#logs;
		const members = this.#members();
		const slot = index.slot(gift);
		if (index.kind(gift) !== Kind.grant) {
			const node = contents.policy(slot)?.node;
			return node !== undefined && members.isRemoved(node);
		}
		const { id, node } = contents.grant(slot);
		return members.isRemoved(id) || (node !== null && members.isRemoved(node));
	}

	/** Whether a grant is in force, or what a waive asks no longer is not asked. */
	private isInForce(number: number): boolean {
		const { index, contents } = this.#logs;
		const { roster, policies } = this.#members();
		const slot = index.slot(number);
		if (index.kind(number) === Kind.grant) return roster.grants.meets(contents.grantRecord(slot));
		const word = contents.policy(slot);
		if (word === undefined) return true;
		return !policies.some(
			policy =>
				scopesMeet(policy, word) &&
				((word.asksTwo && policy.asksTwo) || (word.autoLock !== null && policy.autoLock !== null))
		);
	}

	/** Its own blocks of the base before that are not in its log here, in order. */
	private leftNumbers(): number[] {
		const { index } = this.#logs;
		return this.ownNumbers().filter(
			number => index.hasFlag(number, Flag.before) && index.role(number) === Role.none
		);
	}

	private ownNumbers(): number[] {
		const { index } = this.#logs;
		const numbers: number[] = [];
		for (let number = index.firstOf(this.#self); index.isBy(number, this.#self); number += 1) {
			if (index.hasFlag(number, Flag.own) || index.hasFlag(number, Flag.before)) numbers.push(number);
		}
		return numbers;
	}

	private gives(): Body[] {
		const { index, shelf } = this.#logs;
		return this.#owed().map(number => shelf.read(index.slot(number)).body);
	}

	/** Of each node the last add; of many nodes those whose adds came last. */
	private lapsedNumbers(): number[] {
		const { index, contents, base } = this.#logs;
		if (this.#members().get(this.#self)?.isProvisional !== false) return [];
		const numbers = this.leftNumbers().filter(number => index.kind(number) === Kind.add);
		const lapsed = numbers.filter((number, at) => {
			const id = index.subject(number);
			if (numbers.slice(at + 1).some(later => equalBytes(index.subject(later), id))) return false;
			const signedFor = contents.baseOf(index.slot(number));
			if (signedFor + 1 >= base.number || signedFor + lapseLimit < base.number) return false;
			return this.isOut(id) && !this.isSaid(number);
		});
		return lapsed.slice(-lapsedLimit);
	}

	/** Whether a node is no member, though nobody removed it. */
	private isOut(id: Uint8Array): boolean {
		const members = this.#members();
		return !members.roster.has(id) && !members.isRemoved(id);
	}

	/**
	 * Adds whose statement is fresh, confirms, and the last describe, which the base's effect does not show. No block is read for it: on
	 * a board each takes 10 milliseconds.
	 */
	#owed(): number[] {
		const { index } = this.#logs;
		const left = this.leftNumbers();
		const describe = left.filter(number => index.kind(number) === Kind.describe).pop();
		return left.filter(number => {
			const kind = index.kind(number);
			if (kind !== Kind.add && kind !== Kind.confirm && number !== describe) return false;
			return this.isOwed(number) && !this.isSaid(number);
		});
	}

	private isOwed(number: number): boolean {
		const { base, index, contents } = this.#logs;
		const members = this.#members();
		const own = members.get(this.#self);
		const slot = index.slot(number);
		switch (index.kind(number)) {
			case Kind.add: {
				const signedFor = contents.baseOf(slot);
				const isFresh = signedFor === base.number || signedFor + 1 === base.number;
				return isFresh && own?.isProvisional === false && this.isOut(index.subject(number));
			}
			case Kind.confirm: {
				const member = members.get(index.subject(number));
				const guards = index.value(number);
				const isThere = own?.isOwner === true && member !== undefined;
				return isThere && (member.isProvisional || (member.guards & guards) !== guards);
			}
			case Kind.describe: {
				const { name, types } = contents.description(slot);
				return (
					own !== undefined && (own.name !== name || !equalBytes(own.types, foldedTypes(own.types, types)))
				);
			}
			default:
				return false;
		}
	}

	/** Whether its log here says it already, though it has no effect. */
	private isSaid(number: number): boolean {
		const { index } = this.#logs;
		const kind = index.kind(number);
		return this.#logs.logOf(this.#self).some(other => {
			if (index.kind(other) !== kind) return false;
			return kind === Kind.describe || index.hasSubjectOf(other, number);
		});
	}

	/**
	 * What of its takings does not show: a remove of its own whose id is a member in any case; a withdraw of what is in force, and
	 * a demand of what is not asked, only where the base counts it as covered though its maker may not have known it.
	 */
	private takes(): TakingBody[] {
		const { index, contents, shelf } = this.#logs;
		const bodies: TakingBody[] = [];
		const removed: Uint8Array[] = [];
		const own = this.ownNumbers().filter(number => index.isTaking(number));
		for (const number of own.sort((a, b) => index.value(a) - index.value(b) || index.compareHashes(a, b))) {
			if (index.role(number) !== Role.none) continue;
			const isRetaken = this.#retaken.some(hash => index.hasHash(number, hash));
			const slot = index.slot(number);
			const isMeant =
				index.kind(number) === Kind.remove ? contents.removed(slot).some(id => this.isThere(id)) : isRetaken;
			if (!isMeant) continue;
			const { body } = shelf.read(slot);
			if (body.kind === Kind.remove) {
				const ids = body.ids.filter(id => this.isThere(id) && !removed.some(other => equalBytes(other, id)));
				removed.push(...ids);
				if (ids.length > 0) bodies.push({ ...body, ids });
			} else if ((body.kind === Kind.withdraw || body.kind === Kind.demand) && this.isMissing(body))
				bodies.push(body);
		}
		return bodies;
	}

	/** Whether what a taking took is there: a removed id is a member, a withdrawn grant in force, a demand not asked. */
	private isMissing(body: Body): boolean {
		if (body.kind === Kind.remove) return body.ids.some(id => this.isThere(id));
		if (body.kind === Kind.withdraw) return this.isGranted(body);
		return body.kind === Kind.demand && !this.isAsked(body);
	}

	private isThere(id: Uint8Array): boolean {
		return this.#members().get(id)?.isOwner === false;
	}

	private isGranted(body: WithdrawBody): boolean {
		for (const grant of this.#members().roster.grants) if (permissionsMeet(grant, body)) return true;
		return false;
	}

	private isAsked(body: DemandBody): boolean {
		const { policies, roster } = this.#members();
		if (!roster.has(body.node)) return true;
		return policies.some(
			policy =>
				isSameDevice(policy, body) &&
				(!body.asksTwo || policy.asksTwo) &&
				(body.autoLock === null || (policy.autoLock !== null && policy.autoLock <= body.autoLock))
		);
	}
}
