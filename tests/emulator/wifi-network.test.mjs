import assert from "node:assert/strict";
import test from "node:test";
import { arpReply, datagramFrame, everyone, readDatagram, textOf } from "./packets.mjs";
import { delays, WifiNetwork } from "./wifi-network.mjs";

const million = 1_000_000;

/** A station that keeps what it receives. */
class Station {
	received = [];
	lostAt;

	constructor(network, number) {
		this.mac = Uint8Array.from([2, 0, 0, 0, 1, number]);
		this.address = network.accessPoint.addressFor(this.mac);
	}

	deliver(frame, at) {
		this.received.push({ frame, at });
	}

	linkLost(at) {
		this.lostAt = at;
	}
}

function open(options) {
	const network = new WifiNetwork({ time: () => 1_800_000_000, ...options });
	const stations = [1, 2, 3].map(number => new Station(network, number));
	for (const station of stations) network.join(station, "testnet", "secret123");
	return { network, stations };
}

function datagram(from, to, text, port = 5683) {
	const { mac = everyone, address = Uint8Array.from([255, 255, 255, 255]) } = to ?? {};
	return datagramFrame({
		from: { ...from, mac: from.mac, address: from.address, port },
		to: { mac, address, port },
		data: Buffer.from(text)
	});
}

test("only the right name and password let a station in", () => {
	const network = new WifiNetwork({});
	const station = new Station(network, 1);
	assert.equal(network.join(station, "testnet", "secret124"), "wrong password");
	assert.equal(network.join(station, "othernet", "secret123"), "no network");
	assert.equal(network.has(station), false);
	assert.equal(network.join(station, "testnet", "secret123"), "joined");
	assert.equal(network.has(station), true);
});

test("a datagram reaches its station alone, a broadcast all others, each after the frame's delay", () => {
	const { network, stations } = open();
	const [first, second, third] = stations;
	network.send(first, datagram(first, second, "hello"), 5 * million);
	assert.equal(second.received.length, 1);
	assert.equal(second.received[0].at, (5 + delays.frame) * million);
	const { data, from } = readDatagram(second.received[0].frame);
	assert.equal(data.toString(), "hello");
	assert.equal(textOf(from.address), "192.168.4.100");
	assert.equal(third.received.length, 0);
	network.send(first, datagram(first, undefined, "who is there"), 6 * million);
	assert.deepEqual(
		stations.map(({ received }) => received.length),
		[0, 2, 1]
	);
});

test("without an access point nothing gets through, and its stations hear of it", () => {
	const { network, stations } = open();
	const [first, second] = stations;
	network.turnOff(0);
	network.send(first, datagram(first, second, "hello"), 0);
	assert.equal(second.received.length, 0);
	assert.equal(second.lostAt, delays.beaconLoss * million);
	assert.equal(network.join(second, "testnet", "secret123"), "no network");
	network.turnOn();
	network.send(first, datagram(first, second, "hello"), 0);
	assert.equal(second.received.length, 0, "a station has to join anew");
	assert.equal(network.join(second, "testnet", "secret123"), "joined");
});

test("about as many frames get lost as are to, and all are noted", () => {
	const { network, stations } = open();
	const [first, second] = stations;
	const noted = [];
	network.onDatagram = each => noted.push(each);
	network.loss = 0.2;
	for (let i = 0; i < 1_000; i += 1) network.send(first, datagram(first, second, "hello"), 0);
	assert.ok(
		second.received.length > 750 && second.received.length < 850,
		`${second.received.length} of 1000`
	);
	assert.equal(noted.filter(({ isLost }) => !isLost).length, second.received.length);
	assert.equal(noted.length, 1_000);
	assert.equal(noted[0].to, "192.168.4.101:5683");
});

test("the access point gives one address for ever, and tells the time", () => {
	const { network, stations } = open();
	const [first] = stations;
	const discover = Buffer.alloc(248);
	discover[0] = 1;
	discover.set([53, 1, 1, 255], 240);
	const asked = datagramFrame({
		from: { mac: first.mac, address: new Uint8Array(4), port: 68 },
		to: { mac: everyone, address: Uint8Array.from([255, 255, 255, 255]), port: 67 },
		data: discover
	});
	network.send(first, asked, 0);
	network.send(first, asked, 0);
	const offers = first.received.map(({ frame }) => readDatagram(frame).data);
	assert.equal(offers.length, 2);
	for (const offer of offers) assert.equal(textOf(offer.subarray(16, 20)), "192.168.4.100");
	network.send(first, datagram(first, network.accessPoint, Buffer.alloc(48), 123), 0);
	const { data } = readDatagram(first.received[2].frame);
	assert.equal(data.readUInt32BE(40) - 2_208_988_800, 1_800_000_000);
});

test("an ARP request is answered by whoever has the address", () => {
	const { network, stations } = open();
	const [first] = stations;
	const { mac, address } = network.accessPoint;
	const payload = Buffer.from([
		0,
		1,
		8,
		0,
		6,
		4,
		0,
		1,
		...first.mac,
		...first.address,
		0,
		0,
		0,
		0,
		0,
		0,
		...address
	]);
	const request = Buffer.concat([everyone, first.mac, Buffer.from([8, 6]), payload]);
	network.send(first, request, 0);
	const reply = first.received[0].frame;
	assert.deepEqual([...reply.subarray(22, 28)], [...mac]);
	assert.deepEqual([...reply.subarray(28, 32)], [...address]);
	assert.equal(arpReply(request, { mac, address: Uint8Array.from([1, 2, 3, 4]) }), undefined);
});
