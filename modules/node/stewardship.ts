import { BytesError, compareBytes, equalBytes, fromBase32 } from "../bytes/bytes.js";
import {
	type AddBody,
	BlockError,
	type Body,
	type Chain,
	type GrantBody,
	guardsOf,
	hasFirstKey,
	Kind,
	type Member,
	nodeIdOf,
	Rank,
	Roster,
	rotateProof,
	type Scope,
	sameId
} from "../chain/chain.js";
import { derivePublicKey, isPrivateKey, sha256, signEs256 } from "../crypto/crypto.js";
import { type Store, StoreError } from "../store/store.js";
import { ownFault } from "./block-intake.js";
import { type Identity, randomPrivateKey, saveIdentity, takeNextKey } from "./identity.js";
import type { Issuer } from "./issuer.js";
import { removedText } from "./removal-notice.js";

export interface StewardshipOptions {
	readonly chain: Chain;
	readonly identity: Identity;
	readonly issuer: Issuer;
	readonly store: Store;
	readonly random: (count: number) => Uint8Array;
	/** Seconds since 1970, or null when the clock is not set. */
	readonly time: () => number | null;
	/** Calls back once it is known how far this node's own blocks go. */
	readonly beforeSigning: (sign: () => void) => void;
	/** Whether this node was removed, whatever its own chain says. */
	readonly isOut: () => boolean;
	/** This node has a new key. */
	readonly onNewKey: () => void;
	readonly report: (text: string) => void;
}

/** A new era, as a person wants it. */
export interface Recovery {
	/** The recovery key, as it was written down. */
	readonly written: string;
	/** The opening of the era that the person was shown. */
	readonly shown: Uint8Array | undefined;
	/** Who is to be what, as the person was shown them: who was removed since is in all the same, for a thief may have done that. */
	readonly owners: readonly Member[];
	readonly members: readonly Member[];
	/** Who is out for good, also where it is no member now. */
	readonly leaving: readonly Member[];
}

/** Told once: nothing when it was done, else why not. */
export type Done = (fault?: string) => void;

/** What a person has this node say on the chain: who leaves, who is confirmed, who may do what, new keys, checkpoints. */
export class Stewardship {
	readonly #options: StewardshipOptions;
	/** Whether this node is taking a new key: a second one in the place of the first would be no key of the block's. */
	#isRotating = false;

	constructor(options: StewardshipOptions) {
		this.#options = options;
	}

