import { equalBytes } from "../bytes/bytes.js";
import { runAtOnce, type Steps } from "../crypto/crypto.js";
import { Adoption } from "./adoption.js";
import { Bases, type Signer } from "./bases.js";
import { Block } from "./block.js";
import type { BlockStorage } from "./block-storage.js";
import { type Body, Kind } from "./body.js";
import { type Bundle, isOpeningOf, Offer } from "./bundle.js";
import { BlockError } from "./chain-error.js";
import { ChainView } from "./chain-view.js";
import { type Duties, OwnDuties } from "./duties.js";
import { Judge } from "./judge.js";
import { load } from "./loading.js";
import { type Later, Logs } from "./logs.js";
import type { Said, Succession } from "./next-table.js";
import { idText } from "./node-id.js";
import { OwnTakings } from "./own-takings.js";
import { type End, lostKey, Pen } from "./pen.js";
import { Removals } from "./removals.js";
import { Shelf } from "./shelf.js";

export { provisionalLimit } from "./adds.js";
export type { Signer } from "./bases.js";
export * from "./block.js";
export type { BlockStorage, TablePlace } from "./block-storage.js";
export * from "./body.js";
export { bodyFromCbor, bodyToCbor, typesIn } from "./body-format.js";
export { anchorsLimit, type Bundle, Offer } from "./bundle.js";
export * from "./chain-error.js";
export type { Duties } from "./duties.js";
export { signGenesis } from "./genesis.js";
export type { Grant } from "./grants.js";
export { type Evidence, type Member, Membership, sameId } from "./membership.js";
export type { Said, Succession } from "./next-table.js";
export * from "./node-id.js";
export * from "./rank.js";
export { lapseLimit } from "./reissue.js";
export { Roster } from "./roster.js";
export { independentOf } from "./sponsors.js";
export { membersLimit, tableLimit } from "./table.js";
export { guardsOf } from "./types.js";

/** Most rotates of owners that come with a base and cannot be taken, before the others are left alone. */
const heardFaultsLimit = 2;

/** How many blocks of each author may be stored: without it as many as there are places for, again and again. */
export interface AuthorShares {
	/** Whether one more of an author's, or of what somebody brings, may be: see `Offer.bringer`. */
	has(whose: string): boolean;
	/** One more was. */
	takes(whose: string): void;
}

/** Who issues a block, and what it says. */
export interface Issue extends Signer {
	readonly body: Body;
}

/** The blocks of one home, and what they come to. */
export class Chain extends ChainView {
	readonly #shelf: Shelf;
	readonly #logs: Logs;
	readonly #judge: Judge;
	readonly #bases: Bases;
	readonly #adoption: Adoption;
	readonly #removals: Removals;
	readonly #pen: Pen;
	readonly #duties: OwnDuties;
	readonly #self: Uint8Array | undefined;
	readonly #founded: { readonly suite: number; readonly rounds: number } | undefined;
	readonly #shares: AuthorShares | undefined;
	readonly #later: Later | undefined;
	readonly #listeners: (() => void)[] = [];
	/** Whether a base of this era was strange, and whether one was before the base that rules. */
	#alarm = { now: false, before: false };

