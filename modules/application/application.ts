import { Chain } from "../chain/chain.js";
import type { Clock } from "../clock/clock.js";
import { askWifi, type Beginning, Console, FirstStart } from "../console/console.js";
import { deviceTypes, typeName } from "../devices/devices.js";
import {
	type Identity,
	identityName,
	isLeftOut,
	Joining,
	LightMemory,
	loadIdentity,
	misspelt,
	Node,
	readSettings,
	type Settings,
	SpentAnswers,
	type Suite,
	suiteOf,
	unsentText,
	type WifiCredentials,
	WriteShares
} from "../node/node.js";
import { BlockFile, isStoreFault, Store, StoreError, UnreadableError } from "../store/store.js";
import { Connection, type ConnectionOwner } from "./connection.js";
import { askAboutDamage } from "./damage.js";
import { Desk, type DeskOwner } from "./desk.js";
import { Guard, type GuardOwner } from "./guard.js";
import { GuardedClock } from "./guarded-clock.js";
import type { Host } from "./host.js";
import { type Limits, limits } from "./limits.js";
import { NodeMachine } from "./machine.js";
import { NodeDevice } from "./node-device.js";
import { NodePanel, type NodePanelOwner } from "./node-panel.js";
import { Stack } from "./stack.js";
import { suiteNamed, suites } from "./suites.js";

export { faultLimit, faultPeriod } from "./guard.js";
export type * from "./host.js";

/** The domain of Preference in which everything is kept. */
export const domain = "verifichain";

/** Seconds that a home which has just been founded admits others. */
const foundersWindow = 600;
/** Milliseconds before the chain is asked for again. */
const pause = 2_000;
/** Milliseconds before the home is asked again for a chain that was damaged. */
const healPause = 5_000;
/** The code with which a node ends that has come to faults too fast. */
const faultCode = 70;
/** That of one whose disk cannot be read. */
const storageCode = 74;
/** That of one that lacks an answer which nobody can type, or has a wrong one: no restart helps. From sysexits.h, as the others. */
export const configurationCode = 78;
/** That of one whose port or line cannot be had now, as when another program has it: a restart may help. */
export const busyCode = 75;

/** What nearly every part takes. */
interface Parts {
	readonly clock: Clock;
	/** When this program was started: a board reads a large chain for seconds before there is a node. */
	readonly begin: number;
	readonly store: Store;
	readonly random: Host["random"];
	readonly time: Host["time"];
	readonly report: (text: string) => void;
}

/** A node from power-on: finds out who it is, becomes a member where it is none yet, and lives as one. */
export class Application implements GuardOwner, ConnectionOwner, DeskOwner, NodePanelOwner {
	readonly #host: Host;
	readonly #guard: Guard;
	readonly #parts: Parts;
	readonly #connection: Connection;
	readonly #stack: Stack;
	readonly #panel: NodePanel;
	readonly #desk: Desk;
	readonly #settings: Settings;
	readonly #chosenSuite: Suite;
	readonly #limits: Limits;
	/** Where nobody types: ends the program, for what a person would have to say. */
	readonly #refuse: ((reason: string) => void) | undefined;
	#first: FirstStart | undefined;
	#node: Node | undefined;
	#isReady = false;

	/** Throws a RangeError for a wrong setting, and what the host throws when the port or a pin is taken. */
	constructor(host: Host) {
		const settings = readSettings(host.config);
		const { preference, random, time, vitals } = host;
		const guard = new Guard(this);
		const clock = new GuardedClock(host.clock, guard);
		const store = new Store({ preference, domain, free: () => vitals.freeStorage() });
		const { port, wifi } = settings;
		const connection = new Connection({ host, guard, store, port, wifi, owner: this });
		this.#host = host;
		this.#guard = guard;
		this.#settings = settings;
		this.#chosenSuite = suiteNamed(settings.suite);
		this.#connection = connection;
		this.#parts = { clock, begin: clock.now(), store, random, time, report: text => this.report(text) };
		this.#limits = settings.isSmall ? limits.small : limits.large;
		this.#stack = new Stack({ clock, random, limits: this.#limits, transport: connection, guard });
		this.#panel = new NodePanel({ host, clock, guard, connection, settings, owner: this });
		// Only now, so that main can still tell a person why there is no node.
		const refuse = settings.isHeadless ? (reason: string) => this.end(configurationCode, reason) : undefined;
		this.#refuse = refuse;
		this.#desk = new Desk({ host, guard, owner: this, ...(refuse && { refuse }) });
		if (connection.fault !== undefined) this.report(connection.fault);
		for (const text of misspelt(host.config)) this.report(text);
		this.#panel.update();
	}

	run(): void {
		try {
			this.start();
		} catch (error) {
			if (!(error instanceof UnreadableError)) throw error;
			this.end(storageCode, `this node cannot start: ${error.message}`);
		}
	}