	/** Why this node may not issue something, or undefined. */
	faultOf(body: Body): string | undefined {
		if (this.#options.isOut()) return removedText;
		try {
			this.#options.chain.checkRight(this.#options.identity.id, body);
			return undefined;
		} catch (error) {
			if (!(error instanceof BlockError)) throw error;
			return error.message;
		}
	}

	remove(members: readonly Member[], done: Done): void {
		const ids = members.map(member => member.id.slice()).sort(compareBytes);
		this.sign(() => ({ kind: Kind.remove, taking: this.#options.issuer.nextTaking, ids }), done);
	}

	/**
	 * An owner makes a provisional member a member, for good, and lets the devices that it has take part in tasks for a group: not
	 * those that it may say of itself later, which no owner has seen.
	 */
	confirm(member: Member, done: Done): void {
		const id = member.id.slice();
		const body: Body = { kind: Kind.confirm, id, guards: guardsOf(member.types) };
		const fault = this.faultOf(body);
		if (fault === undefined) this.sign(() => this.statementOf(id) ?? body, done, [id]);
		else done(fault);
	}

	/** Lets a member do something: `on` says to what. */
	grant(member: Member, action: number, on: Scope, done: Done): void {
		this.give({ kind: Kind.grant, id: member.id.slice(), action, ...on, limits: null, counted: null }, done);
	}

	/** As `grant`, with its limits. `sayNow`: what is given when it is signed; throws a BlockError where that is nothing any more. */
	give(body: GrantBody, done: Done, sayNow = () => body): void {
		const { id, node } = body;
		this.sign(sayNow, done, node === null ? [id] : [id, node]);
	}

	/** What this node says of itself: another name. */
	describe(name: string, done: Done): void {
		const { id, type } = this.#options.identity;
		const types = this.#options.chain.members.get(id)?.types.slice() ?? Uint8Array.of(type);
		this.sign(() => ({ kind: Kind.describe, name, types }), done, [id]);
	}

	/** Takes back what grants give. */
	withdraw(member: Member, action: number, on: Scope, done: Done): void {
		const id = member.id.slice();
		const { issuer } = this.#options;
		this.sign(() => ({ kind: Kind.withdraw, taking: issuer.nextTaking, id, action, ...on }), done);
	}

	/** `passwordVersion`: that of a new password, where there is one. */
	checkpoint(done: Done, passwordVersion?: number): void {
		const { issuer } = this.#options;
		const said = passwordVersion === undefined ? {} : { passwordVersion };
		this.try(done, (issued, failed) => issuer.checkpoint(said, issued, failed));
	}

	/** Gives this node a new key, of entropy alone. It is kept before its block is issued, so that a cut loses neither. */
	rotate(done: Done): void {
		const { chain, identity, store, random, issuer } = this.#options;
		if (this.#isRotating) {
			done("this node is taking a new key just now");
			return;
		}
		this.#isRotating = true;
		const over = (fault?: string) => {
			this.#isRotating = false;
			done(fault);
		};
		this.try(over, (issued, failed) => {
			const { id } = identity;
			const nextKey = randomPrivateKey(random);
			const key = derivePublicKey(nextKey);
			let proven: Uint8Array = new Uint8Array(0);
			let proof: Uint8Array = proven;
			const body = (): Body => {
				const { base, number, lastTaking, turn } = chain.endOf(id);
				const said = rotateProof({ era: chain.era, author: id, turn, key });
				// Signed again where another era came meanwhile; of the base, which may be another, it says nothing.
				if (!equalBytes(said, proven)) proof = signEs256(nextKey, said);
				proven = said;
				return { kind: Kind.rotate, key, proof, base, number, lastTaking };
			};
			chain.checkRight(id, body());
			identity.nextKey = nextKey;
			saveIdentity(store, identity);
			const taken = () => {
				try {
					this.takeNextKey();
				} catch (error) {
					failed(error);
					return;
				}
				issued();
			};
			issuer.issueInTurns(body, taken, failed);
		});
	}

	/**
	 * A cut came between a rotate block and the key that it names: by the chain it is known which key is this node's, also where another
	 * one claims to be it.
	 */
	settleKey(): void {
		const { chain, identity, report } = this.#options;
		const { nextKey } = identity;
		const member = chain.members.get(identity.id);
		if (nextKey === undefined || member === undefined) return;
		const isInForce = equalBytes(member.key, derivePublicKey(nextKey));
		if (!isInForce && !(member.isFrozen && chain.isOwnKey(nextKey))) return;
		try {
			this.takeNextKey();
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			report(error.message);
		}
	}

	/** Throws a StoreError, and then the node has the new key all the same. */
	private takeNextKey(): void {
		const { store, identity, onNewKey } = this.#options;
		try {
			takeNextKey(store, identity);
		} finally {
			onNewKey();
		}
	}

	/**
	 * This node by its own name and key, whatever the chain says: a thief of an owner's key can remove everybody, and give everybody
	 * another name and key, and who has the paper and this node can go on with it.
	 */
	get self(): Member {
		const { chain, identity } = this.#options;
		const { id, name, type, publicKey: key } = identity;
		const known = chain.members.get(id);
		if (known?.name === name && known.type === type && equalBytes(known.key, key)) return known;
		const turn = hasFirstKey({ id, key }) ? 0 : 1;
		const types = Uint8Array.of(type);
		const row = { id, name, types, key, turn, isFrozen: false, rank: Rank.member, sponsor: null, guards: 0 };
		return new Roster().put(row).at(0);
	}

	/** Why this node cannot be an owner of a new era: who has its key as well would be one with it. */
	get successionFault(): string | undefined {
		const { chain, identity } = this.#options;
		if (!chain.isGivenUp(identity.publicKey)) return undefined;
		return `this node's key was given up, by somebody who has it too, or by this node before it was put back to an old state: use the paper on another node, and name ${identity.name} as lost there`;
	}

	/** What is wrong with a recovery key as a person has typed it; undefined where it is this home's. */
	recoveryFault(written: string): string | undefined {
		const key = this.recoveryKey(written);
		if (typeof key === "string") return key;
		key.fill(0);
		return undefined;
	}

	/** With the recovery key opens a new era: these are the owners and members, all others are out, and every grant is given anew. */
	recover({ written, shown, owners, members, leaving }: Recovery, done: Done): void {
		const { chain, identity, time } = this.#options;
		const opening = chain.base?.opening;
		if (shown !== undefined && opening !== undefined && !equalBytes(shown, opening)) {
			done(
				'the home began another era meanwhile: look at "members", and recover again if that is not what you want'
			);
			return;
		}
		const key = this.recoveryKey(written);
		if (typeof key === "string") {
			done(key);
			return;
		}
		const idsOf = (all: readonly Member[]) => all.map(({ id }) => id.slice());
		const named = [...owners, ...members, ...leaving];
		// What the chain says of this node's own name and key may be a thief's.
		const returning = named
			.filter(({ id }) => !chain.members.roster.has(id) || sameId(id, identity.id))
			.map(row => (sameId(row.id, identity.id) ? this.self : row));
		const succession = { owners: idsOf(owners), members: idsOf(members), returning };
		// It waits for nobody: whoever is asked may be the thief's.
		let fault: string | undefined;
		try {
			chain.issueOpening(succession, { privateKey: key, time: time() });
		} catch (error) {
			if (!(error instanceof BlockError || error instanceof StoreError)) throw error;
			fault = error.message;
		} finally {
			key.fill(0);
		}
		done(fault);
	}

	/** The private key that a person wrote down, or what is wrong with it. */
	private recoveryKey(written: string): Uint8Array | string {
		const key = recoveryKeyOf(written);
		if (key === undefined) return "that is not a recovery key: look for a slip of the pen";
		const { recovery } = this.#options.chain;
		if (recovery !== null && equalBytes(nodeIdOf(derivePublicKey(key)), recovery)) return key;
		key.fill(0);
		return recovery === null ? "this home has no recovery key" : "that is the recovery key of another home";
	}

	/** The add, by another, of who has no row yet, as an owner says it again: so it does not hang on its sponsor. */
	private statementOf(id: Uint8Array): AddBody | undefined {
		const { chain } = this.#options;
		for (let number = 0; number < chain.length; number += 1) {
			if (!chain.isAdmission(number) || !equalBytes(chain.subjectAt(number), id)) continue;
			const { body, author } = chain.blockAt(number);
			if (body.kind === Kind.add) return { ...body, sponsor: body.sponsor ?? author };
		}
		return undefined;
	}

	/** `named`: who has to be a member still, or what is given would come to nothing and its person be told otherwise. */
	private sign(say: () => Body, done: Done, named: readonly Uint8Array[] = []): void {
		const { chain, issuer } = this.#options;
		const saidNow = () => {
			if (named.every(id => chain.members.get(id) !== undefined)) return say();
			throw new BlockError("rank", "who that names is no member any more");
		};
		this.try(done, (issued, failed) => issuer.issueInTurns(saidNow, issued, failed));
	}

	/** Issues once it is known how far this node's own blocks go; what the chain or the flash refuses is told in words. */
	private try(done: Done, issue: (issued: () => void, failed: (error: unknown) => void) => void): void {
		const { isOut, beforeSigning } = this.#options;
		if (isOut()) {
			done(removedText);
			return;
		}
		let isTold = false;
		const failed = (error: unknown) => {
			const isForeseen = error instanceof BlockError || error instanceof StoreError;
			if (!isTold) {
				isTold = true;
				done(isForeseen ? error.message : ownFault);
			}
			if (!isForeseen) throw error;
		};
		beforeSigning(() => {
			// It may have heard of that from whom it has asked.
			if (isOut()) {
				done(removedText);
				return;
			}
			try {
				issue(() => done(), failed);
			} catch (error) {
				failed(error);
			}
		});
	}
}

/** The private key out of what a person wrote down; undefined where its check does not fit. */
function recoveryKeyOf(written: string): Uint8Array | undefined {
	let bytes: Uint8Array;
	try {
		bytes = fromBase32(written);
	} catch (error) {
		if (!(error instanceof BytesError)) throw error;
		return undefined;
	}
	const key = bytes.slice(0, 32);
	const check = bytes.subarray(32);
	const isWhole = bytes.length === 34 && equalBytes(check, sha256(key).subarray(0, 2));
	return isWhole && isPrivateKey(key) ? key : undefined;
}
