import { isMissing, owedIn, takesIn, type View } from "./again.js";
import { type Bundle, compareBases, mostNumber, standingOf } from "./bases.js";
import { isUncovered, window } from "./carried.js";
import { judge } from "./judge.js";
import type { Judgement, Member } from "./judgement.js";
import { limits } from "./limits.js";
import { bySequence } from "./log.js";
import { memberPlaces } from "./places.js";
import type { Rules } from "./rules.js";
import { tableOf } from "./table.js";
import {
	type Base,
	type Block,
	type Body,
	type Hash,
	type Id,
	isOf,
	isTaking,
	type Key,
	overlaps,
	type Right,
	type Statement,
	type Taking
} from "./words.js";

/** A body before its author's node has given it its number. */
export type Wish =
	| Exclude<Body, { kind: "remove" | "withdraw" | "demand" | "rotate" }>
	| { readonly kind: "remove"; readonly targets: readonly Id[] }
	| { readonly kind: "withdraw"; readonly right: Right }
	| { readonly kind: "demand"; readonly right: Right }
	| { readonly kind: "rotate"; readonly to: Key };

/** The highest number first, then the order of logs. */
const byNumber = (a: Taking, b: Taking): number => b.body.taking - a.body.taking || bySequence(a, b);

/** What gets its hash when it is made. */
export type Unsigned = Omit<Block, "hash"> | Omit<Base, "hash">;

/** One honest node: what it stores, what it takes in, and what it does by itself. */
export class Node {
	readonly id: Id;
	key: Key;
	readonly #rules: Rules;
	readonly #hash: (made: Unsigned) => Hash;
	readonly #onBlock: (block: Block, node: Node) => void;
	readonly #onBase: (base: Base, node: Node) => void;
	#bundle: Bundle;
	/** The base before, to return to when the ruling one falls. */
	#before: { readonly bundle: Bundle; readonly own: readonly Block[] } | undefined;
	#judgement: Judgement;
	/** Takings that the ruling base covers: kept until the next one. */
	#late: Block[] = [];
	/** Its own blocks in the ruling base, and its takings of other bases. */
	#own: Block[] = [];
	/** Its own takings that it had lost and heard again, though they are covered: until the next base. */
	#lost: Block[] = [];
	/** What it still had to say again when the base changed. */
	#waiting: Block[] = [];
	/** Of its own takings those that the base counts as covered and may not show. */
	#retaken = new Set<Block>();
	/** Ids removed in a line of checkpoints that it left. */
	#left = new Set<Id>();

	constructor(options: {
		id: Id;
		key: Key;
		bundle: Bundle;
		rules: Rules;
		hash: (made: Unsigned) => Hash;
		onBlock?: (block: Block, node: Node) => void;
		onBase?: (base: Base, node: Node) => void;
	}) {
		this.id = options.id;
		this.key = options.key;
		this.#bundle = options.bundle;
		this.#rules = options.rules;
		this.#hash = options.hash;
		this.#onBlock = options.onBlock ?? (() => undefined);
		this.#onBase = options.onBase ?? (() => undefined);
		this.#judgement = this.#judge([]);
	}

	get base(): Base {
		return this.#bundle.base;
	}

	/** The base to which it would return. */
	get before(): Base | undefined {
		return this.#before?.bundle.base;
	}

	get opening(): Base {
		return this.#bundle.opening;
	}

	get bundle(): Bundle {
		return this.#bundle;
	}

	get judgement(): Judgement {
		return this.#judgement;
	}

	get isOwner(): boolean {
		return this.#judgement.members.get(this.id)?.rank === "owner";
	}

