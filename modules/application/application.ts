import { Chain } from "../chain/chain.js";
import {
	askWifi,
	type Beginning,
	Console,
	FirstStart,
	joinWifi,
	Questions,
	type Screen
} from "../console/console.js";
import { Device, type DeviceType, deviceTypes, type Line, typeName } from "../devices/devices.js";
import {
	type Identity,
	identityName,
	Joining,
	LightMemory,
	loadIdentity,
	Node,
	readSettings,
	type Settings,
	type Suite,
	suiteOf,
	type WifiCredentials
} from "../node/node.js";
import { BlockFile, Store, StoreError } from "../store/store.js";
import { Connection } from "./connection.js";
import { askAboutDamage } from "./damage.js";
import { Guard } from "./guard.js";
import { guardHost } from "./guarded-host.js";
import type { Host, NetworkState } from "./host.js";
import { type Limits, limits } from "./limits.js";
import { machineOf } from "./machine.js";
import { NodePanel } from "./node-panel.js";
import { Stack } from "./stack.js";
import { suiteNamed, suites } from "./suites.js";

export { faultLimit, faultPeriod } from "./guard.js";
export type { Host, NetworkEvents, NetworkLike, NetworkState, Vitals } from "./host.js";

/** The domain of Preference in which everything is kept. */
export const domain = "verifichain";

/** Seconds that a home which has just been founded admits others. */
const foundersWindow = 600;
/** Milliseconds before the chain is asked for again. */
const pause = 2_000;
/** Milliseconds before the home is asked again for a chain that was damaged. */
const healPause = 5_000;
/** Most lines kept that were typed ahead. */
const earlyLimit = 16;
/** The code with which a node ends that has come to faults too fast. */
const faultCode = 70;

/** A node from power-on: finds out who it is, becomes a member where it is none yet, and lives as one. */
export class Application {
	readonly #host: Host;
	readonly #guard: Guard;
	readonly #connection: Connection;
	readonly #panel: NodePanel;
	readonly #screen: Screen;
	readonly #questions: Questions;
	readonly #settings: Settings;
	readonly #chosenSuite: Suite;
	readonly #store: Store;
	readonly #limits: Limits;
	readonly #stack: Stack;
	readonly #early: (string | null)[] = [];
	#first: FirstStart | undefined;
	#console: Console | undefined;
	#node: Node | undefined;

