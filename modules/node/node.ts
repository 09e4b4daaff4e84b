import { fromHex, Records, toHex } from "../bytes/bytes.js";
import {
	type AddBody,
	type Chain,
	type IdText,
	idLength,
	Kind,
	type Member,
	prefixLength
} from "../chain/chain.js";
import type { Cancel, Clock } from "../clock/clock.js";
import type { Layer, Resources } from "../coap/coap.js";
import { type Action, ActionError, type Device } from "../devices/devices.js";
import { type Store, StoreError } from "../store/store.js";
import type { Address } from "./address.js";
import { sponsorFault } from "./admission.js";
import { serveAnnouncement } from "./announcement.js";
import { BlockExchange, blocksPath, type Outcome } from "./block-exchange.js";
import { BlockIntake } from "./block-intake.js";
import { CatchingUp } from "./catching-up.js";
import { type Copy, CopyWatch } from "./copy-watch.js";
import type { Discovery } from "./discovery.js";
import { Doorkeeper } from "./doorkeeper.js";
import { Freshness, type FreshnessOptions } from "./freshness.js";
import { HomeDuties } from "./home-duties.js";
import { HomeNews } from "./home-news.js";
import { HomeSecret } from "./home-secret.js";
import { type Identity, identityName } from "./identity.js";
import { Issuer } from "./issuer.js";
import type { LightMemory } from "./light-memory.js";
import type { Link } from "./link.js";
import { MembershipDoubt } from "./membership-doubt.js";
import { Naming } from "./naming.js";
import { OnceRemoved } from "./once-removed.js";
import { changePassword, type PasswordChangeOptions, passwordChangeFault } from "./password-change.js";
import { PeerSearch } from "./peer-search.js";
import { Peers } from "./peers.js";
import { Readmission } from "./readmission.js";
import { RemovalNotice, removedText } from "./removal-notice.js";
import { type Places, Replacement } from "./replacement.js";
import { isLeftOut, standingFault } from "./standing.js";
import { type Done, Stewardship } from "./stewardship.js";
import { type Seats, type Sponsor, type Suite, synchronizationPath } from "./suite.js";
import { findTarget, type Target } from "./targets.js";
import { actWindow, askedAtOnce, resultText, type TaskResult, Tasks, tasksPath } from "./tasks.js";
import { unsentText } from "./unsent.js";
import { WriteShares } from "./write-shares.js";

export * from "./address.js";
export {
	AdmissionError,
	type Applicant,
	admit,
	admits,
	admittedText,
	applicantOf,
	checkApplicant,
	isStatedFor,
	type Place,
	sponsorFault
} from "./admission.js";
export { blocksPath } from "./block-exchange.js";
export { Discovery } from "./discovery.js";
export { found, type Profile } from "./founding.js";
export { type Granted, grantFault, grantsTaken, grantsText } from "./granting.js";
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
export { Issuer } from "./issuer.js";
export { type HeardHome, Joining, type JoinRequest, type JoinResult } from "./joining.js";
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
export { chosenPasswordFault, passwordFault, pinFault } from "./password.js";
export { keptAddresses, type Peers } from "./peers.js";
export { nameOf, permissionText, scopeText } from "./permission-text.js";
export { Prefixes } from "./prefixes.js";
export { type Places, Replacement } from "./replacement.js";
export {
	misspelt,
	type Pin,
	readSettings,
	type Settings,
	type WifiCredentials,
	wifiFault
} from "./settings.js";
export { SpentAnswers, spentName } from "./spent-answers.js";
export { isLeftOut } from "./standing.js";
export type { Done, Recovery } from "./stewardship.js";
export { StrangerGate } from "./stranger-gate.js";
export { StrangerReports } from "./stranger-reports.js";
export * from "./suite.js";
export { findMember, fullLabel, givenName, leftOutText, particulars, type Target } from "./targets.js";
export { askedAtOnce, type TaskResult } from "./tasks.js";
export { tellAll } from "./tell-all.js";
export { throttled } from "./throttled.js";
export { unsentText } from "./unsent.js";
export { WriteShares } from "./write-shares.js";

