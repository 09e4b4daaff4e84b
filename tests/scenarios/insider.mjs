import dgram from "node:dgram";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { limits } from "../../build/js/modules/application/limits.js";
import { Stack } from "../../build/js/modules/application/stack.js";
import { Records, toHex } from "../../build/js/modules/bytes/bytes.js";
import { encode } from "../../build/js/modules/cbor/cbor.js";
import { Chain, Kind, Offer, rotateProof, signBlock } from "../../build/js/modules/chain/chain.js";
import { hashOfTable, partsOfTable } from "../../build/js/modules/chain/table.js";
import { encodeTable } from "../../build/js/modules/chain/table-format.js";
import { decodeTable } from "../../build/js/modules/chain/table-reader.js";
import { SystemClock } from "../../build/js/modules/clock/system-clock.js";
import { Code } from "../../build/js/modules/coap/coap.js";
import { derivePublicKey, signEs256 } from "../../build/js/modules/crypto/crypto.js";
import { identityOf } from "../../build/js/modules/node/identity.js";
import {
	applicantOf,
	HomeSecret,
	isBundle,
	loadIdentity,
	Prefixes,
	randomPrivateKey,
	saveIdentity
} from "../../build/js/modules/node/node.js";
import { Peers } from "../../build/js/modules/node/peers.js";
import { SecureLink } from "../../build/js/modules/secure/secure-link.js";
import { secureNotation } from "../../build/js/modules/secure/secure-notation.js";
import { BlockFile, Store } from "../../build/js/modules/store/store.js";
import { freePorts } from "../../hosts/house/node-process.mjs";

/** It acknowledges at once what it does not answer at once, so that nobody waits for it with the next request, and has room for much of that. */
const hasty = { ...limits.large, coap: { acknowledgeDelay: 5, maxExchanges: 64, maxRemembered: 256 } };

/** What stood in a node's flash, copied: the thief writes nothing of it back. */
class CopiedFlash {
	#values = new Map();

	static async of(folder) {
		const flash = new CopiedFlash();
		for (const name of await readdir(folder)) {
			const bytes = await readFile(path.join(folder, name));
			flash.#values.set(name, Uint8Array.from(bytes).buffer);
		}
		return flash;
	}

	get(_domain, key) {
		return this.#values.get(key)?.slice(0);
	}

	set(_domain, key, value) {
		this.#values.set(key, value.slice(0));
	}

	delete(_domain, key) {
		this.#values.delete(key);
	}

	keys() {
		return [...this.#values.keys()];
	}
}

/**
 * Whoever has a node's flash: a member, an owner or a thief that says what it likes, to whom it likes. It seals as the node would, and
 * keeps to no rule of the chain.
 */
export class Insider {
	identity;
	/** As the node had it; follows only what it is told to take in. */
	chain;
	port;
	/** How many datagrams have come to it. */
	heard = 0;
	/** Nobody answers at its port any more: where the node whose flash it has is to be heard there again. At the end of a test by itself. */
	close = () => {};
	#link;
	#layer;
	#peers;