	/** Throws a RangeError for a wrong setting, and what the host throws when the port or a pin is taken. */
	constructor(unguarded: Host) {
		const report = (text: string) => this.#report(text);
		this.#guard = new Guard({
			now: () => unguarded.clock.now(),
			report,
			onTooMany: text => this.#giveUp(text)
		});
		const host = guardHost(unguarded, this.#guard);
		this.#host = host;
		const settings = readSettings(host.config);
		this.#settings = settings;
		this.#chosenSuite = suiteNamed(settings.suite);
		const { preference, vitals } = host;
		this.#store = new Store({ preference, domain, free: () => vitals.freeStorage() });
		this.#connection = new Connection({
			host,
			store: this.#store,
			port: settings.port,
			wifi: settings.wifi,
			receive: (bytes, address, port) => this.#stack.receive(bytes, address, port),
			report,
			onChange: state => this.#networkChanged(state),
			onOnline: () => this.#online()
		});
		this.#limits = settings.isSmall ? limits.small : limits.large;
		this.#stack = new Stack({
			host,
			limits: this.#limits,
			transport: this.#connection,
			onError: error => this.#guard.caught("a request", error)
		});
		this.#panel = new NodePanel({
			host,
			settings,
			standstill: () => this.#guard.standstill(),
			beginning: () => this.#beginning(),
			isOnline: () => this.#connection.state === "online",
			report,
			wipe: () => this.#wipe()
		});
		// Only now, so that main can still tell a person why there is no node.
		this.#screen = host.openTerminal({ onLine: line => this.#typed(line), onEnd: () => this.#end() });
		this.#questions = new Questions(this.#screen);
		if (this.#connection.fault !== undefined) report(this.#connection.fault);
		this.#panel.update();
	}

	run(): void {
		let identity: Identity | undefined;
		try {
			this.#store.finishWipe(identityName);
			identity = loadIdentity(this.#store);
			if (identity !== undefined) suiteOf(suites, identity.suite);
		} catch (error) {
			const parts = { screen: this.#screen, questions: this.#questions, store: this.#store };
			askAboutDamage({ ...parts, done: isWiped => this.#host.exit(isWiped ? 0 : 1) }, error);
			return;
		}
		if (identity === undefined) {
			this.#beginAnew();
			return;
		}
		const chain = this.#loadChain(identity);
		if (chain.members.get(identity.id) !== undefined || chain.members.isRemoved(identity.id)) {
			this.#live({ identity }, chain);
			return;
		}
		this.#report("this node's block is not here; asking the home for it");
		if (identity.isConfirmed) this.#heal(this.#createNode(identity, chain));
		else this.#firstStart().resume(identity);
	}

	/** A new device: first of all it needs a network. */
	#beginAnew(): void {
		if (this.#connection.state !== "none") {
			this.#firstStart().begin();
			return;
		}
		askWifi(this.#questions, credentials => {
			const fault = this.#connection.join(credentials);
			if (fault !== undefined) this.#report(fault);
			this.#firstStart().begin();
		});
	}

	/** A chain that was damaged: the home has the blocks, and knows this node. */
	#heal(node: Node): void {
		node.heal(this.#settings.given, isMember => {
			if (isMember) this.#ready(node);
			else {
				this.#report(`nobody could help; trying again in ${healPause / 1000} seconds`);
				this.#host.clock.after(healPause, () => this.#heal(node));
			}
		});
	}

	/** Reports what is damaged and goes on with the rest. */
	#loadChain(identity: Identity): Chain {
		const { home, suite, rounds } = identity;
		const chain = new Chain({ storage: new BlockFile(this.#store), home, founded: { suite, rounds } });
		for (const fault of chain.load()) this.#report(`damaged: ${fault}`);
		return chain;
	}

	#firstStart(): FirstStart {
		const { given, rounds, answers } = this.#settings;
		const { layer, discovery } = this.#stack;
		const network = { layer, discovery };
		const joining = new Joining({ ...this.#parts(), ...network, suites, suite: this.#chosenSuite });
		const screens = { screen: this.#screen, questions: this.#questions };
		const suite = this.#chosenSuite;
		const isOnline = () => this.#connection.state === "online";
		this.#first = new FirstStart(
			{ ...this.#parts(), ...screens, joining, isOnline, answers, given, suite, suites, rounds },
			beginning => {
				this.#first = undefined;
				this.#live(beginning, this.#loadChain(beginning.identity));
			}
		);
		return this.#first;
	}

	/** Lives as what the identity says, with its chain, or with what its sponsor has of it. */
	#live({ identity, sponsor, isFounded }: Beginning, chain: Chain): void {
		const node = this.#createNode(identity, chain);
		if (sponsor !== undefined) {
			this.#fetch(node, sponsor);
			return;
		}
		this.#ready(node);
		if (isFounded) node.invite(foundersWindow);
	}

	#createNode(identity: Identity, chain: Chain): Node {
		const memory = new LightMemory(this.#parts());
		const type = deviceTypes[identity.type] ?? "sensor";
		const device = new Device({ type, line: this.#line(type), last: memory.last });
		const { layer, resources, discovery, seats } = this.#stack;
		const network = { layer, resources, discovery };
		const suite = suiteOf(suites, identity.suite);
		const ways = { suite, suites, seats, maxContexts: this.#limits.contexts };
		const node = new Node({ ...this.#parts(), ...network, ...ways, identity, chain, device, memory });
		this.#node = node;
		return node;
	}

	#fetch(node: Node, sponsor: NonNullable<Beginning["sponsor"]>): void {
		node.fetchFrom(sponsor.id, sponsor.key, sponsor.address, outcome => {
			if (node.isMember) {
				this.#ready(node);
				return;
			}
			this.#report(`the chain did not come yet: ${outcome.same ? "this node is not on it" : outcome.reason}`);
			this.#host.clock.after(pause, () => this.#fetch(node, sponsor));
		});
	}

	#ready(node: Node): void {
		const { identity, suite } = node;
		const { port } = this.#settings;
		const machine = machineOf(this.#host, this.#guard, this.#connection);
		const onQuit = () => this.#end();
		const onWiped = () => this.#restart();
		const screens = { screen: this.#screen, questions: this.#questions };
		this.#console = new Console({ ...screens, node, port, machine, onQuit, onWiped });
		if (suite.warning !== "") this.#report(`suite "${suite.name}" is ${suite.warning}`);
		this.#screen.write(`ready ${identity.idText} ${identity.name} ${typeName(identity.type)} port ${port}\n`);
		// Before the rest: a press is to find its session ready.
		this.#panel.take(node);
		node.start();
		if (this.#connection.state !== "online") node.disconnected();
		this.#panel.update();
		for (const line of this.#early.splice(0)) this.#typed(line);
	}

	#networkChanged(state: NetworkState): void {
		this.#panel.update();
		if (state !== "online") this.#node?.disconnected();
	}

	/** The network is there, for the first time or again. */
	#online(): void {
		this.#first?.online();
		this.#panel.prepare();
		if (this.#console !== undefined) this.#node?.reconnected();
	}

	/** What the LED shows while this node is no member yet. */
	#beginning(): "no identity" | "joining" | "offline" | undefined {
		if (this.#console !== undefined) return undefined;
		if (this.#questions.isAsking) return "no identity";
		return this.#connection.state === "offline" ? "offline" : "joining";
	}

	/** Wipes everything without a question: the button was held for it. */
	#wipe(): void {
		try {
			if (this.#node === undefined) this.#store.wipe(identityName);
			else this.#node.wipe();
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			this.#report(`not everything could be wiped: ${error.message}; hold the button again`);
			return;
		}
		this.#report("wiped by the button");
		this.#restart();
	}

	/** After a wipe; what went wrong in the life before is of no interest any more. */
	#restart(): void {
		this.#panel.stop();
		this.#host.vitals.noteFault("");
		this.#host.exit(0);
	}

	/** Errors come too fast to go on: a restart is the last resort, and its cause is kept. */
	#giveUp(text: string): void {
		this.#report("too many errors: restarting");
		this.#host.vitals.noteFault(text);
		this.#host.exit(faultCode);
	}

	/** What nearly every part takes. */
	#parts() {
		const { clock } = this.#host;
		return {
			clock,
			store: this.#store,
			random: (count: number) => this.#host.random(count),
			time: () => this.#host.time(),
			report: (text: string) => this.#report(text)
		};
	}

	#line(type: DeviceType): Line | undefined {
		const pin = this.#settings.line;
		return pin === undefined ? undefined : this.#host.openLine(pin, type === "light" || type === "lock");
	}

	#typed(line: string | null): void {
		if (this.#questions.isAsking) this.#answered(line);
		else if (this.#console !== undefined) this.#console.execute(line);
		else if (line !== null && /^\s*wifi(\s|$)/i.test(line)) this.#wifi(line.trim().slice(4).trim());
		else if (this.#early.length < earlyLimit) this.#early.push(line);
	}

	#answered(line: string | null): void {
		this.#questions.answer(line);
		this.#panel.update();
	}

	/** Possible while the node is still joining: it may be that it cannot because of the network. */
	#wifi(rest: string): void {
		const join = (credentials: WifiCredentials) => this.#connection.join(credentials);
		joinWifi({ screen: this.#screen, questions: this.#questions, join }, rest);
	}

	#report(text: string): void {
		this.#screen.write(`* ${text}\n`);
	}

	#end(): void {
		this.#node?.stop();
		this.#panel.stop();
		this.#host.exit(0);
	}
}
