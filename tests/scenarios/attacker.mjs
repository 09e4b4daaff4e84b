import dgram from "node:dgram";
import { once } from "node:events";
import {
	Code,
	decodeMessage,
	encodeMessage,
	findOption,
	MessageType,
	OptionNumber,
	pathOptions
} from "../../build/js/modules/coap/coap.js";
import { derivePublicKey, runAtOnce } from "../../build/js/modules/crypto/crypto.js";
import { applicantOf } from "../../build/js/modules/node/node.js";
import {
	openRefusal,
	readAnswer,
	setting,
	statementTag,
	writeApplication,
	writeShare
} from "../../build/js/modules/secure/sync-messages.js";
import { Prover } from "../../build/js/modules/spake2plus/spake2plus.js";
import { scalarsOf } from "../../build/js/tests/harness/fake-home.js";
import { password } from "./home.mjs";

/** Knows the home's password, and keeps to no console: speaks to a node over UDP. */
export class Attacker {
	#socket;
	#port;
	#home;
	#rounds;
	/** Whom it asks, and under which base: what a joiner signs. */
	#place;
	#id = 0;

	static async open(context, port, id) {
		const attacker = new Attacker();
		attacker.#socket = dgram.createSocket("udp4");
		attacker.#port = port;
		attacker.#home = Uint8Array.from(Buffer.from(id, "hex"));
		context.after(() => attacker.#socket.close());
		const { payload } = await attacker.ask(Code.Get, "/.well-known/core");
		const text = Buffer.from(payload).toString();
		const [, sponsor, rounds, era, number] =
			/ep="([0-9a-f]+)".*rounds="(\d+)".*base="([0-9a-f]+)\.(\d+)"/.exec(text);
		attacker.#rounds = Number(rounds);
		const bytes = hex => Uint8Array.from(Buffer.from(hex, "hex"));
		attacker.#place = { sponsor: bytes(sponsor), era: bytes(era), number: Number(number) };
		return attacker;
	}

	/** Whether a PIN is right, as far as the answer tells; the code of a refusal. */
	async guess(pin) {
		const confirmed = await this.#confirm(pin);
		if (typeof confirmed === "number") return confirmed;
		return confirmed === undefined ? "wrong" : "right";
	}

	/** Asks to be admitted by this name, as a light: the code of the answer, and the text of a sealed refusal. */
	async apply(pin, name, privateKey) {
		const { confirmP, sharedKey } = await this.#confirm(pin);
		const self = { name, type: 0, privateKey, publicKey: derivePublicKey(privateKey) };
		const applicant = applicantOf(self, this.#place, statementTag(sharedKey));
		const { code, payload } = await this.ask(
			Code.Post,
			"/sync",
			writeApplication(confirmP, applicant, sharedKey)
		);
		return { code, text: openRefusal(payload, code, sharedKey) };
	}

	/** What shows that it knows the password; undefined where the PIN is wrong, the code of a refusal otherwise. */
	async #confirm(pin) {
		const scalars = scalarsOf(password, pin, this.#home, this.#rounds);
		const ephemeral = new Uint8Array(32).fill(1 + this.#id);
		const prover = new Prover({ ...setting(this.#home, this.#rounds, 0), ...scalars, ephemeral });
		const share = writeShare(runAtOnce(prover.begin()));
		let answer = await this.ask(Code.Post, "/sync", share);
		const echo = findOption(answer.options, OptionNumber.Echo);
		if (echo !== undefined) answer = await this.ask(Code.Post, "/sync", share, [echo]);
		if (answer.code !== Code.Changed) return answer.code;
		try {
			return runAtOnce(prover.finish(readAnswer(answer.payload)));
		} catch {
			return undefined;
		}
	}

	/** One request in the clear, and the answer to it. */
	async ask(code, path, payload = new Uint8Array(0), options = []) {
		this.#id += 1;
		const all = [...pathOptions(path), ...options];
		const [id, token] = [this.#id, Uint8Array.of(this.#id)];
		const type = MessageType.Confirmable;
		this.#socket.send(
			encodeMessage({ type, code, id, token, options: all, payload }),
			this.#port,
			"127.0.0.1"
		);
		for (;;) {
			const [bytes] = await once(this.#socket, "message");
			const message = decodeMessage(Uint8Array.from(bytes));
			if (message.code === Code.Empty || message.token[0] !== id) continue;
			// An answer that took its time wants an acknowledgement.
			if (message.type === MessageType.Confirmable) {
				const empty = { token: new Uint8Array(0), options: [], payload: new Uint8Array(0) };
				const ack = { type: MessageType.Acknowledgement, code: Code.Empty, id: message.id, ...empty };
				this.#socket.send(encodeMessage(ack), this.#port, "127.0.0.1");
			}
			return message;
		}
	}
}
