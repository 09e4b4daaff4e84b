import { Chain, Kind } from "../../modules/chain/chain.js";
import { loadIdentity } from "../../modules/node/node.js";
import { BlockFile, Store } from "../../modules/store/store.js";
import { equal, hex, ok } from "./assert.js";
import type { CutKind } from "./memory-preference.js";
import { homePassword, homePin, SimulatedNetwork, SimulatedNode } from "./simulation.js";

const domain = "verifichain";
const profiles = Object.freeze({ lamp: "light", door: "lock", knob: "switch" } as const);
export type NodeName = keyof typeof profiles;
const names = Object.freeze(["lamp", "door", "knob"] as const);

/** A home of up to three nodes at known addresses, of which a test cuts one. */
export class House {
	readonly network: SimulatedNetwork;
	readonly #nodes = new Map<NodeName, SimulatedNode>();
	/** As the founder wrote it down. */
	readonly recoveryKey: string;

	/** `before`: a house whose flashes this one begins with. */
	constructor(seed: number, before?: House) {
		this.network = new SimulatedNetwork(seed);
		this.recoveryKey = before?.founded() ?? "";
		for (const name of names) {
			const address = `10.0.0.${names.indexOf(name) + 1}:5683`;
			const settings = { suite: "secure", peers: name === "lamp" ? [] : ["10.0.0.1:5683"] };
			const flash = before?.node(name).preference.copy();
			this.#nodes.set(name, new SimulatedNode(this.network, address, settings, flash));
		}
	}

	/** The recovery key that the founder was shown. */
	founded(): string {
		return /^(?:[0-9A-Z]{5} ?){11}$/m.exec(this.node("lamp").output)?.[0] ?? "";
	}

	node(name: NodeName): SimulatedNode {
		const node = this.#nodes.get(name);
		if (node === undefined) throw new Error(`no ${name}`);
		return node;
	}

