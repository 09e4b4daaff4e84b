import { Chain } from "../chain/chain.js";
import { Blockwise, Endpoint, Resources } from "../coap/coap.js";
import { type Beginning, Console, FirstStart, Questions, type Screen } from "../console/console.js";
import { Device, type DeviceType, deviceTypes, type Line, typeName } from "../devices/devices.js";
import {
	Discovery,
	defaultPort,
	type Identity,
	identityName,
	Joining,
	LightMemory,
	loadIdentity,
	Node,
	readSettings,
	type Settings,
	type Suite,
	suiteOf
} from "../node/node.js";
import { OscoreLayer } from "../oscore/oscore.js";
import { paperSuite } from "../paper/paper.js";
import { secureSuite } from "../secure/secure.js";
import { BlockFile, Store, StoreError } from "../store/store.js";
import { ContextSeat } from "./context-seat.js";
import type { Host } from "./host.js";

export type { Host } from "./host.js";

/** The domain of Preference in which everything is kept. */
export const domain = "verifichain";

/**
 * Milliseconds before the first repetition: half of RFC 7252's default, which is for networks of any kind (section
 * 4.8.1 lets an application choose); a home's has one hop, and a person waits.
 */
const ackTimeout = 1_000;
/** Seconds that a home which has just been founded admits others. */
const foundersWindow = 600;
/** Milliseconds before the chain is asked for again. */
const pause = 2_000;
/** Milliseconds before the home is asked again for a chain that was damaged. */
const healPause = 5_000;
/** Most lines kept that were typed ahead. */
const earlyLimit = 16;

/** The suites that a node can speak. */
const suites: readonly Suite[] = Object.freeze([secureSuite, paperSuite]);

/** A node from power-on: finds out who it is, becomes a member where it is none yet, and lives as one. */
export class Application {
	readonly #host: Host;
	readonly #screen: Screen;
	readonly #questions: Questions;
	readonly #settings: Settings;
	readonly #chosenSuite: Suite;
	readonly #store: Store;
	readonly #seat = new ContextSeat();
	readonly #layer: Blockwise;
	readonly #resources: Resources;
	readonly #discovery: Discovery;
	readonly #early: (string | null)[] = [];
	#console: Console | undefined;
	#node: Node | undefined;

	/** Throws a RangeError for a wrong setting, and what the host throws when the port is taken. */
	constructor(host: Host) {
		this.#host = host;
		this.#settings = readSettings(host.config);
		this.#chosenSuite = suiteNamed(this.#settings.suite ?? secureSuite.name);
		this.#store = new Store({ preference: host.preference, domain });
		const { clock } = host;
		const random = (count: number) => host.random(count);
		const onError = (error: unknown) => this.#report(`a request failed: ${error}`);
		const receive = (bytes: Uint8Array, address: string, port: number) =>
			endpoint.receive(bytes, address, port);
		const transport = host.openSocket(this.#settings.port, receive);
		const endpoint = new Endpoint({ transport, clock, random, onError, parameters: { ackTimeout } });
		// Only now, so that main can still tell a person why there is no node.
		this.#screen = host.openTerminal({ onLine: line => this.#typed(line), onEnd: () => this.#end() });
		this.#questions = new Questions(this.#screen);
		const sealing = new OscoreLayer({ layer: endpoint, clock, contexts: this.#seat });
		this.#layer = new Blockwise({ layer: sealing, clock, random });
		this.#resources = new Resources(this.#layer);
		this.#discovery = new Discovery({ endpoint, layer: this.#layer, port: defaultPort });
	}

	run(): void {
		let identity: Identity | undefined;
		try {
			this.#store.finishWipe(identityName);
			identity = loadIdentity(this.#store);
			if (identity !== undefined) suiteOf(suites, identity.suite);
		} catch (error) {
			this.#damaged(error);
			return;
		}
		if (identity === undefined) {
			this.#firstStart().begin();
			return;
		}
		const chain = this.#loadChain(identity);
		if (chain.members.get(identity.id) !== undefined) {
			this.#live({ identity }, chain);
			return;
		}
		this.#report("this node's block is not here; asking the home for it");
		if (identity.isConfirmed) this.#heal(this.#createNode(identity, chain));
		else this.#firstStart().resume(identity);
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
		const { given, rounds } = this.#settings;
		const network = { layer: this.#layer, discovery: this.#discovery };
		const joining = new Joining({ ...this.#parts(), ...network, suites, suite: this.#chosenSuite });
		const screens = { screen: this.#screen, questions: this.#questions };
		const suite = this.#chosenSuite;
		return new FirstStart(
			{ ...this.#parts(), ...screens, joining, given, suite, suites, rounds },
			beginning => this.#live(beginning, this.#loadChain(beginning.identity))
		);
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
		const network = { layer: this.#layer, resources: this.#resources, discovery: this.#discovery };
		const suite = suiteOf(suites, identity.suite);
		const ways = { suite, suites, seats: this.#seat };
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
		const onQuit = () => this.#end();
		const onWiped = () => this.#host.exit(0);
		const screens = { screen: this.#screen, questions: this.#questions };
		this.#console = new Console({ ...screens, node, port, onQuit, onWiped });
		if (suite.warning !== "") this.#report(`suite "${suite.name}" is ${suite.warning}`);
		this.#screen.write(`ready ${identity.idText} ${identity.name} ${typeName(identity.type)} port ${port}\n`);
		node.start();
		for (const line of this.#early.splice(0)) this.#typed(line);
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

	/** The identity cannot be read: the node must neither pretend to be new nor run as nobody. */
	#damaged(error: unknown): void {
		const text = error instanceof Error ? error.message : String(error);
		this.#screen.write(`This node cannot start: ${text}.\n`);
		this.#questions.confirm("Wipe everything and set the node up anew?", yes => {
			try {
				if (yes) this.#store.wipe(identityName);
				this.#screen.write(yes ? "Wiped. Start again.\n" : "Nothing was changed.\n");
			} catch (fault) {
				if (!(fault instanceof StoreError)) throw fault;
				this.#screen.write(`${fault.message}\n`);
			}
			this.#host.exit(yes ? 0 : 1);
		});
	}

	#typed(line: string | null): void {
		if (this.#questions.isAsking) this.#questions.answer(line);
		else if (this.#console !== undefined) this.#console.execute(line);
		else if (this.#early.length < earlyLimit) this.#early.push(line);
	}

	#report(text: string): void {
		this.#screen.write(`* ${text}\n`);
	}

	#end(): void {
		this.#node?.stop();
		this.#host.exit(0);
	}
}

/** Throws a RangeError when there is none of that name. */
function suiteNamed(name: string): Suite {
	const suite = suites.find(known => known.name === name);
	if (suite !== undefined) return suite;
	throw new RangeError(
		`there is no suite "${name}"; there are ${suites.map(known => known.name).join(", ")}`
	);
}
