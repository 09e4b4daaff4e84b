/** Homes to measure: a founder, and joiners of it. */
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { domain } from "../../build/js/modules/application/application.js";
import { identityOf, saveIdentity } from "../../build/js/modules/node/identity.js";
import { BlockFile, Store } from "../../build/js/modules/store/store.js";
import { blocksOf, fullHome } from "../../build/js/tests/harness/full-home.js";
import { MemoryPreference } from "../../build/js/tests/harness/memory-preference.js";
import { freePorts, NodeProcess } from "../../hosts/house/node-process.mjs";
import { parse } from "./coap.mjs";
import { Relay } from "./relay.mjs";

export const password = "correct horse";
export const pin = "2580";

/** A lamp that was founded in `folder` and stopped, its data and suite; copies of it are homes of one node. */
export async function foundLamp(folder, suite) {
	const [port] = await freePorts(1);
	const settings = [`suite=${suite}`];
	const lamp = new NodeProcess({ data: path.join(folder, `${suite}-lamp`), port, settings });
	lamp.start("y", "lamp", "light", password, password, pin, pin, "The bench");
	await lamp.waitFor(/ready [0-9a-f]{32} lamp/);
	await lamp.stop();
	return { data: lamp.data, suite };
}

/** A copy of the lamp's data. */
export function copyOf(data, name) {
	const copy = `${data}-${name}`;
	cpSync(data, copy, { recursive: true });
	return copy;
}

/** The data of a lamp in a home of the secure suite with as many members as there can be, who have said as much as they may. */
export function fullData(folder) {
	const preference = new MemoryPreference();
	const store = new Store({ preference, domain });
	const { story, chain } = fullHome(new BlockFile(store));
	const { privateKey } = story.node("lamp");
	const kept = { privateKey, name: "lamp", type: 0, home: story.home, suite: 1, rounds: 1000 };
	saveIdentity(store, identityOf({ ...kept, secret: new Uint8Array(101), isConfirmed: true }));
	const data = path.join(folder, "full");
	mkdirSync(path.join(data, domain), { recursive: true, mode: 0o700 });
	for (const key of preference.keys(domain)) {
		writeFileSync(path.join(data, domain, key), new Uint8Array(preference.get(domain, key)), { mode: 0o600 });
	}
	return { data, blocks: blocksOf(chain) };
}

/** A node that is to join by what is at a port. */
export function joinerOf({ data, suite }, name, port, near) {
	const settings = [`suite=${suite}`];
	return new NodeProcess({ data: `${data}-${name}`, port, settings, peers: [`127.0.0.1:${near}`] });
}

/** Starts a copy of the lamp that admits others. */
export async function inviting(data, port) {
	const lamp = new NodeProcess({ data, port });
	await lamp.start().waitFor(/ready /);
	await lamp.ask("invite 600", /Inviting|at any time/);
	return lamp;
}

/**
 * Joins a copy of the lamp's home: the milliseconds from the last answer typed to `ready`, and when counted, what
 * passed between joiner and sponsor by then.
 */
export async function join(home, name, isCounted = false) {
	const [lampPort, port] = await freePorts(2);
	const lamp = await inviting(copyOf(home.data, `of-${name}`), lampPort);
	const relay = isCounted ? new Relay(lampPort) : undefined;
	const near = relay === undefined ? lampPort : await relay.open();
	const joiner = joinerOf(home, name, port, near);
	try {
		joiner.start("n", "knob", "switch", password);
		await joiner.waitFor(/PIN[^\n]*\n/);
		const start = performance.now();
		joiner.type(pin);
		await joiner.waitFor(/ready [0-9a-f]{32} knob/);
		const time = performance.now() - start;
		return { time, passed: relay?.passed.map(described) ?? [] };
	} finally {
		await Promise.all([joiner.stop(), lamp.stop()]);
		relay?.close();
	}
}

function described({ toSponsor, bytes }) {
	const { code, path: uri, sealed } = parse(bytes);
	const what = toSponsor ? uri : `${code >> 5}.${String(code & 31).padStart(2, "0")}`;
	return { toSponsor, what: sealed ? "sealed" : what, bytes: bytes.length };
}