	/** The nodes that are switched on. */
	get running(): SimulatedNode[] {
		return [...this.#nodes.values()].filter(node => node.isOn);
	}

	/** Switches a node on and types what it is asked, if anything: a first start's questions, or the password again. */
	begin(name: NodeName): SimulatedNode {
		const node = this.node(name);
		node.start();
		if (node.output.includes("first node")) this.introduce(name);
		else if (node.output.includes("Password of the home")) {
			for (const answer of [homePassword, homePin]) node.type(answer);
		}
		return node;
	}

	/** Types the answers of a first start: the lamp founds, the others join. */
	introduce(name: NodeName): void {
		const isFirst = name === "lamp";
		const secrets = isFirst
			? [homePassword, homePassword, homePin, homePin, "begun today"]
			: [homePassword, homePin];
		const answers = [isFirst ? "y" : "n", name, profiles[name], ...secrets];
		for (const answer of answers) this.node(name).type(answer);
	}

	/** The lamp invites and a node joins. */
	join(name: NodeName): void {
		this.node("lamp").type("invite");
		this.begin(name).waitFor(/ready /);
		this.agree();
	}

	/** Lets time pass until all running nodes have the same chain. */
	agree(): void {
		const { clock } = this.network;
		for (let waited = 0; ; waited += 100) {
			const seen = this.running.map(node => hex(chainOf(node).digest));
			if (new Set(seen).size === 1) return;
			ok(waited < 180_000, `the nodes agree: ${this.running.map(node => node.output).join("\n---\n")}`);
			clock.advance(100);
		}
	}
}

/** What is done while the power is cut, and what is true of the home once it is done. */
export interface Scenario {
	/** The nodes that are members before. */
	readonly members: readonly NodeName[];
	/** Whose power is cut. */
	readonly victim: NodeName;
	/** Whether it is what a person has asked for that the victim forgets what it knew. */
	readonly wipes?: boolean;
	/** Types what is to be done; everything after the cut must be harmless. */
	act(house: House): void;
	/** Milliseconds that it takes. */
	readonly time?: number;
	/** Does what is left to do, the victim being on again; typed again where a person would. */
	complete(house: House): void;
	/** The members after it. */
	readonly after: readonly NodeName[];
}

/** The chain in a node's flash, read as a start does. */
export function chainOf(node: SimulatedNode): Chain {
	return opened(node).chain;
}

function opened(node: SimulatedNode) {
	const store = new Store({ preference: node.preference, domain });
	const identity = loadIdentity(store);
	const chain = new Chain({ storage: new BlockFile(store), ...(identity && { home: identity.home }) });
	const faults = chain.load();
	return { identity, chain, faults };
}

/** The house before the scenario, once for all its cuts. */
function prepare({ members }: Scenario): House {
	const house = new House(1);
	for (const name of members) {
		if (name === "lamp") house.begin(name).waitFor(/ready /);
		else house.join(name);
	}
	// The timers that hold writes back run out.
	house.network.clock.advance(30_000);
	return house;
}

function enact(scenario: Scenario, before: House): House {
	const house = new House(2, before);
	for (const name of scenario.members)
		house
			.node(name)
			.start()
			.waitFor(/ready /);
	house.network.clock.advance(1_000);
	return house;
}

/**
 * Tries a scenario with the power of its victim cut at every write that it makes, in each way; checks after each cut
 * what must hold, and completes it. Returns how many cuts that were.
 */
export function cutAtEveryWrite(scenario: Scenario, kinds: readonly CutKind[] = ["lost", "done"]): number {
	const before = prepare(scenario);
	const whole = enact(scenario, before);
	const { preference } = whole.node(scenario.victim);
	const first = preference.writes;
	scenario.act(whole);
	whole.network.clock.advance(scenario.time ?? 10_000);
	const last = preference.writes;
	scenario.complete(whole);
	checkHome(scenario, whole, "without a cut");
	let cuts = 0;
	for (let write = first; write < last; write += 1) {
		for (const kind of kinds) {
			tryCut(scenario, before, write, kind);
			cuts += 1;
		}
	}
	ok(cuts > 0, "the scenario writes");
	return cuts;
}

function tryCut(scenario: Scenario, before: House, write: number, kind: CutKind): void {
	const { act, complete, victim: name, time = 10_000 } = scenario;
	const house = enact(scenario, before);
	const what = `cut at write ${write}, ${kind}`;
	const victim = house.node(name).cutAt(write, kind);
	act(house);
	house.network.clock.advance(time);
	ok(!victim.isOn, `${what}: the power went`);
	const told = house.running.map(node => node.output).join("");
	const said = victim.output;
	const wasReady = /ready ([0-9a-f]{32})/.exec(said)?.[1];
	const heldByOthers = house.running.map(node => opened(node).chain);

	house.network.reaches = () => false;
	victim.start();
	const mayLack = kind === "torn" || scenario.wipes === true;
	ok(mayLack || !victim.output.includes("damaged"), `${what}: nothing damaged\n${victim.output}`);
	if (profiles[name] === "lock") equal(victim.line.value, 0, `${what}: locked`);
	if (!mayLack && wasReady !== undefined) {
		ok(victim.output.includes(`ready ${wasReady}`), `${what}: a member still\n${victim.output}`);
	}
	if (!mayLack) checkKept(victim, heldByOthers, said, what);
	const lit = [...told.matchAll(/lamp: (on|off)\n/g)].at(-1)?.[1];
	if (name === "lamp" && lit !== undefined && !mayLack) {
		equal(victim.line.value, lit === "on" ? 1 : 0, `${what}: lit as it was told`);
	}

	house.network.reaches = () => true;
	// Not only what it heals on the way, but what it then has in its flash counts.
	victim.cut();
	house.begin(name);
	complete(house);
	checkHome(scenario, house, what);
}

/** Every block that others have of this node is in its own flash or in the checkpoint there; so is who it said it knew. */
function checkKept(victim: SimulatedNode, others: readonly Chain[], said: string, what: string): void {
	const { chain, identity, faults } = opened(victim);
	equal(faults, [], what);
	for (const other of others) {
		for (let number = 0; number < other.length; number += 1) {
			const { author, hash } = other.blockAt(number);
			if (identity === undefined || hex(author) !== identity.idText) continue;
			const isOfAnother = hex(chain.base?.hash ?? hash) !== hex(other.base?.hash ?? hash);
			ok(isOfAnother || chain.find(hash) >= 0, `${what}: its own block ${number} is in its flash`);
		}
	}
	for (const [, name = ""] of said.matchAll(/^\* (?:admitted|learned of) (\S+)/gm)) {
		ok(chain.members.directory.alike(name).length === 1, `${what}: it knows ${name} still`);
	}
	for (const [, name = ""] of said.matchAll(/^(\S+) is removed\./gm)) {
		ok(chain.members.directory.alike(name).length === 0, `${what}: ${name} is removed still`);
	}
}

/** All nodes have one chain with exactly the members there should be, each once, and start with it again. */
function checkHome(scenario: Scenario, house: House, what: string): void {
	house.agree();
	for (const node of house.running) {
		node.cut();
		node.start();
		ok(/ready /.test(node.output), `${what}: it starts\n${node.output}`);
		ok(!node.output.includes("damaged"), `${what}: whole\n${node.output}`);
		const { chain, identity } = opened(node);
		if (identity === undefined) throw new Error("no identity");
		equal(identity.publicKey, chain.members.get(identity.id)?.key, `${what}: the key of its own block`);
		const members = chain.members.all.map(member => member.name);
		equal(members.sort(), [...scenario.after].sort(), `${what}: the members`);
		for (let number = 1; number < chain.length; number += 1) {
			ok(chain.kindAt(number) !== Kind.genesis, `${what}: one genesis`);
		}
	}
}
