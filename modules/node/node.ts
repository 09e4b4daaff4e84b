import { fromHex, toHex } from "../bytes/bytes.js";
import { type Block, type Chain, type IdText, Kind, type Member, sameId } from "../chain/chain.js";
import type { Cancel, Clock } from "../clock/clock.js";
import type { Layer, Resources } from "../coap/coap.js";
import { type Action, actionsOf, type Device, typeName, typeNumber } from "../devices/devices.js";
import { type Store, StoreError } from "../store/store.js";
import type { Address } from "./address.js";
import { serveAnnouncement } from "./announcement.js";
import { BlockExchange, blocksPath, type Outcome } from "./block-exchange.js";
import { CatchingUp } from "./catching-up.js";
import type { Discovery } from "./discovery.js";
import { Freshness } from "./freshness.js";
import { HomeSecret } from "./home-secret.js";
import { type Identity, identityName } from "./identity.js";
import type { LightMemory } from "./light-memory.js";
import type { Link } from "./link.js";
import { Peers } from "./peers.js";
import { type Seats, type Sponsor, type Suite, synchronizationPath } from "./suite.js";
import { type TaskResult, Tasks, tasksPath } from "./tasks.js";

export * from "./address.js";
export { AdmissionError, type Applicant, admit, admits, checkApplicant } from "./admission.js";
export { blocksPath } from "./block-exchange.js";
export { Discovery } from "./discovery.js";
export { type Founded, found, type Profile } from "./founding.js";
export { HomeSecret } from "./home-secret.js";
export {
	type Identity,
	identityName,
	loadIdentity,
	passwordBytes,
	randomPrivateKey,
	saveIdentity,
	stretch
} from "./identity.js";
export { Joining, type JoinResult } from "./joining.js";
export { LightMemory } from "./light-memory.js";
export {
	type Answer,
	type Link,
	LinkError,
	type LinkHandler,
	type LinkOptions,
	type LinkRequest,
	type ObserveRequest,
	refusalText
} from "./link.js";
export * from "./notation.js";
export { keptAddresses } from "./peers.js";
export { readSettings, type Settings } from "./settings.js";
export * from "./suite.js";
export type { TaskResult } from "./tasks.js";
export { throttled } from "./throttled.js";

export interface NodeOptions {
	readonly identity: Identity;
	/** The home's. */
	readonly suite: Suite;
	/** All that this node knows. */
	readonly suites: readonly Suite[];
	readonly seats: Seats;
	/** As it was loaded from the store. */
	readonly chain: Chain;
	readonly store: Store;
	readonly device: Device;
	readonly memory: LightMemory;
	readonly clock: Clock;
	readonly random: (count: number) => Uint8Array;
	readonly layer: Layer;
	readonly resources: Resources;
	readonly discovery: Discovery;
	/** Seconds since 1970, or null when the clock is not set. */
	readonly time: () => number | null;
	/** Told what a person should see, a line each. */
	readonly report: (text: string) => void;
}

/** Whom a task is for. */
export type Target = { readonly members: readonly Member[] } | { readonly fault: string };

/** One device with an identity: its chain, its peers, and what it does for them. */
export class Node {
	readonly identity: Identity;
	readonly chain: Chain;
	readonly device: Device;
	readonly suite: Suite;
	readonly #options: NodeOptions;
	readonly #homeSecret: HomeSecret;
	readonly #peers: Peers;
	readonly #link: Link;
	readonly #exchange: BlockExchange;
	readonly #tasks: Tasks;
	readonly #catchingUp: CatchingUp;
	readonly #freshness: Freshness;
	readonly #ownWatchers = new Set<(result: TaskResult) => void>();
	#sponsor: Sponsor | undefined;