	/** All that it gives to who asks. */
	get offer(): Block[] {
		return [...new Set([...this.#judgement.kept, ...this.#own])];
	}

	/** What it gives to a member: its own takings too that this node lets go as covered, for it may have lost them. */
	offerTo(id: Id): Block[] {
		return [...this.offer, ...this.#late.filter(({ author }) => author === id)];
	}

	/** All that it stores. */
	get stored(): Set<Block> {
		return new Set([...this.offer, ...this.#late]);
	}

	/** A backup of what it has, to be restored with `restore`. */
	backup(): { own: Block[]; bundle: Bundle; blocks: Block[]; key: Key } {
		const { key } = this;
		return {
			own: [...this.#own],
			bundle: this.#bundle,
			blocks: [...this.stored],
			key
		};
	}

	restore(backup: ReturnType<Node["backup"]>): void {
		this.#own = [...backup.own];
		this.#waiting = [];
		this.#lost = [];
		this.#retaken.clear();
		this.key = backup.key;
		this.#bundle = backup.bundle;
		this.#before = undefined;
		this.#late = [];
		this.#judgement = this.#judge(backup.blocks);
	}

	#judge(blocks: Iterable<Block>): Judgement {
		const { base, opening } = this.#bundle;
		// Its own takings count as if heard, and so does what the base covers and may cover no more.
		return judge(base, opening, [...new Set([...blocks, ...this.#remembered])], this.#rules);
	}

	get #remembered(): Block[] {
		return [...this.#own, ...(this.#before?.own ?? []), ...this.#waiting, ...this.#late, ...this.#lost];
	}

	/** Takes blocks in, in any order and amount, from anyone. */
	hear(blocks: Iterable<Block>): void {
		this.#hear(blocks);
		this.#sayAgain();
	}

	#hear(blocks: Iterable<Block>): void {
		const heard = [...blocks].filter(block => !this.#judgement.kept.has(block));
		if (heard.length === 0) return;
		this.#know(heard);
		const known = new Set(this.#remembered);
		this.#settle([...this.#judgement.kept, ...heard]);
		const kept = heard.filter(block => block.author === this.id && this.#judgement.kept.has(block));
		this.#own = [...new Set([...this.#own, ...kept])];
		for (const block of heard) {
			if (known.has(block) || this.#judgement.kept.has(block) || !this.#isLost(block)) continue;
			if (this.#lost.length === limits.lostPlaces) break;
			this.#lost.push(block);
			this.#retaken.add(block);
		}
		this.#fall();
	}

	/** A taking of its own that it had lost, and that the ruling base counts as covered though its maker may not have known it. */
	#isLost(block: Block): boolean {
		if (block.author !== this.id || block.opening !== this.opening.hash || !this.isOwner || !isTaking(block))
			return false;
		// What the base before covered as well is over: who shows it would take back what was given since.
		if (!isOf(block, "remove") && block.body.taking <= this.#coveredBefore) return false;
		// Under a key that is not here, nobody can say whether it is its own; under one that ended, it may be a thief's.
		const { keys = [], rivals = [] } = this.#judgement.chains.get(this.id) ?? {};
		return keys.at(-1) === block.key || rivals.some(({ body }) => body.to === block.key);
	}

	/** What the base before covered of its takings; a base from which it returned says nothing. */
	get #coveredBefore(): number {
		const base = this.before;
		if (!this.#rules.takingsCoveredTwiceAreOver || base === undefined || base.number >= this.base.number)
			return 0;
		return base.table.covered.get(this.id) ?? 0;
	}

	/** The highest number that its takings can have: higher ones come from a base that fell. */
	get #mostTakings(): number {
		const covered = this.base.table.covered.get(this.id) ?? 0;
		return Math.min(covered + window, limits.ownerPlaces * (this.base.number + 1));
	}

	#settle(blocks: Iterable<Block>): void {
		this.#judgement = this.#judge(blocks);
		const rotates = [...this.#judgement.kept].filter(
			block =>
				isOf(block, "rotate") &&
				this.opening.table.rows.some(({ id, rank }) => id === block.author && rank === "owner")
		);
		this.#bundle = { ...this.#bundle, rotates };
	}

	/** Owners' rotates prove bases, and end them. */
	#know(blocks: readonly Block[]): void {
		const rotates = [...new Set([...this.#bundle.rotates, ...blocks.filter(block => isOf(block, "rotate"))])];
		this.#bundle = { ...this.#bundle, rotates };
		if (this.#before !== undefined)
			this.#before = { ...this.#before, bundle: { ...this.#before.bundle, rotates } };
	}

	/** The base before rules again where the other fell, or where it counts again itself. */
	#fall(): void {
		const before = this.#before;
		if (before === undefined) return;
		this.#takeBase({ ...before.bundle, rotates: this.#bundle.rotates });
	}

	/** Takes a base in, if it proves itself and comes before the one that rules here; the rotates that come with it first, in any case. */
	take(offered: Bundle): boolean {
		if (offered.opening.hash === this.opening.hash) this.#hear(offered.rotates);
		const isTaken = this.#takeBase(offered);
		this.#sayAgain();
		return isTaken;
	}

	#takeBase(offered: Bundle): boolean {
		if (offered.base.hash === this.base.hash) return false;
		const sameEra = offered.opening.hash === this.opening.hash;
		const rotates = sameEra ? [...new Set([...offered.rotates, ...this.#bundle.rotates])] : offered.rotates;
		const bundle = { ...offered, rotates };
		const standing = standingOf(bundle, this.#rules);
		const mine = standingOf(sameEra ? { ...this.#bundle, rotates } : this.#bundle, this.#rules);
		if (standing === "false") return false;
		const a = { base: bundle.base, standing };
		// A third rival with a lower hash leaves a key, and so this base, without proof; its era stays what it is.
		const b = { base: this.base, standing: mine === "false" ? ("fallen" as const) : mine };
		if (compareBases(a, b, this.#rules) <= 0) return false;
		this.#change(bundle);
		return true;
	}

	#change(bundle: Bundle): void {
		const old = this.#bundle;
		const stored = this.stored;
		const { offer } = this;
		const own = this.#own;
		const removedBefore = this.#judgement.removed;
		const sameEra = old.opening.hash === bundle.opening.hash;
		const isReturn = this.#before?.bundle.base.hash === bundle.base.hash;
		const again = isReturn ? [...(this.#before?.own ?? []), ...this.#waiting, ...this.#lost] : [];
		this.#waiting = this.#owed;
		this.#before = sameEra ? { bundle: old, own } : undefined;
		this.#bundle = bundle;
		this.#retaken.clear();
		if (!sameEra) {
			this.#late = [];
			this.#lost = [];
			this.#waiting = [];
			this.#own = [];
			this.#left.clear();
			this.#settle(bundle.rotates);
			return;
		}
		const { removed } = bundle.base.table;
		const left = [...new Set([...this.#left, ...removedBefore])].filter(id => !removed.includes(id));
		this.#left = new Set(left.slice(-limits.removed));
		const covered = bundle.base.table.covered.get(this.id) ?? 0;
		const newest = own.filter(isTaking).sort(byNumber).slice(0, limits.carriedPlaces);
		// Under a base to which it returns, its own log is what it was.
		this.#own = [...new Set([...again, ...newest])];
		this.#settle([...stored, ...bundle.rotates]);
		this.#lost = [];
		this.#late = offer.filter(block => isTaking(block) && !this.#judgement.kept.has(block));
		// What was counted was signed with its key and is not its own: the table may not show what it took.
		const last = bundle.base.table.last.get(this.id);
		const took = [...new Set([...this.#own, ...own])].filter(isTaking);
		const isOther = covered > 0 && !took.some(({ hash }) => hash === last);
		// Who has such numbers counted them under a base that fell.
		const isAbove = took.some(({ body }) => body.taking > this.#mostTakings);
		if (isOther || isAbove) this.#retaken = new Set(took);
	}

	/** What gives a right, only a person says again. */
	get #owed(): Block[] {
		return owedIn(this.#view, [...new Set([...(this.#before?.own ?? []), ...this.#waiting])]);
	}

	get #view(): View {
		return { id: this.id, base: this.base, judgement: this.#judgement, rules: this.#rules };
	}

	/** What it said under the base before and the new table does not show, it says again, as far as there is a place; then what it took. */
	#sayAgain(): void {
		for (;;) {
			this.#forgetShown();
			const body = this.#nextAgain();
			if (body === undefined) return;
			const block = this.#issueBody(body);
			if (!this.#judgement.kept.has(block)) return;
		}
	}

	/** What shows needs not be taken again, and never will by this: what somebody gives later is given under a base that covers it. */
	#forgetShown(): void {
		const { kept } = this.#judgement;
		for (const block of this.#retaken)
			if (kept.has(block) || !isMissing(this.#judgement, block.body)) this.#retaken.delete(block);
	}

	#nextAgain(): Body | undefined {
		const member = this.#judgement.members.get(this.id);
		if (member === undefined) return undefined;
		const isOwner = member.rank === "owner";
		const room = (isOwner ? limits.ownerPlaces : this.#placesHere()) - this.#used();
		const [give] = this.#mayAct(member, false) ? this.#owed : [];
		if (give !== undefined && room > (isOwner ? limits.ownerPlacesForTakings : 0)) return give.body;
		if (!isOwner || !this.#mayAct(member, true) || room <= 0 || this.takings >= this.#mostTakings)
			return undefined;
		const own = [...new Set([...this.#own, ...(this.#before?.own ?? []), ...this.#lost])];
		const [take] = this.#rules.lostTakingsAreTakenAgain ? takesIn(this.#view, own, this.#retaken) : [];
		return take && { ...take, taking: this.takings + 1 };
	}

	/**
	 * An owner's node covers by a checkpoint what the ruling one does not: takings of other bases, and removals of a line that it left.
	 * Tells whether it made one.
	 */
	cover(): boolean {
		const isMade = this.#cover();
		this.#sayAgain();
		return isMade;
	}

	#cover(): boolean {
		if (!this.isOwner) return false;
		const { base } = this;
		const table = this.#table();
		const carries = [...this.#judgement.carried.values()].flat();
		const advances = [...table.covered].some(
			([id, count]) =>
				count > (base.table.covered.get(id) ?? 0) &&
				carries.some(block => block.author === id && isUncovered(base, block, this.#rules))
		);
		// Of ids that nobody knows a full list has no room for more than it lets go.
		const { rows, removed } = base.table;
		const hasRoom = removed.length < limits.removed;
		const isOwed = (id: Id): boolean => (hasRoom && !removed.includes(id)) || rows.some(row => row.id === id);
		const shows = carries.some(
			block =>
				!isUncovered(base, block, this.#rules) && isOf(block, "remove") && block.body.targets.some(isOwed)
		);
		const here = [...rows.map(({ id }) => id), ...this.#judgement.members.keys()];
		const left = this.#rules.lineChangeBringsRemovals && here.some(id => this.#mayBringRemovalOf(id));
		const owned = this.#taken > (base.table.covered.get(this.id) ?? 0) + this.#ownTakingsHere();
		return (advances || shows || left || owned) && this.checkpoint();
	}

	#mayBringRemovalOf(id: Id): boolean {
		return (
			this.#left.has(id) &&
			!this.base.table.removed.includes(id) &&
			!this.opening.table.rows.some(row => row.id === id && row.rank === "owner")
		);
	}

	/** Its takings that are kept or its own, the newest first; those beyond what there can have been come from a base that fell. */
	get #took(): Taking[] {
		const kept = [...this.#judgement.kept].filter(({ author }) => author === this.id);
		const all = [...new Set([...this.#own, ...kept])].filter(isTaking);
		return all.filter(({ body }) => body.taking <= this.#mostTakings).sort(byNumber);
	}

	/** The number of its last taking that is here, or covered. */
	get #taken(): number {
		const covered = this.base.table.covered.get(this.id) ?? 0;
		return Math.max(covered, this.#took[0]?.body.taking ?? 0);
	}

	/** The number of its last taking, by which the next has its own: what the base before covered may rule again. */
	get takings(): number {
		const before = this.before?.table.covered.get(this.id) ?? 0;
		return Math.max(this.#taken, before <= this.#mostTakings ? before : 0);
	}

	#lastTaking(): Hash | undefined {
		return this.#took.find(({ body }) => body.taking === this.#taken)?.hash;
	}

	#ownTakingsHere(): number {
		const first = this.base.table.covered.get(this.id) ?? 0;
		const log = this.#judgement.logs.get(this.id)?.blocks ?? [];
		return Math.max(first, ...log.filter(isTaking).map(({ body }) => body.taking)) - first;
	}

	#table(password?: number): ReturnType<typeof tableOf> {
		const options = {
			base: this.base,
			opening: this.opening,
			judgement: this.#judgement,
			rules: this.#rules,
			signer: { id: this.id, takings: this.#taken, last: this.#lastTaking() },
			alsoRemoved: this.#rules.lineChangeBringsRemovals ? this.#left : []
		};
		return tableOf(password === undefined ? options : { ...options, password });
	}

	/** Makes a checkpoint: for this it needs no room, and nobody. */
	checkpoint(password?: number): boolean {
		const { base } = this;
		const member = this.#judgement.members.get(this.id);
		if (member?.rank !== "owner" || !this.#mayAct(member, true) || base.number >= mostNumber) return false;
		const unsigned = {
			era: base.era,
			opening: base.opening,
			number: base.number + 1,
			signer: this.id,
			key: this.key,
			table: this.#table(password)
		};
		const made: Base = { ...unsigned, hash: this.#hash(unsigned) };
		for (const count of made.table.covered.values())
			if (count > limits.ownerPlaces * made.number) return false;
		this.#onBase(made, this);
		return this.take({ ...this.#bundle, base: made });
	}

	/** Says what its person wants; false when the rules leave no room or no right for it. */
	wish(wish: Wish): Block | undefined {
		const member = this.#judgement.members.get(this.id);
		// Restored from a backup it may hold a key that has ended, and knows it once it has heard its own rotate.
		const takes = wish.kind === "remove" || wish.kind === "withdraw" || wish.kind === "demand";
		if (member === undefined || !this.#mayAct(member, takes)) return undefined;
		const isOwner = member.rank === "owner";
		if (wish.kind === "add" && member.rank === "provisional") return undefined;
		if (wish.kind === "rotate") return this.#rotate(wish.to);
		if (takes || wish.kind === "grant" || wish.kind === "waive" || wish.kind === "confirm") {
			if (!isOwner) return undefined;
		}
		if (isOwner) {
			const isBeyond = takes && this.takings >= this.#mostTakings;
			const isFull =
				isBeyond || this.#used() >= limits.ownerPlaces - (takes ? 0 : limits.ownerPlacesForTakings);
			const isTaken = (wish.kind === "grant" || wish.kind === "waive") && this.#isTakenByOthers(wish);
			if ((isFull || isTaken) && !this.checkpoint()) return undefined;
		} else if (this.#used() >= this.#placesHere()) return undefined;
		const taking = this.takings + 1;
		switch (wish.kind) {
			case "remove":
				return this.#issueBody({ kind: "remove", taking, targets: wish.targets });
			case "withdraw":
				return this.#issueBody({ kind: "withdraw", taking, right: wish.right });
			case "demand":
				return this.#issueBody({ kind: "demand", taking, right: wish.right });
			default:
				return this.#issueBody(wish);
		}
	}

	/** Whether its key is in force; a frozen owner still takes and covers. */
	#mayAct(member: Member, takes: boolean): boolean {
		if (!member.frozen) return member.key === this.key;
		const rivals = this.#judgement.chains.get(this.id)?.rivals ?? [];
		const mayBeIts = member.key === this.key || rivals.some(({ body }) => body.to === this.key);
		return takes && member.rank === "owner" && mayBeIts;
	}

	/** Whether a right was taken back by another owner, or in another base: then it is given over a checkpoint only. */
	#isTakenByOthers({ kind, right }: { kind: "grant" | "waive"; right: Right }): boolean {
		const taking = kind === "grant" ? "withdraw" : "demand";
		const { logs, carried } = this.#judgement;
		const here = [...logs].flatMap(([id, log]) => (id === this.id ? [] : log.blocks));
		const blocks = [
			...here,
			...[...carried.values()].flat().filter(block => isUncovered(this.base, block, this.#rules))
		];
		return blocks.some(block => isOf(block, taking) && overlaps(block.body.right, right));
	}

	#used(): number {
		const chain = this.#judgement.chains.get(this.id);
		const rotates = this.isOwner ? 0 : (chain?.rotates.length ?? 0);
		return (this.#judgement.logs.get(this.id)?.blocks.length ?? 0) + rotates;
	}

	#placesHere(): number {
		const row = this.base.table.rows.find(({ id }) => id === this.id);
		const member = this.#judgement.members.get(this.id);
		// Who is out with its sponsor and was added again has another one.
		const isMember = row !== undefined && member?.rank === "member" && member.sponsor === row.sponsor;
		return isMember ? memberPlaces(this.base, 0, this.#rules) : limits.leastPlaces;
	}

	/** Where its own log goes on: of several branches the one with most takings, then the longest, then the lowest hash. */
	#last(): Block | undefined {
		const log = this.#judgement.logs.get(this.id)?.blocks ?? [];
		const taken = new Map<Hash, number>();
		for (const block of log) {
			const before = block.previous === undefined ? 0 : (taken.get(block.previous) ?? 0);
			taken.set(block.hash, isTaking(block) ? block.body.taking : before);
		}
		const count = (block: Block): number => taken.get(block.hash) ?? 0;
		return [...log].sort((a, b) => count(b) - count(a) || b.sequence - a.sequence || a.hash - b.hash)[0];
	}

	#issueBody(body: Body): Block {
		const last = this.#last();
		const unsigned = {
			opening: this.base.opening,
			number: this.base.number,
			base: this.base.hash,
			author: this.id,
			key: this.key,
			sequence: last === undefined ? 0 : last.sequence + 1,
			previous: last?.hash,
			body
		};
		const block: Block = { ...unsigned, hash: this.#hash(unsigned) };
		this.#own.push(block);
		this.#onBlock(block, this);
		this.#settle(this.#judgement.kept);
		this.#forgetShown();
		return block;
	}

	#rotate(to: Key): Block | undefined {
		const chain = this.#judgement.chains.get(this.id);
		const member = this.#judgement.members.get(this.id);
		if (chain === undefined || member === undefined) return undefined;
		if (chain.rotates.length >= (this.isOwner ? limits.ownerTurns : limits.memberTurns)) return undefined;
		if (!this.isOwner && this.#used() >= this.#placesHere()) return undefined;
		// What stands alone under the old key would not outlive it.
		if ((this.#judgement.carried.get(this.id) ?? []).length > 0) this.checkpoint();
		const body = { kind: "rotate", turn: member.turn + 1, to, proof: true, takings: this.#taken } as const;
		const block = this.#issueBody(body);
		this.key = to;
		return block;
	}

	/** A joiner's statement for an add under this node's base. */
	statement(key: Key, id: Id, name: string, types: readonly number[]): Statement {
		const { opening, number } = this.base;
		return { id, key, name, types, sponsor: this.id, opening, number, signed: true };
	}
}
