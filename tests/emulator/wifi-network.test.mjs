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

/** A client's DHCP message as a frame: `options` by number, each a list of bytes. */
function dhcp(station, { kind, options = {}, own = [0, 0, 0, 0], to = [255, 255, 255, 255] }) {
	const message = Buffer.alloc(300);
	message[0] = 1;
	message.set(own, 12);
	message.set(station.mac, 28);
	const written = Object.entries(options).flatMap(([number, bytes]) => [
		Number(number),
		bytes.length,
		...bytes
	]);
	message.set([53, 1, kind, 0, ...written, 255], 240);
	return datagramFrame({
		from: { mac: station.mac, address: Uint8Array.from(own), port: 68 },
		to: { mac: everyone, address: Uint8Array.from(to), port: 67 },
		data: message
	});
}

const discover = 1;
const request = 3;
const answers = Object.freeze({ 2: "offer", 5: "acknowledged", 6: "refused" });
const requested = 50;
const chosenServer = 54;
const leaseTime = 51;

/** What the access point answers to a station's DHCP message: its kind, the address in it, and its options. */
function ask(network, station, message, now = 0) {
	station.received.length = 0;
	network.send(station, dhcp(station, message), now);
	const [answer, ...more] = station.received;
	assert.equal(more.length, 0);
	if (answer === undefined) return undefined;
	const { data, to } = readDatagram(answer.frame);
	const options = new Map();
	for (let at = 240; data[at] !== 255; at += 2 + data[at + 1]) {
		options.set(data[at], [...data.subarray(at + 2, at + 2 + data[at + 1])]);
	}
	const address = textOf(data.subarray(16, 20));
	return { is: answers[options.get(53)[0]], address, to: textOf(to.address), options };
}

/** All that a station does for an address. */
function obtain(network, station, now = 0) {
	const { address, options } = ask(network, station, { kind: discover }, now);
	const chosen = { [requested]: address.split(".").map(Number), [chosenServer]: options.get(chosenServer) };
	const answer = ask(network, station, { kind: request, options: chosen }, now);
	assert.deepEqual([answer.is, answer.address], ["acknowledged", address]);
	return answer;
}

const bytesOf = address => address.split(".").map(Number);
const renewal = (address, to) => ({ kind: request, own: bytesOf(address), ...(to && { to: bytesOf(to) }) });
const reboot = address => ({ kind: request, options: { [requested]: bytesOf(address) } });

test("the access point gives a station one address, and tells the time", () => {
	const { network, stations } = open();
	const [first] = stations;
	const offer = ask(network, first, { kind: discover });
	assert.deepEqual([offer.is, offer.address], ["offer", "192.168.4.100"]);
	assert.equal(obtain(network, first).address, "192.168.4.100");
	assert.equal(ask(network, first, { kind: discover }).address, "192.168.4.100");
	first.received.length = 0;
	network.send(first, datagram(first, network.accessPoint, Buffer.alloc(48), 123), 0);
	const { data } = readDatagram(first.received[0].frame);
	assert.equal(data.readUInt32BE(40) - 2_208_988_800, 1_800_000_000);
});

test("a lease says when it ends, and when it is to be renewed", () => {
	const { network, stations } = open();
	network.accessPoint.dhcp.leaseTime = 240;
	const { options } = obtain(network, stations[0]);
	assert.deepEqual(
		[leaseTime, 58, 59].map(number => Buffer.from(options.get(number)).readUInt32BE()),
		[240, 120, 210]
	);
	const renewed = ask(network, stations[0], renewal("192.168.4.100", "192.168.4.1"), 120e9);
	assert.deepEqual([renewed.is, renewed.address], ["acknowledged", "192.168.4.100"]);
});

test("what another access point offers is not answered", () => {
	const { network, stations } = open();
	const chosen = { [requested]: [192, 168, 4, 100], [chosenServer]: [192, 168, 4, 9] };
	assert.equal(ask(network, stations[0], { kind: request, options: chosen }), undefined);
});

test("a lease that ran out goes to who comes next, one that was renewed does not", () => {
	const network = new WifiNetwork();
	const { dhcp: server } = network.accessPoint;
	server.leaseTime = 60;
	const mac = number => Uint8Array.from([2, 0, 0, 0, 1, number]);
	const stations = [1, 2].map(number => ({
		mac: mac(number),
		received: [],
		deliver: Station.prototype.deliver
	}));
	for (const station of stations) network.join(station, "testnet", "secret123");
	const [first, second] = stations;
	assert.equal(obtain(network, first).address, "192.168.4.100");
	assert.equal(obtain(network, second).address, "192.168.4.101");
	assert.equal(ask(network, first, renewal("192.168.4.100"), 59e9).is, "acknowledged");
	assert.equal(textOf(server.addressFor(mac(3), 61e9)), "192.168.4.101");
	assert.equal(textOf(server.addressFor(mac(1), 61e9)), "192.168.4.100");
	const late = ask(network, second, reboot("192.168.4.101"), 62e9);
	assert.deepEqual([late.is, late.to], ["refused", "255.255.255.255"]);
	assert.equal(obtain(network, second, 62e9).address, "192.168.4.102");
});

test("an access point that has forgotten its leases refuses the old addresses, and gives others", () => {
	const { network, stations } = open();
	for (const station of stations) obtain(network, station);
	network.accessPoint.dhcp.forget(150);
	const [first, second] = stations;
	assert.equal(ask(network, second, reboot("192.168.4.101")).is, "refused");
	assert.equal(ask(network, first, renewal("192.168.4.100", "192.168.4.1")).is, "refused");
	assert.equal(obtain(network, second).address, "192.168.4.150");
	assert.equal(obtain(network, first).address, "192.168.4.151");
});

test("an access point in another subnet is deaf for who asks at its old address, and refuses who asks everyone", () => {
	const { network, stations } = open();
	const [first] = stations;
	obtain(network, first);
	network.accessPoint.moveTo("10.0.7.1");
	assert.equal(ask(network, first, renewal("192.168.4.100", "192.168.4.1")), undefined);
	assert.equal(ask(network, first, renewal("192.168.4.100")).is, "refused");
	const { address, options } = obtain(network, first);
	assert.equal(address, "10.0.7.100");
	for (const option of [3, 6, chosenServer]) assert.deepEqual(options.get(option), [10, 0, 7, 1]);
});

test("stations swap their addresses where the access point is told so", () => {
	const { network, stations } = open();
	const { dhcp: server } = network.accessPoint;
	const [first, second, third] = stations;
	for (const station of stations) obtain(network, station);
	server.assign(first.mac, second.address);
	server.assign(second.mac, first.address);
	assert.equal(ask(network, first, renewal("192.168.4.100")).is, "refused");
	assert.equal(obtain(network, first).address, "192.168.4.101");
	assert.equal(obtain(network, second).address, "192.168.4.100");
	assert.equal(ask(network, third, renewal("192.168.4.102")).is, "acknowledged");
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