	/** Serves what its chain holds to authenticated members; admits nobody before `start`. */
	constructor(options: NodeOptions) {
		const { identity, chain, store, device, clock, random, layer, resources, report } = options;
		this.#options = options;
		this.identity = identity;
		this.chain = chain;
		this.suite = options.suite;
		this.device = device;
		this.#peers = new Peers(store);
		const fault = this.#peers.load();
		if (fault !== undefined) report(`damaged: ${fault}`);
		const peers = this.#peers;
		const locate = (peer: IdText, found: (address: Address | undefined) => void) =>
			options.discovery.locate(peer, options.suites, found);
		const onStranger = () => this.#catchingUp.hint();
		const { notation } = this.suite;
		this.#homeSecret = new HomeSecret(store, identity);
		const homeSecret = this.#homeSecret;
		this.#link = this.suite.createLink({
			identity,
			homeSecret,
			chain,
			peers,
			clock,
			layer,
			resources,
			locate,
			onStranger,
			report,
			store,
			random,
			seats: options.seats
		});
		const self = identity.idText;
		const onBlock = (block: Block, from: IdText) => this.#received(block, from);
		this.#exchange = new BlockExchange({
			chain,
			clock,
			peers,
			link: this.#link,
			notation,
			self,
			onBlock,
			report
		});
		const exchange = this.#exchange;
		this.#freshness = new Freshness({ clock, chain, peers, exchange, self });
		this.#catchingUp = new CatchingUp({
			clock,
			random,
			peers,
			exchange,
			onSame: peer => {
				this.#freshness.compared(peer);
				this.#link.agree(peer);
			}
		});
		this.#tasks = new Tasks({
			chain,
			link: this.#link,
			notation,
			device,
			clock,
			before: (action, from, judge) => this.#before(action, from, judge),
			refusal: (action, from) => this.#refusal(action, from),
			onPerformed: (action, _state, by) => this.#performed(action, by),
			onDifference: from => this.#catchingUp.with(from.idText)
		});
	}

	/** Whether this node's own block is on its chain. */
	get isMember(): boolean {
		return this.chain.members.get(this.identity.id) !== undefined;
	}

	/** How many peers have authenticated to this node. */
	get sessions(): number {
		return this.#link.sessions;
	}

	addressOf(member: Member): Address | undefined {
		return this.#peers.addressOf(member.idText);
	}

	/** Admits others for so many seconds. */
	invite(seconds: number): void {
		this.#sponsor?.invite(seconds);
	}

	/**
	 * Gives the home a new password and PIN: `done` once, with why not where it cannot be. Members learn of it as they
	 * meet.
	 */
	changePassword(
		profile: { password: string; pin: string },
		done: (fault: string | undefined) => void
	): void {
		const { suite, identity, chain } = this;
		const { clock } = this.#options;
		if (suite.renew === undefined) {
			done("a home of this suite keeps its password");
			return;
		}
		if (chain.members.get(identity.id)?.isFounder !== true) {
			done("only the founder can give the home a new password");
			return;
		}
		const { home, rounds, privateKey } = identity;
		const secret = this.#homeSecret.value;
		suite.renew({ clock, profile, home, rounds, secret, privateKey }, renewed => {
			try {
				this.#homeSecret.replace(renewed);
			} catch (error) {
				if (!(error instanceof StoreError)) throw error;
				done(error.message);
				return;
			}
			for (const peer of this.#peers.all) this.#link.agree(peer);
			done(undefined);
		});
	}

	uninvite(): void {
		this.#sponsor?.uninvite();
	}

	/**
	 * Fetches the chain from the sponsor that has just confirmed; `key` is its public key where the suite told it.
	 * `done` once, whatever comes of it.
	 */
	fetchFrom(
		sponsor: IdText,
		key: Uint8Array | undefined,
		address: Address,
		done: (outcome: Outcome) => void
	): void {
		if (key !== undefined) this.#link.introduce(fromHex(sponsor), key);
		this.#try(() => this.#peers.learn(sponsor, address));
		this.#exchange.start(sponsor, done);
	}

	/**
	 * Gets back a chain that was damaged, from whoever of the home is found: asks one after the other until this node
	 * is a member by it again. `done` once, with whether it is.
	 */
	heal(given: readonly Address[], done: (isMember: boolean) => void): void {
		const { discovery, suites } = this.#options;
		const known = this.#peers.all.flatMap(id => this.#peers.addressOf(id) ?? []);
		discovery.search([...given, ...known], suites, sightings => {
			const others = sightings.filter(
				({ announcement: { home, node } }) =>
					sameId(home, this.identity.home) && node !== this.identity.idText
			);
			const next = () => {
				const sighting = others.shift();
				if (sighting === undefined || this.isMember) {
					done(this.isMember);
					return;
				}
				const peer = sighting.announcement.node;
				this.#try(() => this.#peers.learn(peer, sighting.address));
				this.#exchange.start(peer, next);
			};
			next();
		});
	}

	/**
	 * Starts a member's life: admits others, and catches up with its peers now and from time to time.
	 */
	start(): void {
		const { identity, chain, suite } = this;
		const homeSecret = this.#homeSecret;
		const { clock, random, resources, time, report } = this.#options;
		if (!identity.isConfirmed) this.#try(() => homeSecret.replace(homeSecret.value));
		const paths = [synchronizationPath, ...this.suite.paths, blocksPath, tasksPath];
		const { idText: node, home, rounds } = identity;
		const announce = () => ({
			node,
			home,
			rounds,
			suite,
			version: suite.versionOf(homeSecret.value),
			isInviting: this.#sponsor?.isInviting ?? false
		});
		serveAnnouncement({ resources, clock, random, announce, paths });
		const onAdmitted = (block: Block) => {
			if (block.body.kind === Kind.add) report(`admitted ${block.body.name} (${typeName(block.body.type)})`);
			this.#catchingUp.withAll();
		};
		const parts = { identity, homeSecret, chain, clock, random, resources, time, onAdmitted, report };
		this.#sponsor = this.suite.createSponsor(parts);
		this.#catchingUp.start();
	}

	/** Makes ready what a first task for a member would have to wait for, such as a handshake. */
	prepare(member: Member): void {
		this.#link.prepare(member.idText);
	}

	/** Ends what runs by itself and writes what still waits. */
	stop(): void {
		this.#catchingUp.stop();
		this.#link.stop();
		this.#options.memory.flush();
	}

	/**
	 * Whom WHO means: a member's name, NAME~ID, an id, a type, or "all", the last two narrowed to devices that know
	 * the action.
	 */
	find(who: string, action: Action): Target {
		const { members } = this.chain;
		const byLabel = members.all.filter(member => members.label(member) === who || member.idText === who);
		if (byLabel.length > 0) return { members: byLabel };
		const named = members.named(who);
		if (named.length > 1) {
			return { fault: `there are several: ${named.map(member => members.label(member)).join(", ")}` };
		}
		const type = typeNumber(who);
		if (who !== "all" && type === undefined) return { fault: `there is no "${who}" in this home` };
		const able = members.all.filter(
			member => (type === undefined || member.type === type) && actionsOf(member.type).includes(action)
		);
		if (able.length === 0) return { fault: `no ${type === undefined ? "device" : who} here can ${action}` };
		return { members: able };
	}

	/** Has a member's device do something; `done` once, after at most 10 seconds. Throws an ActionError for our own. */
	task(member: Member, action: Action, done: (result: TaskResult) => void): void {
		if (member.idText !== this.identity.idText) {
			this.#tasks.ask(member, action, done);
			return;
		}
		const state = this.device.perform(action);
		if (action !== "read") this.#changed();
		done({ state });
	}

	/** Forgets everything, the identity last; the node must not be used afterwards. */
	wipe(): void {
		this.#catchingUp.stop();
		this.#link.stop();
		this.#options.store.wipe(identityName);
		this.identity.privateKey.fill(0);
		this.identity.secret.fill(0);
	}

	/** Writes what the node can do without: a flash that refuses is reported, and the node goes on. */
	#try(write: () => void): void {
		try {
			write();
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			this.#options.report(error.message);
		}
	}

	/** A lock looks first whether the asker may still unlock, unless that is for good: the founder's right. */
	#before(action: Action, from: Member, judge: () => void): void {
		const isGuarded = this.suite.guardsLocks && this.device.type === "lock";
		if (!isGuarded || action !== "unlock" || from.isFounder) {
			judge();
			return;
		}
		this.#freshness.before(from.idText, finding => {
			if (finding === "silent") {
				const name = this.chain.members.label(from);
				this.#options.report(`nobody else answers: ${name} is judged by what this node knows`);
			}
			judge();
		});
	}

	/** Until members can be granted it, only the founder may unlock, where the suite knows for sure who asks. */
	#refusal(action: Action, from: Member): string | undefined {
		if (!this.suite.guardsLocks) return undefined;
		// It may have waited for the judgement, and be no member any more.
		if (this.chain.members.get(from.idText) === undefined) return "not a member";
		if (action !== "unlock" || from.isFounder) return undefined;
		return "not granted";
	}

	/** Hears a member's state now and whenever it changes, until what is returned is called. */
	watch(member: Member, onResult: (result: TaskResult) => void): Cancel {
		if (member.idText !== this.identity.idText) return this.#tasks.watch(member, onResult);
		onResult({ state: this.device.state });
		this.#ownWatchers.add(onResult);
		return () => this.#ownWatchers.delete(onResult);
	}

	#performed(action: Action, by: Member): void {
		this.#options.report(`${by.name} asked: ${action}; now ${this.device.state}`);
		if (action !== "read") this.#changed();
	}

	/** Keeps a light's state, and tells those who watch this device. */
	#changed(): void {
		this.#tasks.changed();
		for (const onResult of this.#ownWatchers) onResult({ state: this.device.state });
		if (this.device.type === "light") this.#options.memory.keep(this.device.state);
	}

	#received(block: Block, from: IdText): void {
		const { report } = this.#options;
		this.#link.membersChanged();
		const sender = this.chain.members.get(from)?.name ?? from;
		if (block.body.kind === Kind.add) report(`learned of ${block.body.name} from ${sender}`);
		else report(`received block ${toHex(block.hash.subarray(0, 4))} from ${sender}`);
	}
}
