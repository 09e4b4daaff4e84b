import { isSame, textOf } from "./packets.mjs";

/** Bytes before the options, the cookie included (RFC 2131, section 2). */
const optionsAt = 240;
const clientAddressAt = 12;
const givenAddressAt = 16;
const serverAddressAt = 20;
const relayAddressAt = 24;
const hardwareAddressAt = 28;
const messageLength = 300;
const kinds = Object.freeze({ discover: 1, offer: 2, request: 3, acknowledge: 5, refuse: 6 });
/** RFC 2132, section 9 and others. */
const options = Object.freeze({
	mask: 1,
	router: 3,
	names: 6,
	requested: 50,
	leaseTime: 51,
	kind: 53,
	server: 54,
	renewal: 58,
	rebinding: 59,
	end: 255
});
const secondsOfDay = 86_400;
const billion = 1_000_000_000;
/** The host number of the first address that it gives. */
const firstHost = 100;
const endHost = 250;

/**
 * Gives stations the addresses of one network of 256 (RFC 2131), each always the same one until it is told otherwise.
 * Who asks for an address that is not its own, because that was changed meanwhile, is refused and has to ask anew.
 */
export class DhcpServer {
	/** This server's own address. */
	address;
	/** Seconds of a lease. A station renews it from half of it on, and asks everyone after seven eighths. */
	leaseTime = secondsOfDay;
	/** By MAC address in hex: the address and until when it is the station's, in nanoseconds of the house. */
	#leases = new Map();
	#first = firstHost;

	/** `address`: four bytes, this server's own. */
	constructor(address) {
		this.address = address;
	}

	/** The IPv4 address that a station has, or gets. */
	addressFor(mac, now = 0) {
		const lease = this.#lease(mac, now);
		return lease.address;
	}

	/** No station keeps its address: they get those from `first` on, in the order in which they ask; the network stays. */
	forget(first = firstHost) {
		this.#leases.clear();
		this.#first = first;
	}

	/** A station gets that address when it asks next. Whoever has it now is not asked. */
	assign(mac, address) {
		this.#leases.set(keyOf(mac), { address, end: Number.POSITIVE_INFINITY });
	}

	/** What it answers to a message of a client, as `{ data, to }`, `to` being an address; undefined for nothing. */
	answer(data, now) {
		const asked = readOptions(data);
		const kind = asked.get(options.kind)?.[0];
		const mac = data.subarray(hardwareAddressAt, hardwareAddressAt + 6);
		if (kind !== kinds.discover && kind !== kinds.request) return undefined;
		const server = asked.get(options.server);
		// It has chosen another server's offer.
		if (server !== undefined && !isSame(server, this.address)) return undefined;
		const lease = this.#lease(mac, now);
		if (kind === kinds.discover) return this.#give(data, kinds.offer, lease);
		const wanted = asked.get(options.requested) ?? data.subarray(clientAddressAt, clientAddressAt + 4);
		if (!isSame(wanted, lease.address)) return this.#refuse(data);
		lease.end = now + this.leaseTime * billion;
		return this.#give(data, kinds.acknowledge, lease);
	}

	#lease(mac, now) {
		const key = keyOf(mac);
		let lease = this.#leases.get(key);
		if (lease === undefined) {
			lease = { address: this.#free(now), end: Number.POSITIVE_INFINITY };
			this.#leases.set(key, lease);
		}
		return lease;
	}

	/** The first address that nobody has; who had it and let its lease run out gets another one. */
	#free(now) {
		for (let host = this.#first; host < endHost; host += 1) {
			const address = Uint8Array.of(...this.address.subarray(0, 3), host);
			const [owner, lease] = [...this.#leases].find(([, each]) => isSame(each.address, address)) ?? [];
			if (lease !== undefined && lease.end > now) continue;
			this.#leases.delete(owner);
			return address;
		}
		throw new Error(`no address is left in ${textOf(this.address)}/24`);
	}

	#give(data, kind, { address }) {
		const seconds = count => [count >>> 24, (count >>> 16) & 255, (count >>> 8) & 255, count & 255];
		const written = [
			...[options.leaseTime, 4, ...seconds(this.leaseTime)],
			...[options.renewal, 4, ...seconds(Math.floor(this.leaseTime / 2))],
			...[options.rebinding, 4, ...seconds(Math.floor((this.leaseTime * 7) / 8))],
			...[options.mask, 4, 255, 255, 255, 0],
			...[options.router, 4, ...this.address],
			...[options.names, 4, ...this.address]
		];
		const reply = this.#reply(data, kind, written);
		reply.set(address, givenAddressAt);
		reply.set(this.address, serverAddressAt);
		return { data: reply, to: address };
	}

	/** To everyone, since the client must not use its address any more. */
	#refuse(data) {
		return { data: this.#reply(data, kinds.refuse, []), to: Uint8Array.of(255, 255, 255, 255) };
	}

	#reply(data, kind, written) {
		const reply = Buffer.alloc(messageLength);
		reply.set(data.subarray(0, optionsAt));
		reply[0] = 2;
		reply.fill(0, clientAddressAt, relayAddressAt);
		const head = [options.kind, 1, kind, options.server, 4, ...this.address];
		reply.set([...head, ...written, options.end], optionsAt);
		return reply;
	}
}

const keyOf = mac => Buffer.from(mac).toString("hex");

/** By number: the bytes of each option. */
function readOptions(data) {
	const read = new Map();
	for (let at = optionsAt; at < data.length && data[at] !== options.end; ) {
		const [number, length] = [data[at], data[at + 1]];
		if (number !== 0) read.set(number, data.subarray(at + 2, at + 2 + length));
		at += number === 0 ? 1 : 2 + length;
	}
	return read;
}