	/**
	 * `node`: whose flash it has; best not running any more, or both answer. `other`: somebody else whom it poses as,
	 * made by `newcomer`.
	 */
	static async open(context, node, other = undefined) {
		const flash = await CopiedFlash.of(path.join(node.data, "verifichain"));
		const [port] = await freePorts(1);
		const insider = new Insider();
		const store = new Store({ preference: flash, domain: "verifichain" });
		if (other !== undefined) saveIdentity(store, other);
		const identity = loadIdentity(store);
		const { id: self, home } = identity;
		const clock = new SystemClock();
		const random = count => crypto.getRandomValues(new Uint8Array(count));
		const socket = dgram.createSocket("udp4");
		const transport = { send: (host, to, bytes) => socket.send(Uint8Array.from(bytes), to, host, () => {}) };
		const guard = { caught: (what, error) => console.error(what, error) };
		const stack = new Stack({ clock, random, limits: hasty, transport, guard });
		socket.on("message", (bytes, { address, port: from }) => {
			insider.heard += 1;
			stack.receive(Uint8Array.from(bytes), address, from);
		});
		await new Promise(resolve => socket.bind(port, "0.0.0.0", resolve));
		let isOver = false;
		insider.close = () => {
			if (isOver) return;
			isOver = true;
			insider.#link.stop();
			socket.close();
		};
		context.after(() => insider.close());
		transport.send = (host, to, bytes) => {
			if (!isOver) socket.send(Uint8Array.from(bytes), to, host, () => {});
		};
		const chain = new Chain({ storage: new BlockFile(store), home, self });
		chain.load();
		const peers = new Peers(store);
		const nothing = () => {};
		insider.identity = identity;
		insider.chain = chain;
		insider.port = port;
		insider.#peers = peers;
		insider.#layer = stack.layer;
		insider.#link = new SecureLink({
			identity,
			homeSecret: new HomeSecret(store, identity),
			chain,
			peers,
			store,
			clock,
			random,
			layer: stack.layer,
			resources: stack.resources,
			seats: stack.seats,
			maxContexts: 72,
			locate: (peer, found) => found(peers.addressOf(peer)),
			onMissed: nothing,
			onStranger: nothing,
			onOpening: nothing,
			onRemoved: nothing,
			onUnknown: nothing,
			report: nothing
		});
		stack.online();
		return insider;
	}

	/** Asks a node, sealed: the payload of the answer, or an Error. */
	ask(node, code, payload, { path: to = "/blocks", timeout = 8_000 } = {}) {
		const peer = idOf(node);
		this.#peers.learn(peer, { host: "127.0.0.1", port: node.port });
		return new Promise(resolve => {
			const onReply = reply => resolve(reply);
			const onFailure = error => resolve(error);
			this.#link.request({ peer, code, path: to, payload, timeout, onReply, onFailure });
		});
	}

	/** Asks a node that it has keys with, sealed, with options that no node would send: the code of the answer, or an Error. */
	askOddly(node, code, options) {
		const [peer, address, port] = [idOf(node), "127.0.0.1", node.port];
		return new Promise(resolve => {
			const onResponse = response => resolve(response.code);
			this.#layer.request({
				peer,
				address,
				port,
				code,
				options,
				timeout: 8_000,
				onResponse,
				onFailure: resolve
			});
		});
	}

	/** Answers what others ask it under a path. */
	serve(to, handlers) {
		this.#link.serve(to, handlers);
	}

	/** Brings a node blocks or a base: how many were new, or an Error. */
	async bring(node, delivery) {
		const given = Array.isArray(delivery) ? delivery.map(({ cose }) => cose) : delivery;
		const reply = await this.ask(node, Code.Post, secureNotation.delivery.write(given));
		return reply instanceof Error ? reply : secureNotation.taken.read(reply);
	}

	/** Takes in what a node has: its base, then its blocks. */
	async follow(node) {
		const query = async question => {
			const reply = await this.ask(node, Code.Fetch, secureNotation.blocksQuery.write(question));
			if (reply instanceof Error) throw reply;
			return reply;
		};
		const base = secureNotation.delivery.read(await query({ checkpoint: true }));
		if (isBundle(base)) this.chain.adopt(new Offer(base));
		const { summary } = secureNotation.comparison.read(
			await query({ digest: new Uint8Array(32), peers: [] })
		);
		const authors = (summary?.authors ?? []).map(({ id }) => id);
		const hashes = [...secureNotation.hashes.read(await query({ authors }))].map(hash => hash.slice());
		for (let at = 0; at < hashes.length; at += 16) {
			const want = hashes.slice(at, at + 16);
			for (const cose of secureNotation.delivery.read(await query({ want }))) {
				try {
					this.chain.add(cose);
				} catch {
					// It has what it has.
				}
			}
		}
	}

	/** A block by this node that says whatever it likes; first of its log where nothing else is said. */
	block(body, fields = {}) {
		const { era, base } = this.chain;
		const { id: author, privateKey } = this.identity;
		const previous = base.hash.slice(0, 16);
		const plain = { era, previous, author, turn: 0, sequence: 0, time: null };
		return signBlock({ ...plain, body, ...fields }, privateKey);
	}

	/** A new key that this node takes, as often as one likes; it goes on with the one that it has. */
	rotate() {
		const { id: author } = this.identity;
		const { base, number, lastTaking, turn } = this.chain.endOf(author);
		const privateKey = randomPrivateKey(count => crypto.getRandomValues(new Uint8Array(count)));
		const key = derivePublicKey(privateKey);
		const proof = signEs256(privateKey, rotateProof({ era: this.chain.era, author, turn, key }));
		return this.block(
			{ kind: Kind.rotate, key, proof, base, number, lastTaking },
			{ turn, ...this.endOfLog }
		);
	}

	/** Where its log goes on. */
	get endOfLog() {
		const { chain } = this;
		const numbers = Array.from({ length: chain.length }, (_, number) => number);
		const own = numbers.filter(number => chain.isBy(number, this.identity.id) && chain.isLive(number));
		const blocks = own.map(number => chain.blockAt(number)).sort((a, b) => a.sequence - b.sequence);
		const last = blocks.at(-1);
		return last === undefined ? {} : { previous: last.hash.slice(0, 16), sequence: last.sequence + 1 };
	}

	/**
	 * Somebody new whom this member admits: who that is, and a block that says so. `open` makes an Insider of it. `fields`: as of
	 * `block`.
	 */
	newcomer(name, fields = {}) {
		const { era, checkpoint: number, members } = this.chain;
		const privateKey = randomPrivateKey(count => crypto.getRandomValues(new Uint8Array(count)));
		const [type] = members.get(this.identity.id).types;
		const { home, suite, rounds, secret } = this.identity;
		const identity = identityOf({
			privateKey,
			name,
			type,
			home,
			suite,
			rounds,
			secret,
			isConfirmed: true
		});
		const place = { sponsor: this.identity.id, era, number };
		const applicant = applicantOf(identity, place, new Uint8Array(8));
		return { identity, block: this.block({ kind: Kind.add, ...applicant, sponsor: null }, fields) };
	}

	/** A base by this owner, over the one that it has: `change` is given the table that an honest one would have. */
	forgeBase(change, fields = {}) {
		const { bundle, base } = this.chain;
		const table = encodeTable(change(decodeTable(bundle.table)));
		const hash = hashOfTable(partsOfTable(table, decodeTable(table)));
		const { number = base.number + 1, ...rest } = fields;
		const body = { kind: Kind.checkpoint, era: base.era, opening: base.opening, number, hash };
		const block = this.block(body, rest);
		return { checkpoint: block.cose, table, anchors: bundle.anchors, hash: block.hash };
	}
}

/** The id that a node told when it was ready. */
export function idOf(node) {
	const [, id] = /ready ([0-9a-f]{32})/.exec(node.output);
	return id;
}

export { Code, encode, Kind, Prefixes, Records, secureNotation, toHex };
