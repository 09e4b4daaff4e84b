import { fromHex, type Records } from "../bytes/bytes.js";
import type { Chain, IdText } from "../chain/chain.js";
import { type Cancel, type Clock, Turns } from "../clock/clock.js";
import type { BlockExchange } from "./block-exchange.js";
import type { Discovery } from "./discovery.js";
import { locksToTell, neighboursOf, ownersOf, ringOf } from "./neighbours.js";
import type { Peers } from "./peers.js";

/** Milliseconds between two looks at a peer's chain when nothing happens, on average. */
const lookInterval = 60_000;
/** Milliseconds before a peer that did not answer is asked again; doubled each time, up to the look's interval. */
const firstRetry = 2_000;
/** Least milliseconds between two looks that strangers cause. */
const hintInterval = 5_000;
/** Most milliseconds before news is handed on, at random, so that not all do it at once. */
const handOnDelay = 100;
/** Milliseconds between two pings of silent peers for each member of the home: four a second, all members together. */
const pingInterval = 250;
/** Milliseconds after which the next exchange begins although the one before is not over: its peer may be away. */
const turnLength = 500;
/** Least milliseconds between two pings of one node. */
const leastPingInterval = 1_000;
/** Most exchanges that are begun at once, and one with a peer that was heard: a board has no room for many. */
const mostAtOnce = 3;
/** Milliseconds that an exchange leaves to what a person waits for: a board computes one thing after the other. */
const courtesy = 500;
/** Milliseconds after a start, when there are no keys yet with anybody, in which it waits for as long as a person does, unless there is news. */
const startingTime = 10_000;
/** Milliseconds that a new member has to agree on keys by itself with whom it needs, and by chance up to as many more. */
const newcomerDelay = 10_000;
/** How often a peer is pinged before it is taken to be away: datagrams get lost. */
const knocks = 3;

export interface CatchingUpOptions {
	readonly clock: Clock;
	readonly random: (count: number) => Uint8Array;
	readonly chain: Chain;
	readonly peers: Peers;
	readonly discovery: Pick<Discovery, "ping">;
	readonly exchange: Pick<BlockExchange, "start">;
	/** Whether this node and a peer have keys that they agreed on. */
	readonly hasKeys: (peer: IdText) => boolean;
	/** Whether a person waits for a device of somebody's to answer this node. */
	readonly isAwaited: () => boolean;
	/** This node's own id. */
	readonly self: IdText;
	/** What only this node knows: by that it draws some of its neighbours. */
	readonly secret: () => Uint8Array;
	/** A peer answers no ping where it is known to be. */
	readonly onMissed: (peer: IdText) => void;
	/** This node and a peer have the same blocks. */
	readonly onSame: (peer: IdText) => void;
}

/**
 * Keeps this node's chain the same as the others', also when some are away and datagrams are lost: news is handed on
 * from neighbour to neighbour, a peer at random is compared with from time to time, and who is silent is asked again
 * when it is heard of.
 */
export class CatchingUp {
	readonly #options: CatchingUpOptions;
	/** Ends the waits of the peers that did not answer. */
	readonly #silent = new Map<IdText, Cancel>();
	/** Peers with whom an exchange is under way or due. */
	readonly #waiting = new Set<IdText>();
	readonly #turns: Turns;
	#look: Cancel | undefined;
	#ping: Cancel | undefined;
	#handOn: Cancel | undefined;
	/** The members when none of them was new. */
	#known: Records | undefined;
	#newcomers: Cancel | undefined;
	#isPaused = false;
	/** Until when it has just been started. */
	#startingUntil = 0;
	#lastHint = Number.NEGATIVE_INFINITY;
	/** Whether the next look is at an owner. */
	#isOwnersTurn = false;

	constructor(options: CatchingUpOptions) {
		this.#options = options;
		this.#turns = new Turns(options.clock, turnLength, { most: mostAtOnce, alternates: true });
		options.peers.onSeen = id => this.seen(id);
	}

