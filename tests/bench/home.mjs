/** Homes to measure: a founder, and joiners of it. */
import { cpSync } from "node:fs";
import path from "node:path";
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
	lamp.start("y", "lamp", "light", password, pin, "The bench");
	await lamp.waitFor(/ready [0-9a-f]{16} lamp/);
	await lamp.stop();
	return { data: lamp.data, suite };
}

/** A copy of the lamp's data. */
export function copyOf(data, name) {
	const copy = `${data}-${name}`;
	cpSync(data, copy, { recursive: true });
	return copy;
}

/** A copy of the lamp's data whose chain has as many blocks as a home keeps, most of them grants. */
export async function fullChain(home) {
	const data = copyOf(home.data, "full");
	const [port] = await freePorts(1);
	const lamp = new NodeProcess({ data, port });
	await lamp.start().waitFor(/ready /);
	for (let count = 1; count < 256; count += 1) lamp.type(`grant lamp unlock ${count % 2 ? "lamp" : "all"}`);
	await lamp.until("status", /chain +256 blocks/, 120_000);
	await lamp.stop();
	return data;
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
		await joiner.waitFor(/ready [0-9a-f]{16} knob/);
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
