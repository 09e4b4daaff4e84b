/** A hostile joiner and a bad sponsor, which choose names to be taken for others: whom a person means stays clear. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import Preference from "preference";
import { domain } from "../../build/js/modules/application/application.js";
import { encode } from "../../build/js/modules/cbor/cbor.js";
import { Chain, Kind } from "../../build/js/modules/chain/chain.js";
import { Code } from "../../build/js/modules/coap/coap.js";
import { derivePublicKey, signCose } from "../../build/js/modules/crypto/crypto.js";
import { applicantOf, loadIdentity } from "../../build/js/modules/node/node.js";
import { secureNotation } from "../../build/js/modules/secure/secure-notation.js";
import { BlockFile, Store } from "../../build/js/modules/store/store.js";
import { Attacker } from "./attacker.mjs";
import { answerTo, Home, password, pin } from "./home.mjs";

/** A joiner's private key. */
const joinersKey = createHash("sha256").update("joiner").digest();

/** What a thief of a node's folder has: who it is, and its chain. */
function stolen(folder) {
	Preference.reset();
	for (const key of readdirSync(path.join(folder, domain))) {
		const value = readFileSync(path.join(folder, domain, key));
		Preference.set(domain, key, Uint8Array.from(value).buffer);
	}
	const store = new Store({ preference: Preference, domain });
	const identity = loadIdentity(store);
	const chain = new Chain({ storage: new BlockFile(store), home: identity.home });
	assert.deepEqual(chain.load(), []);
	return { identity, chain };
}

/** An add by a member, of a joiner that said so, whatever the name; as it is sent. */
function addBy({ identity, chain }, name) {
	const { id: sponsor, privateKey } = identity;
	const { era, checkpoint: number } = chain;
	const joiner = { name, type: 0, privateKey: joinersKey, publicKey: derivePublicKey(joinersKey) };
	const { tag, types, key, signature } = applicantOf(joiner, { sponsor, era, number }, new Uint8Array(8));
	// Its first block: it rests on genesis.
	const fields = [1, era, era, sponsor, 0, 0, null];
	const payload = [...fields, Kind.add, [number, tag, name, types, key, null, signature]];
	return secureNotation.delivery.write([signCose(privateKey, encode(payload))]);
}

async function idOf(node) {
	const [, id] = await node.ask("status", /id ([0-9a-f]{32})/);
	return id;
}

/** What a node lists of the members, but for where they are. */
async function listOf(node) {
	const start = node.output.length;
	await node.ask("members\nstatus", /digest/);
	return [...node.output.slice(start).matchAll(/^[0-9a-f]{8} {2}.*\)/gm)].map(([line]) => line);
}

