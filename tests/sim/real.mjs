/**
 * A home of real processes on this machine: how long after the last join until all have the same chain.
 * `node tests/sim/real.mjs [NODES]`, 50 by default; the nodes need about 8 MB of memory each.
 */
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { freePorts, NodeProcess } from "../../hosts/house/node-process.mjs";

const count = Number(process.argv[2] ?? 50);
const folder = await mkdtemp(path.join(os.tmpdir(), "verifichain-"));
const ports = await freePorts(count);
const nodes = [];

function node(index) {
	const peers = index === 0 ? [] : [`127.0.0.1:${ports[index - 1]}`];
	const made = new NodeProcess({ data: path.join(folder, `node${index}`), port: ports[index], peers });
	nodes.push(made);
	return made;
}

try {
	const password = ["correct horse", "2580"];
	await node(0)
		.start("y", "node 0", "light", password[0], ...password, password[1], "begun")
		.waitFor(/ready /);
	let joined = 0;
	for (let index = 1; index < count; index += 1) {
		// Each by the one before it, which is a member since the first, the owner, confirmed it.
		await nodes[index - 1].until("invite", /Inviting/);
		const began = performance.now();
		await node(index)
			.start("n", `node ${index}`, "light", ...password)
			.waitFor(/ready /, 60_000);
		joined = performance.now() - began;
		if (index + 1 < count) await nodes[0].until(`confirm node ${index}`, /is confirmed|is a member already/);
	}
	const began = performance.now();
	const digestOf = async node => (await node.ask("status", /digest ([0-9a-f]{16})/))[1];
	let digests = [];
	while (digests.length === 0 || new Set(digests).size > 1) {
		await new Promise(resolve => setTimeout(resolve, 20));
		digests = await Promise.all(nodes.map(digestOf));
	}
	const agreed = performance.now() - began;
	console.log(
		`${count} nodes on ${os.cpus().length} CPUs (${os.cpus()[0]?.model}): the last join took ${Math.round(joined)} ms; all had the same chain ${Math.round(agreed)} ms after it`
	);
} finally {
	await Promise.all(nodes.map(each => (each.isRunning ? each.kill() : undefined)));
	await rm(folder, { recursive: true, force: true });
}