	/** Throws an UnreadableError. */
	private start(): void {
		const { store } = this.#parts;
		let identity: Identity | undefined;
		try {
			identity = store.load(() => {
				store.finishWipe(identityName);
				return loadIdentity(store);
			});
			if (identity !== undefined) suiteOf(suites, identity.suite);
		} catch (error) {
			if (error instanceof UnreadableError) throw error;
			if (this.#refuse !== undefined) {
				this.#refuse(`this node cannot start: ${error instanceof Error ? error.message : error}`);
				return;
			}
			const { screen, questions } = this.#desk;
			const done = (isWiped: boolean) => this.#host.exit(isWiped ? 0 : 1);
			askAboutDamage({ screen, questions, store, clock: this.#parts.clock, done }, error);
			return;
		}
		if (identity === undefined) {
			this.beginAnew();
			return;
		}
		const chain = this.loadChain(identity);
		const { id } = identity;
		// Who is left out must take the recovery key all the same.
		const isOut = identity.isConfirmed && isLeftOut(chain, id);
		if (isOut || chain.members.get(id) !== undefined || chain.members.isRemoved(id)) {
			this.live({ identity }, chain);
			return;
		}
		this.report("this node's block is not here; asking the home for it");
		if (!identity.isConfirmed) {
			this.firstStart().resume(identity);
			return;
		}
		const node = this.createNode(identity, chain);
		if (node !== undefined) this.heal(node);
	}

	/** A new device: first of all it needs a network. */
	private beginAnew(): void {
		if (this.#connection.state !== "none") {
			this.firstStart().begin();
			return;
		}
		askWifi(this.#desk.questions, credentials => {
			const fault = this.#connection.join(credentials);
			if (fault !== undefined) this.report(fault);
			this.firstStart().begin();
		});
	}

	/** A chain that was damaged: the home has the blocks, and knows this node. */
	private heal(node: Node): void {
		node.heal(this.#settings.given, isSettled => {
			if (isSettled) this.ready(node);
			else {
				const fault = unsentText(this.#connection.lastSendFault);
				this.#desk.reportAgain(`nobody could help${fault}; trying again in ${healPause / 1000} seconds`);
				this.#parts.clock.after(healPause, () => this.heal(node));
			}
		});
	}

	/** Reports what is damaged and goes on with the rest. Throws an UnreadableError. */
	private loadChain(identity: Identity): Chain {
		const { id: self, home, suite, rounds } = identity;
		const { store, clock } = this.#parts;
		const later = (work: () => void) => void clock.after(0, work);
		const shares = new WriteShares(clock);
		const founded = { suite, rounds };
		const chain = new Chain({ storage: new BlockFile(store), home, self, founded, later, shares });
		for (const fault of store.load(() => chain.load())) this.report(`damaged: ${fault}`);
		return chain;
	}

	private firstStart(): FirstStart {
		const { given, rounds, answers } = this.#settings;
		const { layer, discovery } = this.#stack;
		const { screen, questions } = this.#desk;
		const suite = this.#chosenSuite;
		const ways = { ...this.#parts, suite, suites };
		const joining = new Joining({ ...ways, layer, discovery });
		const isOnline = () => this.#connection.state === "online";
		const sendFault = () => this.#connection.lastSendFault;
		this.#first = new FirstStart(
			{
				...ways,
				screen,
				questions,
				joining,
				isOnline,
				sendFault,
				answers,
				given,
				rounds,
				refuse: this.#refuse,
				hasButton: this.#settings.button !== undefined
			},
			beginning => {
				this.#first = undefined;
				this.live(beginning, this.loadChain(beginning.identity));
			}
		);
		return this.#first;
	}

	/** Lives as what the identity says, with its chain, or with what its sponsor has of it. */
	private live({ identity, sponsor, isFounded }: Beginning, chain: Chain): void {
		const node = this.createNode(identity, chain);
		if (node === undefined) return;
		if (sponsor !== undefined) {
			this.fetch(node, sponsor);
			return;
		}
		this.ready(node, isFounded);
	}

	/** Undefined where the host has no such line as is configured: only now it is known what to open it for. */
	private createNode(identity: Identity, chain: Chain): Node | undefined {
		const parts = this.#parts;
		const memory = new LightMemory(parts);
		const type = deviceTypes[identity.type] ?? "sensor";
		const { line: pin } = this.#settings;
		const { clock } = parts;
		const onChange = () => this.#node?.deviceChanged();
		const configured = { host: this.#host, clock, guard: this.#guard, pin, onChange };
		let device: NodeDevice["device"];
		try {
			({ device } = new NodeDevice({ ...configured, type, last: memory.last }));
		} catch (error) {
			const text = error instanceof Error ? error.message : String(error);
			if (this.#refuse !== undefined)
				this.end(error instanceof RangeError ? configurationCode : busyCode, text);
			else {
				this.#desk.screen.line(text);
				this.#host.exit(error instanceof RangeError ? 1 : busyCode);
			}
			return undefined;
		}
		const { layer, resources, discovery, seats } = this.#stack;
		const network = { seats, layer, resources, discovery, maxContexts: this.#limits.contexts };
		const ways = { suite: suiteOf(suites, identity.suite), suites, ...network };
		const sendFault = (host?: string) => this.#connection.sendFault(host);
		const { given } = this.#settings;
		const node = new Node({ ...parts, ...ways, identity, chain, device, memory, given, sendFault });
		this.#node = node;
		return node;
	}

	private fetch(node: Node, sponsor: NonNullable<Beginning["sponsor"]>): void {
		node.fetchFrom(sponsor.id, sponsor.key, sponsor.address, outcome => {
			if (node.isMember) {
				this.ready(node);
				return;
			}
			const fault = unsentText(this.#connection.lastSendFault);
			const reason = outcome.same ? "this node is not on it" : `${outcome.reason}${fault}`;
			// Its sponsor may be gone for good, or the home may have removed this node before it could show that.
			this.#desk.reportAgain(
				`the chain did not come yet: ${reason}; if it never does, start this node anew to join again`
			);
			this.#parts.clock.after(pause, () => this.fetch(node, sponsor));
		});
	}

	private ready(node: Node, isFounded = false): void {
		const { identity, suite } = node;
		const { port } = this.#settings;
		const { screen, questions } = this.#desk;
		const guard = this.#guard;
		const connection = this.#connection;
		const machine = new NodeMachine({ host: this.#host, settings: this.#settings, guard, connection });
		this.#isReady = true;
		if (suite.warning !== "") this.report(`suite "${suite.name}" is ${suite.warning}`);
		screen.line(`ready ${identity.idText} ${identity.name} ${typeName(identity.type)} port ${port}`);
		// What is sent without a network would be sent again only seconds later.
		if (connection.state !== "online") node.disconnected();
		// Before the rest: a press is to find its session ready.
		this.#panel.take(node);
		node.start();
		if (identity.isConfirmed) SpentAnswers.forget(this.#parts);
		if (isFounded) node.invite(foundersWindow);
		this.#panel.update();
		const invites = suite.invites
			? `Inviting for ${foundersWindow} seconds: who knows the password and PIN can join. `
			: "Who knows the password and PIN can join at any time. ";
		screen.line(`${isFounded ? invites : ""}"help" lists the commands.`);
		const { clock } = this.#parts;
		this.#desk.take(new Console({ clock, screen, questions, node, port, machine, owner: this }));
	}

	now(): number {
		return this.#host.clock.now();
	}

	report(text: string): void {
		if (isStoreFault(text)) this.#desk.reportAgain(text);
		else this.#desk.report(text);
	}

	receive(bytes: Uint8Array, address: string, port: number): void {
		this.#stack.receive(bytes, address, port);
	}

	networkChanged(): void {
		this.#panel.update();
		if (this.#connection.state !== "online") this.#node?.disconnected();
	}

	online(): void {
		this.#stack.online();
		this.#first?.online();
		this.#panel.prepare();
		if (this.#isReady) this.#node?.reconnected();
	}

	get wifiRefusal(): string | undefined {
		return this.#connection.joinRefusal;
	}

	joinWifi(credentials: WifiCredentials): string | undefined {
		return this.#connection.join(credentials);
	}

	answered(): void {
		this.#panel.update();
	}

	beginning(): "no identity" | "joining" | "offline" | undefined {
		if (this.#isReady) return undefined;
		if (this.#desk.questions.isAsking) return "no identity";
		return this.#connection.state === "offline" ? "offline" : "joining";
	}

	pressed(): boolean {
		return this.#first?.pressed() === true;
	}

	/** Wipes everything without a question: the button was held for it. */
	wipe(): void {
		try {
			if (this.#node === undefined) this.#parts.store.wipe(identityName);
			else this.#node.wipe();
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			this.report(`not everything could be wiped: ${error.message}; hold the button again`);
			return;
		}
		this.report("wiped by the button");
		this.wiped();
	}

	/** What went wrong in the life before is of no interest any more. */
	wiped(): void {
		this.#guard.end();
		this.#panel.stop();
		this.#host.vitals.noteFault("");
		this.#host.exit(0);
	}

	/** A restart is the last resort, and its cause is kept. */
	onTooMany(text: string): void {
		this.report("too many errors: restarting");
		this.#host.vitals.noteFault(text);
		this.#host.exit(faultCode);
	}

	/** Ends the program for good; `reason` says why, to who looks after it. */
	private end(code: number, reason: string): void {
		this.#panel.stop();
		this.#host.exit(code, reason);
	}

	quit(): void {
		this.#node?.stop();
		this.#panel.stop();
		this.#host.exit(0);
	}
}
