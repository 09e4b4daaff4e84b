import { equalBytes, fromHex, toHex } from "../bytes/bytes.js";
import { type AddBody, type IdText, type Member, nodeIdOf, type OpeningBody } from "../chain/chain.js";
import type { Cancel } from "../clock/clock.js";
import { Code, type Exchange, Observers, type PendingRequest, type ServerRequest } from "../coap/coap.js";
import { CryptoError, compress, decompress } from "../crypto/crypto.js";
import { type Credential, makeCredential, type Session } from "../edhoc/edhoc.js";
import {
	type Address,
	blocksPath,
	type Link,
	type LinkHandler,
	type LinkOptions,
	type LinkRequest,
	MessageError,
	type ObserveRequest,
	StrangerGate,
	StrangerReports,
	WriteShares
} from "../node/node.js";
import { Contexts, SecurityContext } from "../oscore/oscore.js";
import { Handshakes } from "./handshakes.js";
import { Introductions } from "./introductions.js";
import { OpenQuestions } from "./open-questions.js";
import { RecordExchange, recordPath } from "./record-exchange.js";
import { Rekeying } from "./rekeying.js";
import { SealedAnswer } from "./sealed-answer.js";
import { observeSealed } from "./sealed-observation.js";
import { SealedRequests } from "./sealed-requests.js";
import { SessionSecrets } from "./session-secrets.js";
import { Sightings } from "./sightings.js";
import { StrangerChecks } from "./stranger-checks.js";

/** Milliseconds for which an owner of a later era is looked for before another one is; and after it has proven itself, or answered. */
const openingHeld = Object.freeze({ looked: 2_000, heard: 10_000 } as const);

/**
 * Requests between the members of a secure home: sealed by OSCORE, under keys that EDHOC agreed on with the owner of
 * the key on the chain, renewed after restarts from what is kept of that (RFC 8613 appendix B.2).
 */
export class SecureLink implements Link {
	readonly #options: LinkOptions;
	readonly #secrets: SessionSecrets;
	readonly #contexts: Contexts;
	readonly #handshakes: Handshakes;
	readonly #rekeying: Rekeying;
	readonly #records: RecordExchange;
	readonly #requests: SealedRequests;
	readonly #introductions: Introductions;
	readonly #questions: OpenQuestions;
	readonly #sightings: Sightings;
	/** This node's own credential, and the key that it is for: to decompress a key takes a board 20 ms. */
	#credential: { readonly key: Uint8Array; readonly credential: Credential } | undefined;
	/** This node's sponsor, before it has the chain; later whoever showed a new key last. It serves for handshakes alone. */
	#introduced: Introduced | undefined;
	/** How often an opening was heard of. */
	#openings = 0;
	/** Until when no other one of its owners is looked for, in milliseconds. */
	#heldUntil = Number.NEGATIVE_INFINITY;