test("who takes a group, a look-alike or another's id for a name catches nothing, and can be named and removed", async context => {
	const home = await Home.open(context, 3);
	const lamp = await home.found();
	const coco = await home.join("coco", "light", lamp);
	const knob = await home.join("knob", "switch", lamp);
	const cocoId = await idOf(coco);
	const [, homeId] = await lamp.ask("status", /home +([0-9a-f]{16})/);

	// A joiner without a console, who knows the password.
	await lamp.ask("invite", /Inviting/);
	const attacker = await Attacker.open(context, lamp.port, homeId);
	for (const [name, why] of [
		["all", /means something else in commands/],
		["light", /means something else/],
		["L0cks", /means something else/],
		[cocoId.slice(0, 24), /looks like an id/],
		[cocoId.slice(0, 8), /looks like an id/],
		[`coco~${cocoId.slice(0, 8)}`, /has no "~"/],
		["lаmp", /does not mix scripts/],
		["lamp\u200b", /a name has no/],
		["coco", /the name "coco" is taken/],
		["c0-CO", /the name "c0-CO" looks like "coco", which is taken/],
		["сосо", /the name "сосо" looks like "coco", which is taken/]
	]) {
		const { code, text } = await attacker.apply(pin, name, joinersKey);
		assert.equal(code, Code.Conflict, name);
		assert.match(text, why);
	}
	assert.equal((await listOf(lamp)).length, 3);

	// A bad sponsor, who signs whatever it likes and shows it to the others: a name without the form is no block.
	await knob.kill();
	const sponsor = stolen(knob.data);
	for (const node of [lamp, coco]) {
		const stranger = await Attacker.open(context, node.port, homeId);
		for (const name of ["all", "lock", cocoId.slice(0, 8), `coco~${cocoId.slice(0, 8)}`, "lаmp"]) {
			const { code } = await stranger.ask(Code.Post, "/blocks", addBy(sponsor, name));
			assert.equal(code, Code.Unauthorized, name);
		}
		assert.equal((await listOf(node)).length, 3);
	}
	// What has the form is a block, also when it looks like another's.
	const { code } = await attacker.ask(Code.Post, "/blocks", addBy(sponsor, "сосо"));
	assert.equal(code, Code.Changed);

	// On every console it is told who is who, and nobody is taken for another.
	const falseId = createHash("sha256").update(derivePublicKey(joinersKey)).digest("hex").slice(0, 8);
	const labels = [`coco~${cocoId.slice(0, 8)}`, `сосо~${falseId}`];
	const known = [
		`${labels[0]} (light, admitted by lamp)`,
		`${labels[1]} (light, provisional member admitted by knob)`
	];
	knob.start();
	await knob.waitFor(/ready /);
	for (const node of [lamp, coco, knob]) {
		await node.until("members", /admitted by knob/);
		const list = await listOf(node);
		assert.equal(list.length, 4);
		for (const label of known)
			assert.ok(
				list.some(line => line.endsWith(`  ${label}`)),
				list.join("\n")
			);
		for (const command of [
			"task coco read",
			"task сосо on",
			"watch coco",
			"remove coco",
			"grant coco unlock all"
		]) {
			const [line] = await node.ask(command, /^No: .*\n/m);
			assert.equal(line, `No: there are several: ${known.join(", ")}.\n`, command);
		}
		await answerTo(node, `task ${labels[0]} read`, new RegExp(`${labels[0]}: off\n`));
		await answerTo(node, `task ${cocoId} read`, new RegExp(`${labels[0]}: off\n`));
	}
	// Groups are groups: the false one does not answer, and the others do.
	const start = lamp.output.length;
	await lamp.ask("task light read", new RegExp(`${labels[1]}: no answer\n`), 15_000);
	assert.match(lamp.output.slice(start), /^lamp: off$/m);
	assert.match(lamp.output.slice(start), new RegExp(`^${labels[0]}: off$`, "m"));

	await lamp.ask(
		`remove ${labels[1]}`,
		new RegExp(`puts ${labels[1]} .*, provisional member admitted by knob\\) out of the home.*\n`)
	);
	await lamp.ask("y", /is removed/);
	lamp.type("n");
	for (const node of [lamp, coco, knob]) {
		await node.until("members", /coco \(light\)/);
		await answerTo(node, "task coco read", /^coco: off\n/m);
		await node.ask(`remove ${falseId}`, /No: there is no "[0-9a-f]{8}" in this home/);
	}
});

test("a console takes no name that means another, and asks for the next one", async context => {
	const home = await Home.open(context, 2);
	const lamp = home.node("lamp");
	lamp.start("y");
	for (const name of ["all", "Locks", "deadbeef", "lаmp", "a~b", "e\u0301"])
		await lamp.ask(name, /; once more:\n/);
	lamp.type("lamp");
	for (const line of ["light", password, password, pin, pin, "begun in a test"]) lamp.type(line);
	await lamp.waitFor(/ready [0-9a-f]{32} lamp/);
	const door = home.node("door", lamp);
	door.start("n", "1amp", "lock", password, pin);
	await door.waitFor(/Not joined: the name "1amp" looks like "lamp", which is taken/);
});
