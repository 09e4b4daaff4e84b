import { appendFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { freePorts, NodeProcess } from "../../hosts/house/node-process.mjs";

export const password = "correct horse";
export const pin = "2580";

/**
 * A home of real processes in a folder of its own; `test` is node:test's context, which ends it. When the test fails the
 * folder stays, with what each process said and was told in all its lives in `consoles.log`, and the test's output names it.
 */
export class Home {
	#folder;
	#ports;
	#nodes = [];
	#suite;
	/** The ports by which others reach a node, by its own. */
	#fronts = new Map();
	/** The bad network between its nodes, if any. */
	relay;

	/** `relay`: a Relay through which all that the nodes say goes. */
	static async open(test, nodes, relay) {
		const home = new Home();
		home.relay = relay;
		home.#folder = await mkdtemp(path.join(os.tmpdir(), "verifichain-"));
		home.#ports = await freePorts(nodes);
		if (relay !== undefined) {
			for (const port of home.#ports) home.#fronts.set(port, await relay.attach(port));
		}
		test.after(() => home.#close(test));
		return home;
	}

	/** All its nodes, in the order in which they were made. */
	get nodes() {
		return this.#nodes;
	}

	/** A node that is not running yet. `via`: the node through which it looks for the home. `build`: another program. */
	node(name, via, build) {
		const port = this.#fronts.get(via?.port) ?? via?.port;
		const node = new NodeProcess({
			data: path.join(this.#folder, name),
			port: this.#ports.pop(),
			peers: port === undefined ? [] : [`127.0.0.1:${port}`],
			settings: this.#suite === undefined ? ["line=2"] : ["line=2", `suite=${this.#suite}`],
			record: text => this.note(`${name.padEnd(8)} ${text}`),
			build
		});
		this.#nodes.push(node);
		return node;
	}

	/** `suite`: the name of one that is not the default. `build`: another program. */
	async found(name = "lamp", type = "light", suite = undefined, build = undefined) {
		const node = this.node(name, undefined, build);
		this.#suite = suite;
		if (suite !== undefined) node.settings.push(`suite=${suite}`);
		node.start("y", name, type, password, password, pin, pin, "begun in a test");
		await node.waitFor(/ready [0-9a-f]{32} /);
		return node;
	}

	/** `build`: another program. */
	async join(name, type, via, { build, patience } = {}) {
		const node = this.node(name, via, build);
		await this.admit(node, type, via, patience);
		return node;
	}

	/** Has `sponsor` admit a node that is not running yet; `patience`: milliseconds that it may take. */
	async admit(node, type, sponsor, patience) {
		await sponsor.ask("invite 3600", /Inviting|at any time/);
		// A password is tried once: where the answer to it was lost, a person types it again.
		node.onLine = line => {
			if (/^Not joined: (?!.*Trying again)/.test(line))
				for (const answer of [password, pin]) node.type(answer);
		};
		node.start("n", path.basename(node.data), type, password, pin);
		await node.waitFor(/ready [0-9a-f]{32} /, patience);
	}

	/** Adds a line to what is kept of a test that fails. */
	note(text) {
		const line = `${new Date().toISOString().slice(11, 23)} ${text}\n`;
		appendFileSync(path.join(this.#folder, "consoles.log"), line);
	}

	async #close(test) {
		await Promise.all(this.#nodes.map(node => (node.isRunning ? node.kill() : undefined)));
		this.relay?.close();
		if (test.passed === false) test.diagnostic(`what its nodes said is kept in ${this.#folder}`);
		else await rm(this.#folder, { recursive: true, force: true });
	}
}

/** The digest that a node's chain has. */
export async function digestOf(node) {
	const [, digest] = await node.ask("status", /digest ([0-9a-f]{16})/);
	return digest;
}

/** Has a node told password and PIN whenever it asks: also again, where a try was cut off and its password is spent. */
export function tellPassword(node) {
	node.onLine = line => {
		if (/^Password of the home/.test(line)) node.type(password);
		else if (/^PIN /.test(line)) node.type(pin);
	};
}

/** Asks a device, and again each time that there is no answer: it has 10 seconds for one. */
export async function answerTo(node, command, pattern, tries = 10) {
	try {
		return await node.ask(command, pattern, 12_000);
	} catch (error) {
		if (tries === 1 || !node.isRunning) throw error;
		return answerTo(node, command, pattern, tries - 1);
	}
}

export async function hasBlocks(node, count, milliseconds) {
	await node.until("status", new RegExp(`chain +${count} blocks`), milliseconds);
}

/** Has a node that was put out ask another for something, by which it learns of it. */
export async function learnsOfRemoval(node, other) {
	node.type(`task ${other} read`);
	await node.until("status", /removed from the home/, 90_000);
}