	constructor(options: LinkOptions) {
		this.#options = options;
		const { identity, clock, random, layer, resources, seats, maxContexts, store, report } = options;
		const shares = new WriteShares(clock);
		const mayWrite = (peer: IdText) => shares.takes(peer);
		this.#secrets = new SessionSecrets({ store, own: () => identity.publicKey, report, mayWrite });
		this.#contexts = new Contexts({
			clock,
			random,
			maxPeers: maxContexts,
			secretOf: name => (this.isMember(name) ? this.#secrets.secretOf(name) : undefined),
			secretByKid: kid => {
				const secret = this.#secrets.byRecipientId(kid);
				return secret !== undefined && this.isMember(secret.name) ? secret : undefined;
			},
			onSettled: ({ name, recipientId }) => this.#secrets.settle(name, recipientId),
			onSpent: context => this.spent(context)
		});
		seats.seatContexts(this.#contexts);
		const isKnown = (address: Address) => options.peers.hasAt(address);
		const strangers = new StrangerReports({ clock, report, isKnown });
		this.#handshakes = new Handshakes({
			own: () => this.own(),
			lookup: kid => this.credentialOf(kid),
			secrets: this.#secrets,
			clock,
			random,
			layer,
			resources,
			self: identity.idText,
			onSession: (peer, session, address, made) => this.take(peer, session, address, made),
			isCurrent: ({ kid, publicKey }) => {
				const key = this.keyOf(toHex(kid));
				return key !== undefined && equalBytes(key, compress(publicKey));
			},
			memberAt: address => {
				const seen = options.peers.at(address);
				return seen !== undefined && this.isMember(seen) ? seen : undefined;
			},
			introduce: (address, done) =>
				this.#introductions.present(address, isTaken => {
					if (!isTaken) this.#questions.inquire(address, true);
					done(isTaken);
				}),
			inquire: address => this.#questions.inquire(address, true),
			onUnproven: (peer, address) => this.askAbout(peer, address),
			onStranger: address => {
				const { host, port } = address;
				strangers.saw(address, `handshake of ${host}:${port} refused: not on the chain`);
				options.onStranger();
			}
		});
		const { chain, homeSecret, onRemoved, onUnknown } = options;
		const isMember = (peer: IdText) => this.isMember(peer);
		const gate = new StrangerGate({ clock, random });
		const checks = new StrangerChecks({ clock, gate });
		this.#questions = new OpenQuestions({
			identity,
			chain,
			clock,
			layer,
			gate,
			checks,
			onRemoved,
			onUnknown
		});
		this.#introductions = new Introductions({
			identity,
			chain,
			clock,
			layer,
			checks,
			report,
			onOpening: (opening, address) => this.hearOpening(opening, address)
		});
		const [secrets, contexts, handshakes] = [this.#secrets, this.#contexts, this.#handshakes];
		this.#sightings = new Sightings({
			clock,
			peers: options.peers,
			ask: (...asked) => this.#records.at(...asked),
			report
		});
		const onHeard = (peer: IdText, address: Address) => {
			if (this.#introduced?.peer === peer) this.#heldUntil = clock.now() + openingHeld.heard;
			this.#sightings.answered(peer, address);
		};
		const { onMissed } = options;
		const addressOf = (peer: IdText) => options.peers.addressOf(peer);
		const parts = { clock, layer, secrets, contexts, handshakes, isMember, addressOf };
		this.#requests = new SealedRequests({ ...parts, onHeard, onMissed });
		const sendTo = (request: LinkRequest, address: Address, isLook: boolean) => {
			const sealed = this.#requests.make(request);
			if (isLook) sealed.look(address);
			else sealed.visit(address);
		};
		this.#records = new RecordExchange({
			identity,
			chain,
			clock,
			homeSecret,
			link: this,
			mayWrite,
			sendTo,
			report
		});
		this.#rekeying = new Rekeying({
			clock,
			self: identity.idText,
			peers: () => secrets.peers.filter(isMember),
			rekey: peer => this.rekey(peer)
		});
		// Now, so that no handshake waits for it.
		this.own();
		// The power may have gone between a removal, or a new key, and the end of what was shared.
		if (chain.members.get(identity.id) !== undefined) this.membersChanged();
		chain.onChanged(() => this.membersChanged());
	}

	/**
	 * What is shared with those who are no members any more ends at once, the observations and requests that rest on it
	 * too. So does what is shared with who has a new key, since somebody else may have the old one: there is a new handshake.
	 */
	private membersChanged(): void {
		const { chain, identity } = this.#options;
		const isOnChain = chain.members.get(identity.id) !== undefined;
		// Once this node is on its chain itself, that says who else is.
		if (isOnChain && (this.#introduced?.era ?? 0) <= chain.eraNumber) this.#introduced = undefined;
		for (const peer of this.#secrets.peers) {
			const member = chain.members.get(peer);
			if (!this.isMember(peer)) {
				this.#secrets.remove(peer);
				this.#contexts.remove(peer);
			} else if (isOnChain && member !== undefined && this.#secrets.hasOtherKey(peer, member.key)) {
				this.#secrets.remove(peer);
				this.#contexts.retire(peer);
				this.rekey(peer);
			}
		}
	}

	agree(peer: IdText): void {
		this.#records.with(peer);
	}

	stop(): void {
		this.#rekeying.stop();
	}

	get sessions(): number {
		return this.#secrets.count;
	}

	hasKeys(peer: IdText): boolean {
		return (
			(this.#contexts.live(peer) !== undefined || this.#secrets.has(peer)) && !this.#secrets.isOutdated(peer)
		);
	}

	get isAgreeing(): boolean {
		return this.#handshakes.turns.areWaiting;
	}

	introduce(id: Uint8Array, publicKey: Uint8Array): void {
		const peer = toHex(id);
		// It may have shown a newer key since.
		if (this.#introduced?.peer !== peer) this.#introduced = introduced(peer, publicKey);
	}

	askStatement(said: AddBody, number: number, done: (signature: Uint8Array | undefined) => void): void {
		const { peers, locate } = this.#options;
		const peer = toHex(nodeIdOf(said.key));
		const ask = (address: Address | undefined) => {
			if (address === undefined) done(undefined);
			else this.#questions.askStatement(address, said, number, done);
		};
		const known = peers.addressOf(peer);
		if (known === undefined) locate(peer, ask);
		else ask(known);
	}

	ownKeyChanged(): void {
		this.#secrets.ownKeyChanged();
		for (const peer of this.#secrets.peers) this.#contexts.retire(peer);
	}

	visit(peer: IdText, address: Address): void {
		this.#sightings.visit(peer, address);
	}

	request(request: LinkRequest): PendingRequest {
		const { peers, locate } = this.#options;
		const sealed = this.#requests.make(request);
		const address = peers.addressOf(request.peer);
		if (address !== undefined) {
			sealed.send(address);
			return sealed;
		}
		locate(request.peer, found => {
			if (found === undefined) sealed.fail("no answer");
			else sealed.send(found);
		});
		return sealed;
	}

	serve(
		path: string,
		handlers: { readonly [method: number]: LinkHandler },
		state?: () => Uint8Array
	): () => void {
		const guarded: { [method: number]: (request: ServerRequest, exchange: Exchange) => void } = {};
		for (const [method, handler] of Object.entries(handlers)) {
			guarded[Number(method)] = (request, exchange) => this.received(request, exchange, handler, path);
		}
		const observers = new Observers();
		if (state !== undefined) {
			const reply = () => ({ code: Code.Content, payload: state() });
			guarded[Code.Get] = (request, exchange) => {
				if (this.sender(request, path) === undefined) {
					exchange.respond({ code: Code.Unauthorized });
					return;
				}
				// One that has heard nothing for long reads and registers anew: the observation before would keep a place for good.
				observers.end(request.peer);
				observers.answer(request, exchange, reply());
			};
		}
		this.#options.resources.serve(path, guarded);
		return () => {
			if (state !== undefined && observers.size > 0) {
				observers.notify({ code: Code.Content, payload: state() });
			}
		};
	}

	observe(request: ObserveRequest): Cancel {
		const { layer, peers } = this.#options;
		return observeSealed({ link: this, layer, peers, request });
	}

	private received(request: ServerRequest, exchange: Exchange, handler: LinkHandler, path: string): void {
		const isBare = path === blocksPath && !request.secured;
		if (isBare && request.code === Code.Post) this.#introductions.received(request, exchange);
		else if (isBare && request.code === Code.Fetch) this.#questions.asked(request, exchange);
		else this.guard(request, exchange, handler, path);
	}

	/** What is not sealed, or by who is no member any more, gets 4.01. */
	private guard(request: ServerRequest, exchange: Exchange, handler: LinkHandler, path: string): void {
		const from = this.sender(request, path);
		if (from === undefined) {
			exchange.respond({ code: Code.Unauthorized });
			return;
		}
		// What members tell each other in the background would leave no quiet to agree on new keys in.
		if (path !== blocksPath && path !== recordPath) this.#rekeying.busy(from.idText);
		this.#sightings.asked(from.idText, { host: request.address, port: request.port });
		const { payload, freshness } = request;
		const answer = new SealedAnswer(exchange, freshness);
		try {
			handler(from, payload, answer, freshness);
		} catch (error) {
			if (!(error instanceof MessageError)) throw error;
			answer.refuse(Code.BadRequest, error.message);
		}
	}

	/** The member that sealed a request. */
	private sender(request: ServerRequest, path: string): Member | undefined {
		const member = request.secured ? this.#options.chain.members.get(request.peer) : undefined;
		if (member === undefined || member.isFrozen) return undefined;
		if (path === blocksPath) return member;
		// Under what was agreed on with a key of this node's that it has given up, it may be anybody who has copied that.
		if (this.#secrets.isOutdated(member.idText)) return undefined;
		if (this.#introduced === undefined) return member;
		// By a key that the chain does not show, which a sponsor may have invented, one compares chains and is not obeyed.
		return this.#secrets.hasOtherKey(member.idText, member.key) ? undefined : member;
	}

	/** The peer has proven who it is, over a handshake: its keys take the place of the ones before, unless those are newer. */
	private take(peer: IdText, session: Session, address: Address, made: number): void {
		const parameters = { name: peer, ...session.oscore() };
		const times = { made, heard: this.#options.clock.now() };
		// What it cannot be made of must not be kept.
		const context = new SecurityContext({ ...parameters, times, onSpent: spent => this.spent(spent) });
		const key = compress(session.peer.publicKey);
		// The record and the live context are of the new key from here on: the chain's news would find nothing to end.
		if (this.#secrets.hasOtherKey(peer, key) || this.#secrets.isOutdated(peer)) {
			this.#secrets.remove(peer);
			this.#contexts.retire(peer);
		}
		session.close();
		if (!this.#contexts.add(context)) return;
		const displaced = this.#secrets.put(peer, parameters, key);
		// Else what it watches would outlive its membership.
		if (displaced !== undefined) this.#contexts.remove(displaced);
		this.#rekeying.done(peer);
		this.#sightings.asked(peer, address);
		// It was asked in vain when it showed the opening, or at another's address, and does not show it again to who knows its key by now.
		const isOfLaterEra = this.#introduced?.peer === peer && this.#introduced.era !== undefined;
		if (!isOfLaterEra) return;
		this.#heldUntil = times.heard + openingHeld.heard;
		this.#options.onOpening(peer, address);
	}

	/** A handshake in the background; what fails is made up for at the next request. */
	private rekey(peer: IdText): void {
		const address = this.#options.peers.addressOf(peer);
		if (address !== undefined) this.#handshakes.start(peer, address, () => undefined);
	}

	/** The live context has seen its share, perhaps of forgeries: a request of this node's own renews it. */
	private spent(context: SecurityContext): void {
		const { name } = context;
		this.#options.clock.after(0, () => {
			if (this.#contexts.live(name) === context && this.isMember(name)) this.#records.with(name);
		});
	}

	private own(): { readonly credential: Credential; readonly privateKey: Uint8Array } {
		const { id: kid, publicKey: key, privateKey } = this.#options.identity;
		if (this.#credential?.key !== key) {
			this.#credential = { key, credential: makeCredential({ kid, publicKey: decompress(key) }) };
		}
		return { credential: this.#credential.credential, privateKey };
	}

	private credentialOf(kid: Uint8Array): Credential | undefined {
		const member = this.#options.chain.members.get(kid);
		const shown = this.#introduced?.peer === toHex(kid) ? this.#introduced : undefined;
		if (member?.isFrozen && shown?.era === undefined) return undefined;
		return shown === undefined ? member && credentialOf(kid, member.key) : shown.credential;
	}

	/** The key by which a peer has to prove itself now. */
	private keyOf(peer: IdText): Uint8Array | undefined {
		if (!this.isMember(peer)) return undefined;
		return this.#introduced?.peer === peer
			? this.#introduced.key
			: this.#options.chain.members.get(peer)?.key;
	}

	/** A peer did not prove itself by the key known here: it may have a new one, or this node may have been removed. */
	private askAbout(peer: IdText, address: Address): void {
		const key = this.keyOf(peer);
		this.#questions.inquire(address, false);
		if (key === undefined) return;
		this.#questions.follow(address, { id: fromHex(peer), key }, next => {
			// Whoever says again and again that it has a new key must not keep this node in an era that is over.
			const { era, peer: owner } = this.#introduced ?? {};
			if (owner === peer) this.#introduced = { ...introduced(peer, next), era };
			else if ((era ?? 0) <= this.#options.chain.eraNumber) this.#introduced = introduced(peer, next);
		});
	}

	/**
	 * The recovery key has opened an era that is not here yet, and an owner of it is somewhere: it is asked, although it may be
	 * nobody here, removed by a thief. Who of several it is does not show: another one is tried each time.
	 */
	private hearOpening({ era, owners }: OpeningBody, address: Address): void {
		const { chain, clock, onOpening } = this.#options;
		// By a thief's table it may have another key here, or two.
		const unknown = owners.filter(({ id, key }) => {
			const member = chain.members.get(id);
			return member === undefined || member.isFrozen || !equalBytes(member.key, key);
		});
		// Anyone can show it again: the one that is looked for, or tells by now, is given its time.
		const held = this.#introduced;
		const isHeld = held?.era === era && clock.now() < this.#heldUntil;
		const same = isHeld ? unknown.find(({ id }) => toHex(id) === held.peer) : undefined;
		const owner = same ?? unknown[this.#openings % Math.max(1, unknown.length)];
		if (owner === undefined) return;
		const peer = toHex(owner.id);
		const secrets = this.#secrets;
		// It is asked where it has proven itself, and not where somebody else shows this.
		if (same !== undefined && secrets.has(peer) && !secrets.hasOtherKey(peer, same.key)) return;
		if (same === undefined) {
			this.#openings += 1;
			this.#heldUntil = clock.now() + openingHeld.looked;
			this.#introduced = { ...introduced(peer, owner.key), era };
		}
		onOpening(peer, address);
	}

	private isMember(peer: IdText): boolean {
		const { chain } = this.#options;
		const member = chain.members.get(peer);
		// An owner of an era that is not here yet: its word is the recovery key's.
		if (this.#introduced?.peer === peer && this.#introduced.era !== undefined) return true;
		if (member !== undefined) return !member.isFrozen;
		if (chain.members.isRemoved(peer)) return false;
		// Its block may be among what was damaged: who had a session was a member, and can give the blocks back.
		if (chain.isDamaged && this.#secrets.has(peer)) return true;
		return this.#introduced?.peer === peer;
	}
}

/** Whose key this node has been shown, ready for a handshake: to decompress it then would take a board 20 ms. */
interface Introduced {
	/** The number of the era that names it an owner, where that is not here yet. */
	readonly era?: number | undefined;
	readonly peer: IdText;
	readonly key: Uint8Array;
	readonly credential: Credential | undefined;
}

function introduced(peer: IdText, key: Uint8Array): Introduced {
	return { peer, key, credential: credentialOf(fromHex(peer), key) };
}

/** Undefined for a key that is none, which a checkpoint's table may hold. */
function credentialOf(kid: Uint8Array, key: Uint8Array): Credential | undefined {
	try {
		return makeCredential({ kid, publicKey: decompress(key) });
	} catch (error) {
		if (!(error instanceof CryptoError)) throw error;
		return undefined;
	}
}