export interface NodeOptions {
	readonly identity: Identity;
	/** The home's. */
	readonly suite: Suite;
	/** All that this node knows. */
	readonly suites: readonly Suite[];
	readonly seats: Seats;
	/** Peers with security contexts at once. */
	readonly maxContexts: number;
	/** As it was loaded from the store. */
	readonly chain: Chain;
	readonly store: Store;
	readonly device: Device;
	readonly memory: LightMemory;
	readonly clock: Clock;
	/** When this program was started; now by default. */
	readonly begin?: number;
	readonly random: (count: number) => Uint8Array;
	readonly layer: Layer;
	readonly resources: Resources;
	readonly discovery: Discovery;
	/** Where else members are looked for than by broadcast. */
	readonly given: readonly Address[];
	/** Why nothing can be sent to a host, or without one to everyone; undefined where it can, as far as is known. */
	readonly sendFault: (host?: string) => string | undefined;
	/** Seconds since 1970, or null when the clock is not set. */
	readonly time: () => number | null;
	/** Told what a person should see, a line each. */
	readonly report: (text: string) => void;
}

/** Most of those who say that they are this node that are looked at at once. */
const copiesSought = 4;
/** Milliseconds after which a peer that was seen elsewhere hears of where it was before. */
const movedDelay = 1_000;

