/**
 * Our EDHOC with an implementation that shares no code with it. EDHOC_PEER names a program made of edhoc-peer.c and
 * libedhoc; run with libedhoc v1.15.1 on Mbed TLS 3.5.1 and zcbor 0.8.1. Skipped otherwise.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import { describe, test } from "node:test";
import { multiplyBase, runAtOnce } from "../../build/js/modules/crypto/crypto.js";
import { Initiator, makeCredential, PeerError, Responder } from "../../build/js/modules/edhoc/edhoc.js";

const program = process.env.EDHOC_PEER;
const skip = program === undefined ? "EDHOC_PEER names no program" : false;

/** One side of a run by the other implementation: a message is a line of hexadecimal. */
class Peer {
	#child;
	#lines;

	constructor(context, args) {
		this.#child = spawn(program, args.map(String), { stdio: ["pipe", "pipe", "inherit"] });
		this.#child.stdin.on("error", () => {});
		this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
		context.after(() => this.#child.kill());
	}

	async line() {
		const { value, done } = await this.#lines.next();
		assert.equal(done, false, "it ended");
		return value;
	}

	async receive() {
		const line = await this.line();
		assert.match(line, /^([0-9a-f]{2})+$/);
		return bytes(line);
	}

	send(message) {
		this.#child.stdin.write(`${hex(message)}\n`);
	}

	/** What it makes of the run. */
	async oscore() {
		const [word, masterSecret, masterSalt, senderId, recipientId] = (await this.line()).split(" ");
		assert.equal(word, "done");
		return { masterSecret, masterSalt, senderId, recipientId };
	}

	/** The error message that it answers with, and the step at which it gives up. */
	async failure() {
		const message = await this.receive();
		const [word, step] = (await this.line()).split(" ");
		assert.equal(word, "failed");
		return { message, step };
	}
}

function hex(value) {
	return Buffer.from(value).toString("hex");
}

function bytes(text) {
	return Uint8Array.from(Buffer.from(text, "hex"));
}

/** A key and its credential, as a node has them: the kid is of 16 bytes. */
function identity() {
	const privateKey = Uint8Array.from(randomBytes(32));
	// Below the order of the curve.
	privateKey[0] &= 0x7f;
	const publicKey = multiplyBase(privateKey);
	return { privateKey, credential: makeCredential({ kid: Uint8Array.from(randomBytes(16)), publicKey }) };
}

function ephemeral() {
	return identity().privateKey;
}

/** Only this one is known. */
function knows({ credential }) {
	return kid => (hex(kid) === hex(credential.kid) ? credential : undefined);
}

/** How the other implementation is told who it is and with whom it speaks. */
function told({ privateKey, credential }, peer) {
	return [
		hex(credential.kid),
		hex(credential.encoded),
		hex(privateKey),
		hex(peer.credential.kid),
		hex(peer.credential.encoded),
		hex(peer.credential.publicKey)
	];
}

function agreed(session, theirs) {
	const { masterSecret, masterSalt, senderId, recipientId } = session.oscore();
	const expected = {
		masterSecret: hex(masterSecret),
		masterSalt: hex(masterSalt),
		senderId: hex(recipientId),
		recipientId: hex(senderId)
	};
	assert.deepEqual(theirs, expected);
}

/** Our C_x and theirs: CBOR integers of a byte, positive and negative, and byte strings. */
const identifiers = [
	["05", "0b"],
	["37", "20"],
	["0102", "2a2b2c2d2e2f30"],
	["17", "ff00ff"]
];
const methods = [
	[0, "both sign"],
	[1, "the initiator signs"],
	[2, "the responder signs"],
	[3, "neither signs"]
];

describe("EDHOC with libedhoc", { skip }, () => {
	for (const [method, who] of methods) {
		for (const [ours, theirs] of identifiers) {
			const how = `in method ${method} (${who}), ours known as ${ours} and theirs as ${theirs}`;

			test(`our initiator completes a run with its responder ${how}`, async context => {
				const [self, other] = [identity(), identity()];
				const peer = new Peer(context, ["responder", method, ...told(other, self), theirs]);
				const initiator = new Initiator({
					...self,
					method,
					ephemeral: ephemeral(),
					lookup: knows(other),
					connectionId: bytes(ours)
				});
				peer.send(runAtOnce(initiator.begin()));
				const { message3 } = runAtOnce(initiator.answer(await peer.receive()));
				peer.send(message3);
				const { session } = initiator.finish(await peer.receive());
				agreed(session, await peer.oscore());
			});

			test(`our responder completes a run with its initiator ${how}`, async context => {
				const [self, other] = [identity(), identity()];
				const peer = new Peer(context, ["initiator", method, ...told(other, self), theirs]);
				const responder = ourResponder(self, other, { connectionId: () => bytes(ours) });
				const { message2 } = runAtOnce(responder.answer(await peer.receive()));
				peer.send(message2);
				const { message4, session } = runAtOnce(responder.finish(await peer.receive()));
				peer.send(message4);
				agreed(session, await peer.oscore());
			});
		}
	}

	function ourResponder(self, other, more = {}) {
		return new Responder({
			...self,
			ephemeral: ephemeral(),
			lookup: knows(other),
			connectionId: () => bytes("05"),
			methods: [0, 1, 2, 3],
			...more
		});
	}

	test("its initiator that would rather have had another suite completes a run", async context => {
		const [self, other] = [identity(), identity()];
		const peer = new Peer(context, ["initiator", 0, ...told(other, self), "0b", 6, 2]);
		const responder = ourResponder(self, other);
		peer.send(runAtOnce(responder.answer(await peer.receive())).message2);
		const { message4, session } = runAtOnce(responder.finish(await peer.receive()));
		peer.send(message4);
		agreed(session, await peer.oscore());
	});

	test("its initiator that selects another suite is told ours", async context => {
		const [self, other] = [identity(), identity()];
		for (const suites of [[6], [2, 6], [6, 2, 3]]) {
			const peer = new Peer(context, ["initiator", 0, ...told(other, self), "0b", ...suites]);
			const message1 = await peer.receive();
			let refusal;
			try {
				runAtOnce(ourResponder(self, other).answer(message1));
			} catch (error) {
				refusal = error;
			}
			assert.equal(refusal?.name, "CipherSuiteError", `${suites}`);
			peer.send(refusal.reply);
			assert.equal(await peer.line(), "told 2 2");
		}
	});

	test("its responder takes the one suite of our list that it has", async context => {
		const [self, other] = [identity(), identity()];
		const peer = new Peer(context, ["responder", 0, ...told(other, self), "0b"]);
		const connectionId = bytes("05");
		const initiator = new Initiator({
			...self,
			suites: [6, 2],
			ephemeral: ephemeral(),
			lookup: knows(other),
			connectionId
		});
		peer.send(runAtOnce(initiator.begin()));
		peer.send(runAtOnce(initiator.answer(await peer.receive())).message3);
		agreed(initiator.finish(await peer.receive()).session, await peer.oscore());
	});

	test("its responder without our suite names those that it has", async context => {
		const [self, other] = [identity(), identity()];
		const peer = new Peer(context, ["responder", 0, ...told(other, self), "0b", 6]);
		const initiator = new Initiator({
			...self,
			ephemeral: ephemeral(),
			lookup: knows(other),
			connectionId: bytes("05")
		});
		peer.send(runAtOnce(initiator.begin()));
		const { message, step } = await peer.failure();
		assert.equal(step, "message_1");
		assert.throws(
			() => runAtOnce(initiator.answer(message)),
			error => error instanceof PeerError && error.code === 2 && `${error.suites}` === "6"
		);
	});

	test("our initiator refuses its responder with another key than the credential's", async context => {
		const [self, other, thief] = [identity(), identity(), identity()];
		const pretended = { privateKey: thief.privateKey, credential: other.credential };
		for (const method of [0, 3]) {
			const peer = new Peer(context, ["responder", method, ...told(pretended, self), "0b"]);
			const initiator = new Initiator({
				...self,
				method,
				ephemeral: ephemeral(),
				lookup: knows(other),
				connectionId: bytes("05")
			});
			peer.send(runAtOnce(initiator.begin()));
			const message2 = await peer.receive();
			assert.throws(() => runAtOnce(initiator.answer(message2)), /the responder is not who it says/);
		}
	});

	test("its responder refuses our initiator with another key than the credential's", async context => {
		const [self, other, thief] = [identity(), identity(), identity()];
		for (const method of [0, 3]) {
			const peer = new Peer(context, ["responder", method, ...told(other, self), "0b"]);
			const initiator = new Initiator({
				privateKey: thief.privateKey,
				credential: self.credential,
				method,
				ephemeral: ephemeral(),
				lookup: knows(other),
				connectionId: bytes("05")
			});
			peer.send(runAtOnce(initiator.begin()));
			peer.send(runAtOnce(initiator.answer(await peer.receive())).message3);
			assert.equal((await peer.failure()).step, "message_3");
		}
	});

	test("our responder refuses its initiator whom it does not know", async context => {
		const [self, other, known] = [identity(), identity(), identity()];
		const peer = new Peer(context, ["initiator", 0, ...told(other, self), "0b"]);
		const responder = ourResponder(self, known);
		peer.send(runAtOnce(responder.answer(await peer.receive())).message2);
		const message3 = await peer.receive();
		assert.throws(
			() => runAtOnce(responder.finish(message3)),
			error => {
				peer.send(error.reply);
				return error.name === "UnknownCredentialError";
			}
		);
		assert.equal(await peer.line(), "told 3");
	});
});