	/**
	 * `home`: the home's id, 8 bytes; without it the first genesis block added says which home this is. `self`: this node's
	 * id, whose own blocks stay where a base left them out. `founded`: what its genesis block has to say, because this node
	 * has joined by it. `later`: has some work done in another turn of the loop, which is done at once without it. `shares`: of the
	 * blocks of who is no owner, and of the checkpoints that somebody brings, since each may make way for the next, and a flash wears.
	 */
	constructor(options: {
		storage: BlockStorage;
		home?: Uint8Array;
		self?: Uint8Array;
		founded?: { readonly suite: number; readonly rounds: number };
		later?: Later;
		shares?: AuthorShares;
	}) {
		const { storage, home, self, founded, later } = options;
		const shelf = new Shelf(storage, home);
		const logs = new Logs(shelf, self, later);
		super(logs);
		this.#self = self;
		this.#founded = founded;
		this.#shares = options.shares;
		this.#later = later;
		this.#shelf = shelf;
		const members = () => this.members;
		const judge = new Judge({ logs, members });
		this.#bases = new Bases({
			logs,
			members,
			owed: () => this.#duties.owed
		});
		this.#adoption = new Adoption({
			logs,
			bases: this.#bases,
			checkGenesis: genesis => this.checkFounded(genesis),
			hear: rotates => this.hear(rotates),
			fall: () => this.fallen(),
			checkShare: offer => this.checkShare(offer.bringer, "one checkpoint comes after the other without end")
		});
		this.#logs = logs;
		this.#judge = judge;
		this.#pen = new Pen({ logs, members });
		this.#duties = new OwnDuties({ logs, bases: this.#bases, judge, members, self });
		this.#removals = new Removals({ logs, bases: this.#bases, members });
	}

	/** Calls `listener` whenever members, ranks, keys, grants or the base may be others than before. */
	onChanged(listener: () => void): void {
		this.#listeners.push(listener);
	}

	/**
	 * Takes in what the storage holds. Signatures were checked before the blocks were written and are not checked
	 * again. What cannot be read is reported, a sentence each: peers have it too.
	 */
	load(): string[] {
		const { faults, removedBefore } = load(this.#logs);
		if (removedBefore !== undefined) this.#bases.restoreLeft(removedBefore);
		this.changed();
		return faults;
	}

	/** How many places for blocks an author has left. */
	roomOf(author: Uint8Array): number {
		return this.#shelf.hasBase ? this.#judge.roomOf(author) : 0;
	}

	/** What shows the node `id` that it was removed, in bytes for `isProofOfRemoval`; empty where it was not. */
	proofOfRemoval(id: Uint8Array): readonly Uint8Array[] {
		return this.#removals.proofOf(id);
	}

	/** The block by which the recovery key opened the era; undefined in the first one. */
	get openingBlock(): Block | undefined {
		return this.#shelf.opening?.block;
	}

	/** Whether a block opens a later era of this home, by the recovery key. One signature is checked. */
	isLaterOpening(block: Block): boolean {
		const { genesis } = this.#shelf;
		const isLater = block.body.kind === Kind.opening && block.body.era > this.eraNumber;
		return isLater && genesis !== undefined && isOpeningOf(block, genesis.block);
	}

	/** Whether a peer's proof shows that the node `id` was removed. See `judgeRemoval`. */
	isProofOfRemoval(proof: readonly Uint8Array[], id: Uint8Array): boolean {
		return runAtOnce(this.judgeRemoval(proof, id));
	}

	/** As `isProofOfRemoval`, with a pause before each check of a signature. See `Removals.judge`. */
	judgeRemoval(proof: readonly Uint8Array[], id: Uint8Array): Steps<boolean> {
		return this.#removals.judge(proof, id);
	}

	/**
	 * Checks the next signature of a block that `add` is to take: see `Judge.prepare`. Returns whether there was one; what came of it
	 * the block knows. Throws a BlockError where `add` would.
	 */
	prepare(given: Block | Uint8Array): boolean {
		const block = given instanceof Block ? given : new Block(given);
		if (block.body.kind === Kind.genesis || this.isHere(block)) return false;
		if (!this.#logs.isOwner(block.author)) this.checkShare(idText(block.author));
		return this.#judge.prepare(block);
	}

	/**
	 * Judges a signed block, stores it, and takes it in. Returns it, or undefined when it is here already.
	 * Throws a BlockError when it is refused, and whatever the storage throws when it cannot be kept.
	 */
	add(given: Block | Uint8Array): Block | undefined {
		const block = given instanceof Block ? given : new Block(given);
		if (this.isHere(block)) return undefined;
		if (block.body.kind === Kind.genesis) {
			this.found(block);
			return block;
		}
		if (!this.#logs.isOwner(block.author)) this.checkShare(idText(block.author));
		this.#stage(block);
		this.settle();
		// What this node took, lost and heard again stays, though it has no place.
		if (!this.#logs.has(block.hash)) {
			throw new BlockError("places", "there is no place for it in its author's log");
		}
		if (!this.#logs.isOwner(block.author)) this.#shares?.takes(idText(block.author));
		return block;
	}

	/**
	 * Holds a block of a log that comes, one signature at a time, until `takeStaged`: rotates first, then by sequence. Returns
	 * undefined when it is here already. Throws a BlockError when it is refused; what is staged stays.
	 */
	stage(cose: Uint8Array): Block | undefined {
		const block = new Block(cose);
		if (this.isHere(block)) return undefined;
		this.#stage(block);
		return block;
	}

	/** Judges what is staged together with what is here. Returns what of it was kept. Throws whatever the storage throws. */
	takeStaged(): readonly Block[] {
		return this.settle();
	}

	/** Lets go what is staged: its peer went away. */
	dropStaged(): void {
		this.#logs.unstage();
	}

	/** As `makeBlock`, all at once. */
	issue({ body, ...signer }: Issue): Block {
		return runAtOnce(
			this.makeBlock(
				() => signer,
				() => body
			)
		);
	}

	/**
	 * Issues a block at the end of its author's log, and takes it in, with a pause after it is signed. `signer`, `say`: asked when it is
	 * signed, and again where something came at the pause. Throws a BlockError when the author has no right to it, there is
	 * no room, or the key is not the one that the home knows.
	 */
	*makeBlock(signer: () => Signer, say: () => Body): Steps<Block> {
		for (;;) {
			const by = signer();
			const body = say();
			this.#judge.checkRight(by.author, body);
			this.#judge.checkRoom(by.author, body);
			const { judged } = this.#logs;
			const block = this.#pen.write(by, body);
			yield;
			if (judged !== this.#logs.judged) continue;
			this.#logs.unstage();
			// What this node signed with the key in force needs no check: on a board each takes 270 ms.
			if (by.publicKey === undefined) this.stageOwn(block);
			else this.#logs.stage(block, by.publicKey);
			if (this.settle().includes(block)) return block;
			throw new BlockError("places", "there is no place for it in its author's log");
		}
	}

	/** Throws a BlockError when `author` has no right to issue this. */
	checkRight(author: Uint8Array, body: Body): void {
		this.#judge.checkRight(author, body);
	}

	/** The number of the next thing that an owner takes. */
	nextTaking(author: Uint8Array): number {
		return new OwnTakings(this.#logs, author).next;
	}

	/** What a rotate says besides its key: the base, what its author took under the key before, and its turn. */
	endOf(author: Uint8Array): End {
		return this.#pen.endOf(author);
	}

	/** As `makeCheckpoint`, all at once. */
	issueCheckpoint(signer: Signer, said: Said = {}): Block {
		return runAtOnce(this.makeCheckpoint(() => signer, said));
	}

	/**
	 * Issues a checkpoint over all that is here: from then on its table stands for the blocks before it, which are dropped. With
	 * pauses, in which other things may come: what it does not cover is said again. `signer`: asked at the start, and again when it
	 * is signed. Throws a BlockError when the author is no owner, the table would be too long, or another comes first.
	 */
	*makeCheckpoint(signer: () => Signer, said: Said = {}): Steps<Block> {
		const { author } = signer();
		const { era, opening, number, hash } = this.#logs.base;
		this.#judge.checkRight(author, { kind: Kind.checkpoint, era, opening, number: number + 1, hash });
		const block = yield* this.#bases.checkpoint(author, said, () => {
			const it = signer();
			return { ...it, turn: this.#pen.turnOf(it) };
		});
		this.rebased(true);
		return block;
	}

	/** Opens a new era with the recovery key. Throws a BlockError for another key, or where no owner would be left. */
	issueOpening(succession: Succession, signer: Omit<Signer, "author">): Block {
		const block = this.#bases.open(succession, signer);
		this.rebased(false);
		return block;
	}

	/** The base that rules, for a peer that has an older one; undefined where it is the genesis block. */
	get bundle(): Bundle | undefined {
		return this.#shelf.hasBase ? this.#bases.bundle : undefined;
	}

	/**
	 * What shows who the owners are, with a base or, where that is the genesis block, as all there is of it: the genesis block, the
	 * era's opening where that is not the base, and the owners' new keys, which may show that another base has fallen.
	 */
	get anchors(): readonly Block[] {
		return this.#bases.anchors;
	}

	/** As `judgeBase`, all at once. */
	adopt(given: Offer | Bundle): Block | undefined {
		return runAtOnce(this.judgeBase(given instanceof Offer ? given : new Offer(given)));
	}

	/**
	 * Takes over a base that stands above the one that rules here. Returns its block, or undefined when it does not. Throws
	 * a BlockError when it is not by an owner or by the recovery key, or when its table is none. With pauses: see `Adoption.adopt`.
	 */
	*judgeBase(offer: Offer): Steps<Block | undefined> {
		const adopted = yield* this.#adoption.adopt(offer);
		if (adopted === undefined) return undefined;
		const { body } = adopted.block;
		if (body.kind === Kind.checkpoint) this.#shares?.takes(offer.bringer);
		this.rebased(adopted.isSameEra);
		this.#alarm.now ||= adopted.isStrange;
		return adopted.block;
	}

	/** What this node has to do by itself now. */
	get duties(): Duties {
		return this.#duties.now;
	}

	/** The id of the first owner of the opening: it tidies up; undefined while there is no base. */
	get firstOwner(): Uint8Array | undefined {
		return this.#shelf.hasBase ? this.#logs.owners[0]?.id : undefined;
	}

	/** Whether an owner's checkpoint has to come before what `author` is to issue. */
	needsCheckpoint(author: Uint8Array, body: Body): boolean {
		return this.#duties.needsCheckpoint(author, body);
	}

	/** Whether a private key is the one by which this node's blocks count. One operation on the curve. */
	isOwnKey(privateKey: Uint8Array): boolean {
		return this.#self !== undefined && this.#pen.isOwnKey(this.#self, privateKey);
	}

	/** Whether a public key of this node's was given up with a block that it signed. */
	isGivenUp(key: Uint8Array): boolean {
		return this.#self !== undefined && this.#pen.isGivenUp(this.#self, key);
	}

	/** Grants and waives of this node that a new base left out: only a person gives them again. */
	get notReissued(): readonly Block[] {
		return this.#duties.notReissued;
	}

	/**
	 * Whether a checkpoint of this era, the ruling one or one that it came over, has a table that cannot be an honest one, as far as this
	 * node can tell; since it was started.
	 */
	get alarm(): boolean {
		return this.#alarm.now;
	}

	private found(block: Block): void {
		const { body } = block;
		const { home, genesis } = this.#shelf;
		if (body.kind !== Kind.genesis) return;
		if (genesis !== undefined) throw new BlockError("home", "the home has a genesis block");
		if (home !== undefined && !equalBytes(block.hash.subarray(0, home.length), home)) {
			throw new BlockError("home", "the block is of another home");
		}
		if (!block.isSignedBy(body.key)) throw new BlockError("signature", "the block's signature is wrong");
		this.checkFounded(block);
		this.#shelf.write(block);
		load(this.#logs);
		this.changed();
	}

	private isHere({ hash }: Block): boolean {
		return this.#logs.has(hash) || this.#shelf.hasBaseOf(hash);
	}

	/** Throws a BlockError where a share is used up: what is refused is offered again. */
	private checkShare(whose: string, why = "its author says one thing after the other without end"): void {
		if (this.#shares?.has(whose) === false) throw new BlockError("often", why);
	}

	#stage(block: Block): void {
		this.#logs.stage(block, this.#judge.check(block));
	}

	private stageOwn(block: Block): void {
		try {
			this.#stage(block);
		} catch (error) {
			const isOther = error instanceof BlockError && (error.reason === "signature" || error.reason === "key");
			throw isOther ? lostKey() : error;
		}
	}

	/** Returns what was kept of what is staged. */
	private settle(): readonly Block[] {
		const { kept, lost } = this.#logs.settle();
		this.#duties.foundLost(lost);
		// An owner's new key may show that the base was made with one that had ended.
		const hasRotate = kept.some(
			({ body, author }) => body.kind === Kind.rotate && this.#logs.isOwner(author)
		);
		const hasFallen = hasRotate && this.fall();
		if (!hasFallen && (kept.length > 0 || lost.length > 0)) this.changed();
		return kept;
	}

	/** Has the base before rule where the ruling one has fallen: now, or over some turns. Returns whether it rules. */
	private fall(): boolean {
		const later = this.#later;
		const steps = this.fallen();
		if (later === undefined) return runAtOnce(steps);
		const go = () => {
			if (steps.next().done !== true) later(go);
		};
		later(go);
		return false;
	}

	private *fallen(): Steps<boolean> {
		if (!(yield* this.#bases.fall())) return false;
		this.#alarm.now = this.#alarm.before;
		this.rebased(true);
		return true;
	}

	/**
	 * Takes in rotates of owners that came with a base: up to a few that cannot be taken, since each may cost a signature. Returns
	 * what is wrong with one that no honest node sends.
	 */
	private hear(rotates: readonly Block[]): BlockError | undefined {
		let faults = 0;
		let lie: BlockError | undefined;
		const fresh = rotates.filter(rotate => !this.isHere(rotate) && this.#logs.isOwner(rotate.author));
		if (fresh.length === 0) return undefined;
		for (const rotate of fresh) {
			if (faults === heardFaultsLimit) break;
			try {
				this.#stage(rotate);
			} catch (error) {
				if (!(error instanceof BlockError)) throw error;
				if (error.reason === "signature" || error.reason === "proof") lie = error;
				faults += 1;
			}
		}
		this.settle();
		return lie;
	}

	private checkFounded({ body }: Block): void {
		if (body.kind !== Kind.genesis || this.#founded === undefined) return;
		if (body.suite !== this.#founded.suite || body.rounds !== this.#founded.rounds) {
			throw new BlockError(
				"home",
				"the home was founded with another suite or rounds than it was joined with"
			);
		}
	}

	private rebased(isSameEra: boolean): void {
		// A thief would make another base over a strange one, in which nothing is strange.
		const isStrange = isSameEra && this.#alarm.now;
		this.#alarm = { now: isStrange, before: isStrange };
		this.#duties.changedBase(isSameEra);
		this.changed();
	}

	private changed(): void {
		this.#duties.changed();
		for (const listener of this.#listeners) listener();
	}
}
