import type { Clock } from "../clock/clock.js";
import type { ClientRequest } from "../coap/coap.js";
import type { SecurityContext } from "./context.js";
import type { ContextHint, ContextLookup, Inbound, Outbound } from "./lookup.js";
import { isAwaited, isInUse, matches, newPeer, type Peer } from "./peer-contexts.js";
import { RenewalClient, type Runs } from "./renewal-client.js";
import { RenewalServer } from "./renewal-server.js";
import type { StoredSecret } from "./stored-secret.js";

export interface ContextsOptions {
	readonly clock: Clock;
	/** Unpredictable bytes. */
	random(count: number): Uint8Array;
	/** The stored secret shared with a peer, if there is one. */
	secretOf(name: string): StoredSecret | undefined;
	/** The stored secret whose Recipient ID this is, if there is one. */
	secretByKid(kid: Uint8Array): StoredSecret | undefined;
	/**
	 * Peers with contexts at once. The one longest unused makes room: first of those for which nobody waits, last of those on
	 * whose contexts something rests that is under way. Default 16.
	 */
	readonly maxPeers?: number;
	/** Messages sent, or failed to open, after which a context is renewed. Default 2^20. */
	readonly limit?: number;
	/** Hears that a context has taken the place of all earlier ones with its peer. */
	onRenewed?(context: SecurityContext): void;
	/** Hears, once for each, that the peer asks or answers under the live context: it has what this node has. */
	onSettled?(context: SecurityContext): void;
	/** Hears that a context has come to its limit: the next request under it renews it, so that one is due. */
	onSpent?(context: SecurityContext): void;
}

/** Milliseconds that an R2, and a run that stays without an answer, are good for. */
const LIFETIME = 10_000;
/** Milliseconds in which what came under contexts that were retired can still be answered. */
const LAST_ANSWERS = 2_000;
/** Milliseconds between runs with one peer that nothing but an error in the clear asks for. */
const RUN_INTERVAL = 1000;
const MAX_OFFERS = 16;

/**
 * The security contexts of a node, by peer. A stored secret is used only for fresh keys (RFC 8613 appendix B.2), so
 * sequence numbers and windows need not outlive a restart: what was in RAM is never derived again.
 */
export class Contexts implements ContextLookup {
	readonly #options: ContextsOptions;
	readonly #server: RenewalServer;
	readonly #runs: Runs;
	/** In the order of their last use. */
	readonly #peers = new Map<string, Peer>();

