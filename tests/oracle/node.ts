import { type Bundle, compareBases, mostNumber, standingOf } from "./bases.js";
import { isUncovered, window } from "./carried.js";
import { judge } from "./judge.js";
import type { Judgement, Member } from "./judgement.js";
import { limits } from "./limits.js";
import { bySequence } from "./log.js";
import { memberPlaces } from "./places.js";
import type { Rules } from "./rules.js";
import { tableOf } from "./table.js";
import { typesAfter } from "./types.js";
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
	sameRight,
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
	/** Hashes of its own blocks that it remembers; of the newest takings are enough. */
	#spoke = new Set<Hash>();
	/** Its own takings that it had lost and heard again, though they are covered: until the next base. */
	#lost: Block[] = [];
	/** How many of these were not kept. */
	#lostPlaces = 0;
	/** What it has to say again and had no place for. */
	readonly #waiting: Block[] = [];
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
	backup(): { own: Block[]; spoke: Set<Hash>; bundle: Bundle; blocks: Block[]; key: Key } {
		const { key } = this;
		return {
			own: [...this.#own],
			spoke: new Set(this.#spoke),
			bundle: this.#bundle,
			blocks: [...this.stored],
			key
		};
	}

	restore(backup: ReturnType<Node["backup"]>): void {
		this.#own = [...backup.own];
		this.#spoke = new Set(backup.spoke);
		this.#waiting.length = 0;
		this.key = backup.key;
		this.#bundle = backup.bundle;
		this.#before = undefined;
		this.#late = [];
		this.#judgement = this.#judge(backup.blocks);
	}

	#judge(blocks: Iterable<Block>): Judgement {
		const { base, opening } = this.#bundle;
		// Its own takings count as if heard, and so does what the base covers and may cover no more.
		const stored = [...this.#own, ...(this.#before?.own ?? []), ...this.#late, ...this.#lost];
		return judge(base, opening, [...new Set([...blocks, ...stored])], this.#rules);
	}

	/** Takes blocks in, in any order and amount, from anyone. */
	hear(blocks: Iterable<Block>): void {
		const heard = [...blocks].filter(block => !this.#judgement.kept.has(block));
		if (heard.length === 0) return;
		this.#know(heard);
		// What the base before covered as well is over: who shows it would take back what was given since.
		const over = this.#coveredBefore;
		const mine = heard.filter(
			(block): block is Taking =>
				block.author === this.id &&
				block.opening === this.opening.hash &&
				this.isOwner &&
				isTaking(block) &&
				(isOf(block, "remove") || block.body.taking > over) &&
				!this.#own.includes(block) &&
				!this.#spoke.has(block.hash)
		);
		this.#settle([...this.#judgement.kept, ...heard]);
		// Under a key that is not here, nobody can say whether it is its own; under one that ended, it may be a thief's.
		const { keys = [], rivals = [] } = this.#judgement.chains.get(this.id) ?? {};
		const lost = mine.filter(({ key }) => keys.at(-1) === key || rivals.some(({ body }) => body.to === key));
		this.#fall();
		this.#own = [...new Set([...this.#own, ...heard.filter(block => this.#isMine(block))])];
		for (const block of heard) if (this.#isMine(block)) this.#spoke.add(block.hash);
		for (const block of lost) {
			const isKept = this.#judgement.kept.has(block);
			if (!isKept && this.#lostPlaces === limits.lostPlaces) continue;
			if (!isKept) this.#lostPlaces += 1;
			this.#lost.push(block);
			this.#takeAgain(block);
		}
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

	/** A taking of its own that it had lost, and that the ruling base counts as covered though its maker may not have known it. */
	#takeAgain(block: Block): void {
		this.#spoke.add(block.hash);
		if (this.#judgement.kept.has(block) || !this.#rules.lostTakingsAreTakenAgain) return;
		const { members, grants } = this.#judgement;
		if (isOf(block, "remove")) {
			const targets = block.body.targets.filter(id => members.has(id) && members.get(id)?.rank !== "owner");
			if (targets.length > 0) this.wish({ kind: "remove", targets });
		} else if (isOf(block, "withdraw")) {
			const { right } = block.body;
			if (grants.some(grant => overlaps(grant, right))) this.wish({ kind: "withdraw", right });
		} else if (isOf(block, "demand")) {
			const { right } = block.body;
			if (members.has(right.node) && !this.#judgement.demands.some(other => sameRight(other, right)))
				this.wish({ kind: "demand", right });
		}
	}

	/** Its own blocks that it does not know: it was restored from a backup. It goes on after them. */
	#isMine(block: Block): boolean {
		const isHere = block.base === this.base.hash || isTaking(block);
		return block.author === this.id && isHere && this.#judgement.kept.has(block);
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

	#fall(): void {
		const before = this.#before;
		if (before === undefined || standingOf(this.#bundle, this.#rules) === "good") return;
		this.take({ ...before.bundle, rotates: this.#bundle.rotates });
	}

	/** Takes a base in, if it proves itself and comes before the one that rules here; the rotates that come with it first, in any case. */
	take(offered: Bundle): boolean {
		if (offered.opening.hash === this.opening.hash) this.hear(offered.rotates);
		return this.#takeBase(offered);
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
		const again = this.#before?.bundle.base.hash === bundle.base.hash ? this.#before.own : [];
		this.#before = sameEra ? { bundle: old, own } : undefined;
		this.#bundle = bundle;
		if (!sameEra) {
			this.#late = [];
			this.#lost = [];
			this.#lostPlaces = 0;
			this.#own = [];
			this.#left.clear();
			this.#settle(bundle.rotates);
			return;
		}
		const { removed } = bundle.base.table;
		const left = [...new Set([...this.#left, ...removedBefore])].filter(id => !removed.includes(id));
		this.#left = new Set(left.slice(-limits.removed));
		const covered = bundle.base.table.covered.get(this.id) ?? 0;
		const took = own.filter(isTaking);
		// Who has such numbers counted them under a base that fell.
		const isAbove = took.some(({ body }) => body.taking > this.#mostTakings);
		// Under a base to which it returns, its own log is what it was.
		this.#own = [...new Set([...again, ...took.sort(byNumber).slice(0, limits.carriedPlaces)])];
		this.#settle([...stored, ...bundle.rotates]);
		this.#lost = [];
		this.#lostPlaces = 0;
		this.#late = offer.filter(block => isTaking(block) && !this.#judgement.kept.has(block));
		this.#reissue([...this.#waiting.splice(0), ...own]);
		const last = bundle.base.table.last.get(this.id);
		// What was counted was signed with its key and is not its own: the table may not show what it took.
		const isOther = covered > 0 && (last === undefined || !this.#spoke.has(last));
		took.sort((a, b) => a.body.taking - b.body.taking || a.hash - b.hash);
		for (const block of took) if (isOther || isAbove || isOf(block, "remove")) this.#takeAgain(block);
	}

	/** What it said under the base before and the new table does not show, it says again; what gives a right, only a person says again. */
	#reissue(waiting: readonly Block[]): void {
		const { base } = this;
		const own = [...new Set(waiting)].sort(bySequence);
		const described = own.filter(block => isOf(block, "describe")).pop();
		for (const block of own) {
			if (block.base === base.hash || (isOf(block, "describe") && block !== described)) continue;
			if (!this.#hasRoom()) {
				if (!isTaking(block)) this.#waiting.push(block);
				continue;
			}
			const { body } = block;
			if (this.#says(body)) continue;
			if (body.kind === "add") {
				const { id, number } = body.statement;
				const isFresh = number === base.number || number + 1 === base.number;
				const maySponsor = this.#judgement.members.get(this.id)?.rank !== "provisional";
				if (maySponsor && isFresh && !this.#judgement.members.has(id) && !this.#judgement.removed.has(id))
					this.#issueBody(body);
			} else if (body.kind === "confirm") {
				const member = this.#judgement.members.get(body.target);
				if (
					member !== undefined &&
					(member.rank === "provisional" || (member.guards & body.guards) !== body.guards)
				)
					this.#issueBody(body);
			} else if (body.kind === "describe") {
				const row = this.#judgement.members.get(this.id);
				const types = typesAfter(row?.types ?? [], body.types, this.#rules);
				if (row !== undefined && (row.name !== body.name || row.types.join() !== types.join()))
					this.#issueBody(body);
			} else if (body.kind === "grant" && !this.#rules.grantsAreNotReissued) {
				if (!base.table.grants.some(right => sameRight(right, body.right))) this.#issueBody(body);
			}
		}
	}

	/** Whether its log here says it already, though it has no effect. */
	#says(body: Body): boolean {
		const log = this.#judgement.logs.get(this.id)?.blocks ?? [];
		return log.some(block => {
			if (body.kind === "add") return isOf(block, "add") && block.body.statement.id === body.statement.id;
			if (body.kind === "confirm") return isOf(block, "confirm") && block.body.target === body.target;
			return body.kind === "describe" && isOf(block, "describe");
		});
	}

	/**
	 * An owner's node covers by a checkpoint what the ruling one does not: takings of other bases, and removals of a line that it left.
	 * Tells whether it made one.
	 */
	cover(): boolean {
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

	#hasRoom(): boolean {
		const member = this.#judgement.members.get(this.id);
		if (member === undefined || member.frozen || member.key !== this.key) return false;
		const places = limits.ownerPlaces - limits.ownerPlacesForTakings;
		return this.#used() < (member.rank === "owner" ? places : this.#placesHere());
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
		this.#spoke.add(block.hash);
		this.#own.push(block);
		this.#onBlock(block, this);
		this.#settle(this.#judgement.kept);
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