/** Why a node admits nobody that does not have the home's password. */
const passwordUnheard =
	"this node has not heard the home's password yet; if nobody has it, an owner's \"password\" gives the home a new one";

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
	readonly steward: Stewardship;
	readonly naming: Naming;
	readonly #issuer: Issuer;
	readonly #duties: HomeDuties;
	readonly #readmission: Readmission;
	#sponsor: Sponsor | undefined;
	readonly #removal: RemovalNotice;
	#isOver = false;
	readonly #news: HomeNews;
	readonly #doubt: MembershipDoubt;
	readonly #copies: CopyWatch;

	/** Serves what its chain holds to authenticated members; admits nobody before `start`. */
	constructor(options: NodeOptions) {
		const { identity, chain, store, device, clock, random, layer, resources, report } = options;
		this.#options = options;
		this.identity = identity;
		this.chain = chain;
		this.#news = new HomeNews({ chain, report });
		this.#doubt = new MembershipDoubt({ clock, chain, report });
		this.suite = options.suite;
		this.device = device;
		const shares = new WriteShares(clock);
		this.#peers = new Peers(
			store,
			id => shares.takes(id),
			() => clock.now()
		);
		const fault = this.#peers.load();
		if (fault !== undefined) report(`damaged: ${fault}`);
		const peers = this.#peers;
		const locate = (peer: IdText, found: (address: Address | undefined) => void) =>
			options.discovery.locate(peer, options, found);
		const onFound = (peer: IdText, address: Address) => this.#link.visit(peer, address);
		const search = new PeerSearch({ clock, random, peers, locate, onFound });
		const onMissed = (peer: IdText) => search.missed(peer);
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
			onMissed,
			onStranger,
			onOpening: (owner, address) => {
				peers.learn(owner, address, false);
				this.#exchange.start(owner);
			},
			onRemoved: proof => this.#removal.hear(proof, () => this.checkOut()),
			onUnknown: address => this.doubted(address),
			report,
			store,
			random,
			seats: options.seats,
			maxContexts: options.maxContexts
		});
		const self = identity.idText;
		const intake = new BlockIntake({
			chain,
			clock,
			onBlock: (block, from) => this.#news.received(block, from),
			report
		});
		this.#exchange = new BlockExchange({
			chain,
			clock,
			peers,
			link: this.#link,
			notation,
			self,
			intake,
			report,
			onSelf: address => this.#copies.heard(address),
			onSameAuthority: peer => this.compared(peer)
		});
		const exchange = this.#exchange;
		this.#copies = new CopyWatch({
			clock,
			random,
			layer,
			resources,
			secret: () => identity.privateKey,
			seek: found => options.discovery.locateAll(identity.idText, options, copiesSought, found),
			onCopy: place => report(copyText(identity, place))
		});
		peers.onMoved = (id, before) => {
			exchange.hearsay.moved(id, before);
			// So that it hears of that soon.
			clock.after(movedDelay, () => this.#catchingUp.with(id));
		};
		const knock: FreshnessOptions["knock"] = (...asked) => this.#catchingUp.knock(...asked);
		this.#freshness = new Freshness({ clock, chain, peers, exchange, knock, self });
		this.#catchingUp = new CatchingUp({
			clock,
			random,
			chain,
			peers,
			discovery: options.discovery,
			exchange,
			hasKeys: peer => this.#link.hasKeys(peer),
			isAwaited: () => this.#tasks.isAwaited,
			self,
			secret: () => identity.privateKey,
			onMissed,
			onSame: peer => {
				this.compared(peer);
				this.#duties.changed();
				this.#link.agree(peer);
			}
		});
		const beforeSigning = (sign: () => void) => this.beforeSigning(sign);
		const { time } = options;
		const { id } = identity;
		this.#issuer = new Issuer({ chain, clock, identity, time });
		const issuer = this.#issuer;
		const isInTouch = () => this.#freshness.isInTouch;
		const link = this.#link;
		this.#readmission = new Readmission({ chain, clock, issuer, id, link, beforeSigning, report });
		const onLapsed = (lapsed: readonly AddBody[]) => this.#readmission.look(lapsed);
		const asked = { beforeSigning, isInTouch, onLapsed };
		this.#duties = new HomeDuties({ clock, random, chain, issuer, id, ...asked, report });
		const parts = { chain, identity, issuer, store, random, time, report };
		this.#removal = new RemovalNotice({ store, chain, id, clock, report });
		const onceRemoved = device.type === "lock" ? new OnceRemoved({ store, chain, report }) : undefined;
		if (onceRemoved !== undefined) chain.onChanged(() => onceRemoved.look());
		const isOut = () => this.isRemoved;
		const onNewKey = () => this.#link.ownKeyChanged();
		this.steward = new Stewardship({ ...parts, beforeSigning, isOut, onNewKey });
		this.naming = new Naming({
			chain,
			clock,
			identity,
			store,
			link,
			notation,
			steward: this.steward,
			report
		});
		this.#tasks = new Tasks({
			chain,
			link: this.#link,
			notation,
			device,
			clock,
			begin: options.begin,
			random,
			judge: new Doorkeeper({
				chain,
				suite: this.suite,
				device,
				freshness: this.#freshness,
				id,
				wasRemoved: who => onceRemoved?.has(who) === true,
				report
			}),
			onPerformed: (action, _state, by) => this.performed(action, by),
			onDifference: from => this.#catchingUp.with(from.idText)
		});
		chain.onChanged(() => this.chainChanged());
	}

	/** Whether the home has removed this node: it takes part in nothing any more. */
	get isRemoved(): boolean {
		return this.#removal.isRemoved;
	}

	/** Who admitted this node and was removed before an owner confirmed it, as people see it; undefined where that is not so. */
	get goneSponsor(): string | undefined {
		const { goneSponsor } = this.#removal;
		return goneSponsor && this.chain.members.directory.labelOf(toHex(goneSponsor));
	}

	/** Whether it is no member, though nobody has removed it: see `isLeftOut`. */
	get isOut(): boolean {
		return !this.isRemoved && isLeftOut(this.chain, this.identity.id);
	}

	/** Who does not take this node for a member, though it is one by its own chain; undefined where nobody is known to. */
	get doubter(): string | undefined {
		return this.#doubt.doubter;
	}

	/** Whether this node's own block is on its chain. */
	get isMember(): boolean {
		return this.chain.members.get(this.identity.id) !== undefined;
	}

	/** How many peers have authenticated to this node. */
	get sessions(): number {
		return this.#link.sessions;
	}

	/** How the flash is used: values kept, writes since this node was started, why it refused the last one. */
	get flash(): { readonly values: number; readonly writes: number; readonly fault: string | undefined } {
		const { store } = this.#options;
		return { values: store.names().length, writes: store.writes, fault: store.fault };
	}

	/** Another node that has this node's identity, where one was found. */
	get copy(): Copy | undefined {
		return this.#copies.copy;
	}

	addressOf(member: Member): Address | undefined {
		return this.#peers.addressOf(member.idText);
	}

	/** How many milliseconds ago a member was heard; undefined where it was not since the start. */
	heardAgo(member: Member): number | undefined {
		return this.#peers.heardAgo(member.idText);
	}

	/** See `Peers.latestHeard`. */
	latestHeard(most: number): ReturnType<Peers["latestHeard"]> {
		return this.#peers.latestHeard(most);
	}

	/** Whether it admits others at the moment because it was told to. */
	get isInviting(): boolean {
		return this.suite.invites && this.#sponsor?.isInviting === true;
	}

	/** Whether it can be told to: a member of a home that admits nobody without. */
	get canInvite(): boolean {
		return this.suite.invites && this.#sponsor !== undefined && this.sponsorFault === undefined;
	}

	private get sponsorFault(): string | undefined {
		if (this.isRemoved) return removedText;
		const { chain, identity, suite } = this;
		const fault = sponsorFault(chain, identity.id);
		const isHeard = suite.versionOf(identity.secret) === chain.members.passwordVersion;
		return fault ?? (isHeard ? undefined : passwordUnheard);
	}

	/** The network is gone. */
	disconnected(): void {
		this.#catchingUp.pause();
		this.#copies.pause();
	}

	/** The network is there again: catches up with everyone at once. */
	reconnected(): void {
		if (this.isRemoved) return;
		this.#catchingUp.again();
		this.#copies.start();
	}

	/** Admits others for so many seconds. Returns why it does not, or undefined. */
	invite(seconds: number): string | undefined {
		const fault = this.sponsorFault;
		if (fault === undefined) this.#sponsor?.invite(seconds);
		return fault;
	}

	/** Why it cannot give the home a new password, or undefined. */
	get passwordChangeFault(): string | undefined {
		return this.isRemoved ? removedText : passwordChangeFault(this);
	}

	/**
	 * Gives the home a new password and PIN: `done` once, with why not where it cannot be. Members learn of it as they
	 * meet.
	 */
	changePassword(profile: { password: string; pin: string }, done: Done): void {
		const { suite, identity, chain } = this;
		const { clock } = this.#options;
		const homeSecret = this.#homeSecret;
		const checkpoint: PasswordChangeOptions["checkpoint"] = (...said) => this.steward.checkpoint(...said);
		const onChanged = () => {
			for (const peer of this.#peers.all) this.#link.agree(peer);
		};
		changePassword({ suite, identity, chain, clock, homeSecret, checkpoint, onChanged }, profile, done);
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
		this.try(() => this.#peers.learn(sponsor, address));
		this.#exchange.start(sponsor, done);
	}

	/**
	 * Gets back a chain that was damaged, from whoever of the home is found: asks one after the other until this node
	 * is a member by it again, or hears that it was removed. `done` once, with whether it came to that.
	 */
	heal(given: readonly Address[], done: (isSettled: boolean) => void): void {
		const { discovery, suites } = this.#options;
		const known = [...this.#peers.places()].map(({ address }) => address);
		const { home, idText } = this.identity;
		discovery.search({ given, known, suites, home }, sightings => {
			const others = sightings.filter(({ announcement }) => announcement.node !== idText);
			const next = () => {
				const sighting = others.shift();
				const isSettled = this.isMember || this.isRemoved || this.goneSponsor !== undefined;
				if (sighting === undefined || isSettled) {
					done(isSettled);
					return;
				}
				const peer = sighting.announcement.node;
				this.#peers.learn(peer, sighting.address, false);
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
		const { clock, random, resources, report } = this.#options;
		if (!identity.isConfirmed) this.try(() => homeSecret.replace(homeSecret.value));
		const paths = [synchronizationPath, ...this.suite.paths, blocksPath, tasksPath];
		const { idText: node, home, rounds } = identity;
		const announce = () => ({
			node,
			home,
			rounds,
			suite,
			version: suite.versionOf(homeSecret.value),
			era: chain.base?.opening.subarray(0, prefixLength) ?? new Uint8Array(prefixLength),
			checkpoint: chain.checkpoint,
			isInviting: this.#sponsor?.isInviting ?? false
		});
		serveAnnouncement({ resources, clock, random, announce, paths });
		const beforeSigning = (sign: () => void) => this.beforeSigning(sign);
		const issuer = this.#issuer;
		const parts = { identity, homeSecret, chain, issuer, clock, random, resources, beforeSigning, report };
		this.#sponsor = this.suite.createSponsor(parts);
		// First, so that nobody is told of a key that was only not in its place yet.
		this.steward.settleKey();
		this.checkOut();
		this.#catchingUp.start();
		this.#duties.start();
		this.#copies.start();
		this.naming.look();
	}

	/** Why a member cannot take the place of another, or undefined. */
	replacementFault(places: Places): string | undefined {
		return Replacement.fault(this.replacing, places);
	}

	/** Has a member take the place of another, which is removed: see `Replacement`. */
	replace(places: Places, done: Done): void {
		new Replacement(this.replacing, places, done).begin();
	}

	private get replacing(): ConstructorParameters<typeof Replacement>[0] {
		const { chain, steward, naming } = this;
		const { clock } = this.#options;
		return {
			chain,
			clock,
			link: this.#link,
			notation: this.suite.notation,
			steward,
			naming,
			id: this.identity.id
		};
	}

	/** A node asks first how far its own blocks go: what it issued before its flash was set back must not be issued twice. */
	private beforeSigning(sign: () => void): void {
		this.#freshness.before(this.identity.idText, () => sign());
	}

	/** This node and a member have the same of owners. */
	private compared(peer: IdText): void {
		this.#doubt.compared(peer);
		this.#freshness.compared(peer);
	}

	/** A member does not know this node. Where its own chain shows why, that was told. */
	private doubted(address: Address): void {
		const { chain, identity, isRemoved, goneSponsor } = this;
		// After a start nobody has been seen anywhere.
		const peer = this.#peers.at(address, false);
		const isMember = !isRemoved && goneSponsor === undefined && this.isMember;
		if (peer !== undefined && isMember && standingFault(chain, identity) === undefined)
			this.#doubt.doubted(peer);
	}

	private checkOut(): void {
		if (!this.isRemoved) {
			this.#news.seeSponsor(this.goneSponsor);
			if (this.goneSponsor === undefined) this.#news.seeStanding(this.identity);
			return;
		}
		if (this.#isOver) return;
		this.#isOver = true;
		// What is under way ends, and nothing comes after it.
		this.#catchingUp.pause();
		this.#duties.stop();
		this.#copies.stop();
		this.#readmission.stop();
		this.#link.stop();
		this.#sponsor?.uninvite();
		this.#options.report('this node was removed from the home; "reset" makes it ready for another');
	}

	/** The ids in this node's own adds: whom a base left out it has to ask for a signature, see `Readmission`. */
	private admitted(): Records {
		const { chain, identity } = this;
		const ids = new Records(idLength);
		for (let number = chain.firstOf(identity.id); chain.isBy(number, identity.id); number += 1) {
			if (chain.kindAt(number) === Kind.add) ids.insertOnce(chain.subjectAt(number));
		}
		return ids;
	}

	/** The link has heard of it before: the old key of a peer opens nothing any more. */
	private chainChanged(): void {
		this.#news.seeEra();
		this.#removal.look();
		this.steward.settleKey();
		this.naming.look();
		this.checkOut();
		const { members, isDamaged } = this.chain;
		// Who is none any more would keep a place from members. A node that is none itself may lack who is.
		if (this.isMember && !isDamaged) {
			const admitted = this.admitted();
			this.#peers.keep(id => members.roster.has(id) || admitted.find(id) >= 0);
		}
		if (this.#isOver && !this.isRemoved) this.#options.report("this node is a member again: start it anew");
		this.#catchingUp.news();
		this.#duties.changed();
	}

	/** Ends what runs by itself and writes what still waits. */
	stop(): void {
		this.#catchingUp.stop();
		this.#duties.stop();
		this.#copies.stop();
		this.#readmission.stop();
		this.#link.stop();
		this.#options.memory.flush();
	}

	/** Whom WHO means for a task. */
	find(who: string, action: Action): Target {
		return findTarget(this.chain, who, action);
	}

	/** Has members' devices do something; `done` once for each, as `Tasks.ask`, whose time holds for our own too. */
	task(
		members: readonly Member[],
		action: Action,
		done: (member: Member, result: TaskResult) => void,
		age = 0
	): void {
		const isOwn = ({ idText }: Member) => idText === this.identity.idText;
		const own = members.find(isOwn);
		if (own !== undefined) done(own, this.perform(action, age));
		const others = members.filter(member => !isOwn(member));
		if (others.length > 0) this.#tasks.ask(others, action, done, age);
	}

	/** What a person is told of a task for a member, or of watching it. */
	resultText(member: Member, result: TaskResult): string {
		const text = resultText(result);
		if (result !== "no answer") return text;
		return `${text}${unsentText(this.#options.sendFault(this.addressOf(member)?.host))}`;
	}

	private perform(action: Action, age: number): TaskResult {
		if (action !== "read" && age > actWindow) return "no answer";
		try {
			const state = this.device.perform(action);
			if (action !== "read") this.deviceChanged();
			return { state };
		} catch (error) {
			if (!(error instanceof ActionError)) throw error;
			return { refused: error.message };
		}
	}

	/**
	 * Somebody will have a member's device do something: finds the member, makes a session or fresh keys, and gets what
	 * shows that the task is fresh, so that it costs one datagram each way.
	 */
	look(member: Member): void {
		if (member.idText !== this.identity.idText) this.#tasks.look(member);
	}

	/** Forgets everything, the identity last; the node must not be used afterwards. */
	wipe(): void {
		this.#catchingUp.stop();
		this.#duties.stop();
		this.#copies.stop();
		this.#readmission.stop();
		this.#link.stop();
		this.#options.store.wipe(identityName);
		const { privateKey, nextKey, secret } = this.identity;
		for (const bytes of [privateKey, nextKey, secret]) bytes?.fill(0);
	}

	/** Writes what the node can do without: a flash that refuses is reported, and the node goes on. */
	private try(write: () => void): void {
		try {
			write();
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			this.#options.report(error.message);
		}
	}

	/** How many other members' devices can be watched at once: each keeps a security context, and some are for tasks. */
	get watchLimit(): number {
		return Math.max(1, this.#options.maxContexts - askedAtOnce);
	}

	/** Hears a member's state now and whenever it changes, until what is returned is called. */
	watch(member: Member, onResult: (result: TaskResult) => void): Cancel {
		if (member.idText !== this.identity.idText) return this.#tasks.watch(member, onResult);
		onResult({ state: this.device.state });
		this.#ownWatchers.add(onResult);
		return () => this.#ownWatchers.delete(onResult);
	}

	/** Who does something is told; a reading changes nothing, and any member may read without end. */
	private performed(action: Action, by: Member): void {
		if (action === "read") return;
		this.#options.report(`${this.chain.members.label(by)} asked: ${action}; now ${this.device.state}`);
		this.deviceChanged();
	}

	/** Its state is another: keeps a light's, and tells those who watch it. */
	deviceChanged(): void {
		this.#tasks.changed();
		for (const onResult of this.#ownWatchers) onResult({ state: this.device.state });
		if (this.device.type === "light") this.#options.memory.keep(this.device.state);
	}
}

/** What a person is told of another node with a node's identity. */
function copyText({ name, idText }: Identity, place: string): string {
	return `two nodes are ${name} (${idText.slice(0, 8)}): this one, and one at ${place}; "reset" one of them, and have it join anew`;
}