	constructor(options: ContextsOptions) {
		this.#options = options;
		const { clock, limit, onSpent } = options;
		const derivation = { limit, onSpent };
		const random = (count: number) => options.random(count);
		this.#server = new RenewalServer({
			clock,
			derivation,
			random,
			lifetime: LIFETIME,
			maxOffers: MAX_OFFERS,
			onRenewed: (_secret, context) => {
				// Section B.2, step 4: an older run that is still under way must not come to keys after this one.
				this.#server.forget(context.name);
				this.replace(context);
			}
		});
		this.#runs = {
			clock,
			derivation,
			random,
			onProven: context => this.proven(context),
			instead: name => this.instead(name)
		};
	}

	/** Peers with contexts, or a run for one. */
	get size(): number {
		return this.#peers.size;
	}

	/** The context with a peer that both sides are known to have. */
	live(name: string): SecurityContext | undefined {
		return this.#peers.get(name)?.live;
	}

	/** Whether the last request to a peer went as the first of a run for fresh keys, on which nobody acts. */
	isRenewing(name: string): boolean {
		const run = this.#peers.get(name)?.run;
		return run !== undefined && run.target === undefined;
	}

	/**
	 * Puts a context that a handshake has made in the place of the live one. A renewal that was begun before, by either side,
	 * comes to nothing: its keys are older. False where this node has made its part of the live keys later: the end of the
	 * handshake was held back, and its keys only open what the peer may send under them.
	 */
	add(context: SecurityContext): boolean {
		const peer = this.use(context.name);
		const { live } = peer;
		if (live !== undefined && live.freshness.times.made > context.freshness.times.made) {
			this.keep(peer, context);
			return false;
		}
		this.#server.forget(context.name);
		const target = this.takeRun(peer);
		this.replace(context);
		if (target !== undefined) this.keep(peer, target);
		return true;
	}

	/** Puts a context in the place of the live one, which still opens requests. */
	private replace(context: SecurityContext): void {
		const peer = this.use(context.name);
		if (peer.previous !== context) this.end(peer.previous);
		peer.awaited = isAwaited(peer);
		peer.previous = peer.live;
		peer.live = context;
		peer.settled = false;
		peer.doubted = false;
		peer.previous?.replaced();
		this.#options.onRenewed?.(context);
	}

	/** The context of the peer that the request names; one is asked for where there is none but a stored secret. */
	outbound({ peer: name, isUrgent }: ClientRequest): Outbound | undefined {
		if (name === undefined) return undefined;
		const outbound = this.#outbound(name);
		const peer = this.#peers.get(name);
		if (isUrgent === true && peer !== undefined) peer.awaited = true;
		return outbound;
	}

	#outbound(name: string): Outbound | undefined {
		const peer = this.#peers.get(name);
		const live = peer?.live;
		const good = live !== undefined && !live.spent && !peer?.doubted;
		if (peer?.run?.target === undefined && good) {
			const peer = this.use(name);
			return peer.settled ? { context: live } : { context: live, verified: () => this.settle(peer, live) };
		}
		if (peer?.run === undefined) this.begin(name);
		const run = this.#peers.get(name)?.run;
		if (run !== undefined) {
			this.use(name);
			return run.outbound();
		}
		// Better used beyond its count than no answer; a context that is out of numbers says so itself.
		return live && { context: live };
	}

	inbound({ kid, kidContext }: ContextHint): readonly Inbound[] {
		const found: Inbound[] = [];
		const take = (name: string, peer: Peer, context: SecurityContext, isProvisional = false) => {
			if (!matches(context, kid, kidContext)) return;
			found.push({ context, isProvisional, verified: () => this.verified(name, peer, context) });
		};
		this.#peers.forEach((peer, name) => {
			const { live, previous, run } = peer;
			if (live !== undefined) take(name, peer, live);
			if (previous !== undefined) take(name, peer, previous);
			const target = run?.target;
			if (target !== undefined) take(name, peer, target, true);
		});
		if (found.length > 0 || kidContext === undefined) return found;
		const secret = this.#options.secretByKid(kid);
		const renewal = secret && this.#server.accept(secret, kidContext);
		return renewal === undefined ? [] : [renewal];
	}

	/**
	 * A request was answered with 4.01 in the clear: the peer may have restarted, or anyone may have sent that. The
	 * next requests begin a run for fresh keys, and nothing is discarded. False when a run is waiting for its R2, or
	 * began less than a second ago; where somebody waits for the request, only if that one was not completed: a peer with
	 * few contexts may have had to give up the new one meanwhile.
	 */
	doubt(name: string, isUrgent = false): boolean {
		const peer = this.#peers.get(name);
		if (peer?.run !== undefined && peer.run.target === undefined) return false;
		if (!this.begin(name, isUrgent && peer?.isCompleted === true)) return false;
		this.use(name).doubted = true;
		return true;
	}

	/** Ends all contexts with a peer, and what rests on them: it is no member any more, or its secret was replaced. */
	remove(name: string): void {
		const peer = this.#peers.get(name);
		this.#server.forget(name);
		if (peer === undefined) return;
		this.#peers.delete(name);
		this.#close(peer);
	}

	/**
	 * Takes nothing under the contexts with a peer any more, from now on: their keys are given up. What is under way is
	 * still answered: by the very request that brought the news, mostly.
	 */
	retire(name: string): void {
		const peer = this.#peers.get(name);
		this.#server.forget(name);
		if (peer === undefined) return;
		this.#peers.delete(name);
		peer.run?.close();
		this.takeRun(peer);
		this.#options.clock.after(LAST_ANSWERS, () => this.#close(peer));
	}

	close(): void {
		this.#server.close();
		for (const name of [...this.#peers.keys()]) this.remove(name);
	}

	/** A message of the peer has verified under a context. */
	private verified(name: string, peer: Peer, context: SecurityContext): void {
		this.use(name);
		context.kidContext = undefined;
		if (context === peer.run?.target) {
			this.proven(context);
		} else if (context === peer.live) {
			// Both sides send under it: nothing comes under the one before any more.
			this.end(peer.previous);
			peer.previous = undefined;
			this.settle(peer, context);
		}
	}

	/**
	 * A request, or an answer to one of this node's, has verified under the live context: either way the peer has it, and so what it was
	 * made of. The context before stays after an answer: requests of the peer's may be under way under it.
	 */
	private settle(peer: Peer, context: SecurityContext): void {
		if (peer.settled || context !== peer.live) return;
		peer.settled = true;
		this.#options.onSettled?.(context);
	}

	/** The peer has used the context of a run, perhaps of one that has been given up since: it has it too. */
	private proven(context: SecurityContext): void {
		const peer = this.#peers.get(context.name);
		context.kidContext = undefined;
		if (peer === undefined) return;
		const isTarget = context === peer.run?.target;
		if (isTarget) this.completed(peer);
		else if (context !== peer.previous) return;
		if (peer.live?.freshness.supersedes(context.freshness.times) !== true) {
			this.replace(context);
			this.settle(peer, context);
		} else if (isTarget) {
			// The peer's own renewal was completed meanwhile: its keys stay.
			this.keep(peer, context);
		}
	}

	/** Keeps a context that comes to nothing else: it opens what is still under way. */
	private keep(peer: Peer, context: SecurityContext): void {
		this.end(peer.previous);
		peer.previous = context;
	}

	/** Closes a context in a turn of its own: what rests on it ends, and may ask others, and so have others make room. */
	private end(context: SecurityContext | undefined): void {
		if (context !== undefined) this.#options.clock.after(0, () => context.close());
	}

	/** The peer has what a run was for. */
	private completed(peer: Peer): void {
		this.takeRun(peer);
		peer.isCompleted = true;
	}

	/** What there is now for a request that began with a run which is over. */
	private instead(name: string): Outbound | undefined {
		const peer = this.#peers.get(name);
		if (peer?.run?.target !== undefined) return peer.run.outbound();
		return peer?.live && { context: peer.live };
	}

	/** Begins a run, unless one began less than a second ago and this is not to be `now`, or there is no secret for it. */
	private begin(name: string, isNow = false): boolean {
		const { clock, secretOf } = this.#options;
		const now = clock.now();
		const before = this.#peers.get(name);
		if (!isNow && before !== undefined && now - before.begun < RUN_INTERVAL) return false;
		const secret = secretOf(name);
		if (secret === undefined) return false;
		const peer = this.use(name);
		// The peer may have the context of the last run although its answer was lost.
		const former = this.takeRun(peer);
		if (former !== undefined) this.keep(peer, former);
		peer.begun = now;
		peer.isCompleted = false;
		const run = new RenewalClient({ secret, runs: this.#runs });
		peer.run = run;
		peer.expiry = clock.after(LIFETIME, () => {
			// Once request 2 is under way, its context stays until the peer is seen to lack it.
			if (run.target === undefined) {
				this.takeRun(peer);
				run.close();
				peer.doubted = false;
			}
		});
		return true;
	}

	/** The peer, made when it is new, as the one used last. */
	private use(name: string): Peer {
		const peer = this.#peers.get(name) ?? newPeer();
		this.#peers.delete(name);
		this.#peers.set(name, peer);
		const { maxPeers = 16 } = this.#options;
		while (this.#peers.size > maxPeers) this.forget(this.leastNeeded(name));
		return peer;
	}

	/** Has a peer make room, with its contexts as `end` has it. */
	private forget(name: string): void {
		const peer = this.#peers.get(name);
		this.#server.forget(name);
		this.#peers.delete(name);
		if (peer !== undefined) this.#options.clock.after(0, () => this.#close(peer));
	}

	/** Who makes room for another one. */
	private leastNeeded(newest: string): string {
		let least: string | undefined;
		for (const [name, peer] of this.#peers) {
			if (name === newest || isInUse(peer)) continue;
			if (!isAwaited(peer)) return name;
			least ??= name;
		}
		const [oldest = newest] = this.#peers.keys();
		return least ?? oldest;
	}

	/** Ends a run; its new context, if there is one yet, goes to the caller. */
	private takeRun(peer: Peer): SecurityContext | undefined {
		peer.expiry?.();
		peer.expiry = undefined;
		const target = peer.run?.take();
		peer.run = undefined;
		return target;
	}

	#close(peer: Peer): void {
		peer.run?.close();
		this.takeRun(peer);
		peer.live?.close();
		peer.previous?.close();
	}
}