	/** Begins with the neighbours, and looks again from time to time. */
	start(): void {
		if (this.#isPaused) return;
		this.#startingUntil = this.#options.clock.now() + startingTime;
		this.withNeighbours();
		this.schedule();
	}

	stop(): void {
		this.#look?.();
		this.#ping?.();
		this.#ping = undefined;
		this.#handOn?.();
		this.#handOn = undefined;
		this.#newcomers?.();
		this.#newcomers = undefined;
		for (const cancel of this.#silent.values()) cancel();
		this.#silent.clear();
		for (const id of [...this.#waiting]) this.withdraw(id);
	}

	/** There is something new: the neighbours are to have it, and hand it on. */
	news(): void {
		this.#startingUntil = 0;
		if (this.#isPaused || this.#handOn !== undefined) return;
		const [chance = 0] = this.#options.random(1);
		this.#handOn = this.#options.clock.after((handOnDelay * chance) / 256, () => {
			this.#handOn = undefined;
			this.withNeighbours();
		});
	}

	/** The network is gone: asks nobody, so that nothing is under way to nowhere when it comes back. */
	pause(): void {
		this.#isPaused = true;
		this.stop();
	}

	/** The network is there again: begins anew. */
	again(): void {
		this.#isPaused = false;
		this.stop();
		this.start();
	}

	/**
	 * Makes the chain the same with one peer that was heard before others, however often it takes; soon again, should it be
	 * away by then.
	 */
	with(id: IdText): void {
		this.withdraw(id);
		this.try(id, firstRetry, true);
	}

	/** `wait`: milliseconds until the next try, should this one fail; `isHeard`: it is there, and goes before those that are due. */
	private try(id: IdText, wait: number, isHeard = false): void {
		if (this.#isPaused) return;
		// No longer silent, or the answer to the ping would begin all this again, as fast as answers come.
		this.#silent.get(id)?.();
		this.#silent.delete(id);
		if (this.#waiting.has(id) || !this.isOfHome(id)) return;
		this.#waiting.add(id);
		this.schedulePing();
		this.#turns.enter(id, end => this.begin(id, wait, isHeard, end), isHeard);
	}

	private begin(id: IdText, wait: number, isHeard: boolean, end: () => void): void {
		const over = (isSame: boolean) => {
			try {
				this.tried(id, wait, isSame);
			} finally {
				end();
			}
		};
		if (isHeard) this.compare(id, over);
		else this.knock(id, isThere => (isThere ? this.compare(id, over) : over(false)));
	}

	/** `left`: milliseconds that were left to what a person waits for. */
	private compare(id: IdText, over: (isSame: boolean) => void, left = 0): void {
		const { exchange, clock, isAwaited } = this.#options;
		if (this.#isPaused) over(false);
		else if ((left < courtesy || clock.now() < this.#startingUntil) && isAwaited())
			clock.after(courtesy, () => this.compare(id, over, left + courtesy));
		else exchange.start(id, ({ same }) => over(same));
	}

	private tried(id: IdText, wait: number, isSame: boolean): void {
		this.#waiting.delete(id);
		if (!isSame) this.retry(id, wait);
		else {
			this.#silent.delete(id);
			this.#options.onSame(id);
		}
	}

	/**
	 * Whether a peer is there: what is asked of one that is away costs a board two curve operations and 8 KB, a ping next to nothing.
	 * Who has no known address is searched for by the exchange.
	 */
	knock(id: IdText, done: (isThere: boolean) => void, left = knocks): void {
		const { peers, discovery } = this.#options;
		const address = peers.addressOf(id);
		if (address === undefined) done(true);
		else
			discovery.ping(
				address,
				() => done(!this.#isPaused),
				() => {
					if (left > 1 && !this.#isPaused) this.knock(id, done, left - 1);
					else {
						done(false);
						if (!this.#isPaused) this.#options.onMissed(id);
					}
				}
			);
	}

	/**
	 * Whether a peer is asked, and waited for where it is silent: who is a member no more would be for good, and whom a bad one
	 * admits may change all the time. Where this node's chain is damaged, who that is may be what it lacks.
	 */
	private isOfHome(id: IdText): boolean {
		const { chain } = this.#options;
		return chain.isDamaged || chain.members.get(id) !== undefined;
	}

	/** What has not begun yet will not. */
	private withdraw(id: IdText): void {
		if (!this.#turns.has(id)) return;
		this.#turns.leave(id);
		this.#waiting.delete(id);
	}

	/** Someone came whom this node does not know, perhaps a new member: asks one peer, and not at everyone's bidding. */
	hint(): void {
		const now = this.#options.clock.now();
		if (now - this.#lastHint < hintInterval) return;
		this.#lastHint = now;
		this.any();
	}

	/** A silent peer was heard: now is the time to compare. */
	private seen(id: IdText): void {
		const cancel = this.#silent.get(id);
		if (cancel === undefined) return;
		cancel();
		this.#silent.set(
			id,
			this.#options.clock.after(0, () => this.with(id))
		);
	}

	private retry(id: IdText, wait: number): void {
		const { clock } = this.#options;
		this.#silent.get(id)?.();
		this.#silent.delete(id);
		if (this.#isPaused) return;
		const cancel = clock.after(wait, () => this.try(id, Math.min(2 * wait, lookInterval)));
		this.#silent.set(id, cancel);
		this.schedulePing();
	}

	/** While somebody is silent, or an answer is slow: 4 bytes now and then tell when it is back, and when two halves of a home meet again. */
	private schedulePing(): void {
		if (this.#ping !== undefined) return;
		const { clock, random, chain } = this.#options;
		const interval = Math.max(leastPingInterval, pingInterval * chain.members.size);
		const [jitter = 0, chosen = 0] = random(2);
		this.#ping = clock.after(interval * (0.5 + jitter / 256), () => {
			this.#ping = undefined;
			const silent = [...new Set([...this.#silent.keys(), ...this.#waiting])];
			const id = silent[chosen % Math.max(1, silent.length)];
			if (id === undefined) return;
			this.pingPeer(id);
			this.schedulePing();
		});
	}

	/** Any answer is enough: what waits for the peer is then sent again, and one that was silent is asked. */
	private pingPeer(id: IdText): void {
		const { peers, discovery } = this.#options;
		const address = peers.addressOf(id);
		if (address !== undefined) discovery.ping(address, () => this.seen(id));
	}

	/** The jitter keeps a home from doing it all at once. */
	private schedule(): void {
		const { clock, random } = this.#options;
		const [jitter = 0] = random(1);
		this.#look = clock.after(lookInterval / 2 + (lookInterval * jitter) / 256, () => {
			// First the next look: an error in this one must not be the end of them.
			this.schedule();
			this.any();
		});
	}

	/**
	 * Who is new is left alone for a while: it begins with its own neighbours, and what all those whose neighbour it is begin with it
	 * as well would be computed for nothing.
	 */
	private withNeighbours(): void {
		const { chain, peers, self, secret, hasKeys } = this.#options;
		// Whoever was met counts too: the blocks of members may be what is damaged.
		const own = fromHex(self);
		const { roster, removedIds } = chain.members;
		const ring = ringOf([own]);
		for (let number = 0; number < roster.size; number += 1) ring.insertOnce(roster.idAt(number));
		for (const { id } of peers.places()) if (removedIds.find(id) < 0) ring.insertOnce(id);
		let areNew = false;
		const known = this.#known ?? ring;
		// A lock, though new, must hear at once of a removal.
		for (const id of locksToTell(roster, own)) this.try(id, firstRetry);
		for (const id of neighboursOf(secret(), own, ring)) {
			if (known.find(fromHex(id)) >= 0 || hasKeys(id)) this.try(id, firstRetry);
			else areNew = true;
		}
		if (areNew) this.waitForNewcomers();
		else this.#known = ring;
	}

	private waitForNewcomers(): void {
		const { clock, random } = this.#options;
		const [chance = 0] = random(1);
		this.#newcomers ??= clock.after(newcomerDelay * (1 + chance / 256), () => {
			this.#newcomers = undefined;
			this.#known = undefined;
			this.withNeighbours();
		});
	}

	/** With one peer at random; every other time with an owner, or bad members would be most of those who are looked at. */
	private any(): void {
		const { peers, random, chain, self } = this.#options;
		this.#isOwnersTurn = !this.#isOwnersTurn;
		const isAsked = (id: IdText) => this.#isOwnersTurn && id !== self && !this.#silent.has(id);
		const owners = ownersOf(chain.members.roster).filter(isAsked);
		// Whom it admitted and the home does not have is kept among them.
		const all = owners.length > 0 ? owners : peers.all.filter(id => this.isOfHome(id));
		const [chosen = 0] = random(1);
		const peer = all[chosen % Math.max(1, all.length)];
		if (peer === undefined) return;
		this.withdraw(peer);
		this.try(peer, firstRetry);
	}
}
