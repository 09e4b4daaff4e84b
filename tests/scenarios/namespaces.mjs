import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { program } from "../../hosts/house/node-process.mjs";

const isPossible = spawnSync("unshare", ["-n", "ip", "link", "add", "br0", "type", "bridge"]).status === 0;

/** Why there are no network namespaces here; false where there are: they take Linux, iproute2 and root. */
export const skip = isPossible ? false : "no network namespace can be made here";

/** A machine with a network of its own: at first nothing but a loopback, which is down. */
export class Namespace {
	#holder = spawn("unshare", ["-n", "sh", "-c", "echo made; exec sleep 600"]);
	#folder = mkdtempSync(path.join(tmpdir(), "verifichain-net-"));

	/** `context`: node:test's, which ends it. */
	static async open(context) {
		const namespace = new Namespace();
		context.after(() => namespace.#close());
		await once(namespace.#holder.stdout, "data");
		return namespace;
	}

	#close() {
		this.#holder.kill("SIGKILL");
		rmSync(this.#folder, { recursive: true, force: true });
	}

	get pid() {
		return this.#holder.pid;
	}

	#enter(...words) {
		return ["nsenter", "-t", String(this.pid), "-n", ...words];
	}

	/** The node program in it, as another build of it. */
	get build() {
		const file = path.join(this.#folder, "node");
		writeFileSync(file, `#!/bin/sh\nexec ${this.#enter(program).join(" ")} "$@"\n`);
		chmodSync(file, 0o755);
		return file;
	}

	ip(...words) {
		const [command, ...rest] = this.#enter("ip", ...words);
		const { status, stderr } = spawnSync(command, rest, { encoding: "utf8" });
		assert.equal(status, 0, stderr);
	}
}

/** So many machines on one network with broadcast: 10.77.0.1, 10.77.0.2, ... */
export async function segment(context, count) {
	const bridge = await Namespace.open(context);
	bridge.ip("link", "add", "br0", "type", "bridge");
	bridge.ip("link", "set", "br0", "up");
	const machines = [];
	for (let number = 1; number <= count; number += 1) {
		const machine = await Namespace.open(context);
		const port = `port${number}`;
		bridge.ip("link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", String(machine.pid));
		bridge.ip("link", "set", port, "master", "br0", "up");
		machine.address = `10.77.0.${number}`;
		machine.ip("address", "add", `${machine.address}/24`, "dev", "eth0");
		for (const link of ["lo", "eth0"]) machine.ip("link", "set", link, "up");
		machine.ip("route", "add", "default", "dev", "eth0");
		machines.push(machine);
	}
	return machines;
}
