/**
 * Other people's CoAP clients with a running node: the npm package coap, and those of Debian's libcoap3-bin where
 * they are installed. What a stranger may read, what is refused, and that each of them understands the answer.
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import dgram from "node:dgram";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { Agent, request } from "coap";
import { freePorts, NodeProcess } from "../../hosts/house/node-process.mjs";

/** The programs of libcoap3-bin; each has the same client under another name. */
const debian = ["coap-client-openssl", "coap-client-gnutls", "coap-client-notls"].find(
	program => spawnSync(program, ["-h"]).error === undefined
);

for (const suite of ["secure", "paper"]) {
	describe(`a node of a ${suite} home`, () => {
		let agent;
		let folder;
		let node;
		let id;

		before(async () => {
			agent = new Agent({ type: "udp4" });
			folder = await mkdtemp(path.join(os.tmpdir(), "verifichain-"));
			const [port] = await freePorts(1);
			node = new NodeProcess({ data: folder, port, settings: [`suite=${suite}`, "rounds=1000"] });
			node.start("y", "lamp", "light", "correct horse", "correct horse", "2580", "2580", "begun in a test");
			[, id] = await node.waitFor(/ready ([0-9a-f]{32}) /);
		});

		after(async () => {
			agent.close();
			await node.stop();
			await rm(folder, { recursive: true, force: true });
		});

		/** Asks with the npm package; its answer. */
		function ask(pathname, { method = "GET", query, payload, options = {} } = {}) {
			const target = { hostname: "127.0.0.1", port: node.port, pathname, query, method, options, agent };
			return new Promise((resolve, reject) => {
				const asked = request(target);
				asked.on("response", response => resolve(response));
				asked.on("error", reject);
				asked.end(payload);
			});
		}

		/** Asks with Debian's client; all that it prints. */
		function askDebian(target, ...args) {
			const child = spawn(debian, ["-B", "5", "-v", "6", ...args, `coap://127.0.0.1:${node.port}${target}`]);
			let output = "";
			for (const stream of [child.stdout, child.stderr]) {
				stream.on("data", data => {
					output += data;
				});
			}
			return new Promise(resolve => child.on("close", () => resolve(output)));
		}

		test("says what it is, in the link format, to the npm package coap", async () => {
			const response = await ask("/.well-known/core");
			assert.equal(response.code, "2.05");
			assert.equal(response.headers["Content-Format"], "application/link-format");
			const [link, ...others] = links(response.payload.toString());
			const { rt, ep, home, suite: named } = link.attributes;
			assert.deepEqual({ rt, ep, named }, { rt: "verifichain", ep: id, named: suite });
			assert.match(home, /^[0-9a-f]{16}$/);
			const targets = [link, ...others].map(({ target }) => target);
			assert.ok(targets.includes("/tasks") && targets.includes("/blocks"), `${targets}`);
		});

		/** The answer to one datagram that the npm package would not send. */
		async function exchange(datagram) {
			const socket = dgram.createSocket("udp4");
			try {
				const answer = new Promise(resolve => socket.once("message", resolve));
				socket.send(datagram, node.port, "127.0.0.1");
				return await answer;
			} finally {
				socket.close();
			}
		}

		test("answers in blocks of the size that the client asks for", async () => {
			const path = Buffer.from("\xbb.well-known\x04core", "latin1");
			const first = await exchange(
				Buffer.concat([Buffer.from("40010103", "hex"), path, Buffer.from("c100", "hex")])
			);
			assert.equal(first.length - first.lastIndexOf(0xff) - 1, 16, "a block of 16 bytes");

			const whole = await ask("/.well-known/core");
			for (const szx of [0, 1, 2]) {
				const response = await ask("/.well-known/core", { options: { Block2: Buffer.of(szx) } });
				assert.equal(response.code, "2.05");
				assert.equal(response.payload.toString(), whole.payload.toString(), `blocks of ${16 << szx}`);
			}
		});

		test("answers only for itself when it is asked by its id", async () => {
			const response = await ask("/.well-known/core", { query: `ep=${id}` });
			assert.equal(response.code, "2.05");
		});

		test("refuses what is for members", async () => {
			for (const [pathname, method] of [
				["/tasks", "POST"],
				["/blocks", "FETCH"]
			]) {
				const response = await ask(pathname, { method, payload: Buffer.of(0xa0) });
				assert.equal(response.code, "4.01", `${method} ${pathname}`);
				assert.equal(response.payload.toString(), "");
			}
		});

		test("has nothing under another path, and no other methods", async () => {
			assert.equal((await ask("/nothing")).code, "4.04");
			assert.equal((await ask("/")).code, "4.04");
			assert.equal((await ask("/.well-known/core", { method: "PUT" })).code, "4.05");
		});

		test("refuses a critical option that it does not know", async () => {
			assert.equal((await ask("/.well-known/core", { options: { 2049: Buffer.of(1) } })).code, "4.02");
			assert.equal((await ask("/.well-known/core", { options: { 2050: Buffer.of(1) } })).code, "2.05");
		});

		test("answers a ping with a Reset", async () => {
			assert.equal((await exchange(Buffer.from("40000102", "hex"))).toString("hex"), "70000102");
		});

		describe("to Debian's client", { skip: debian === undefined ? "no coap-client here" : false }, () => {
			test("says what it is, in the link format", async () => {
				assert.match(await askDebian("/.well-known/core"), /<\/[^>]+>;rt="verifichain";home="[0-9a-f]{16}";/);
			});

			test("answers in blocks of the size that the client asks for", async () => {
				const whole = await askDebian("/.well-known/core", "-v", "3");
				assert.match(whole, new RegExp(`ep="${id}"`));
				for (const size of ["16", "32", "64"]) {
					assert.equal(await askDebian("/.well-known/core", "-v", "3", "-b", size), whole);
				}
			});

			test("refuses what is for members, and unknown paths", async () => {
				assert.match(await askDebian("/tasks", "-m", "post", "-e", "x"), /4\.01/);
				assert.match(await askDebian("/blocks", "-m", "fetch", "-e", "x"), /4\.01/);
				assert.match(await askDebian("/nothing"), /4\.04/);
			});
		});
	});
}

/** What a link format document says, read without our code; attributes of text only. */
function links(document) {
	return document.split(/,(?=<)/).map(link => {
		const [, target, rest] = /^<([^>]*)>(.*)$/.exec(link);
		const attributes = Object.fromEntries(
			[...rest.matchAll(/;([^=;]+)="([^"]*)"/g)].map(([, name, value]) => [name, value])
		);
		return { target, attributes };
	});
}
