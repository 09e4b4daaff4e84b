import { AccessPoint } from "./access-point.mjs";
import { everyone, isSame, readDatagram, textOf } from "./packets.mjs";
import { Random } from "./random.mjs";

const million = 1_000_000;

/** Milliseconds. No radio is simulated: these stand in its place, and no measured figure is finer than them. */
export const delays = Object.freeze({
	/** From one station through the access point to another one. */
	frame: 1,
	/** To find the network, associate, and agree on keys. */
	join: 300,
	/** Until a wrong password or a network that is not there shows. */
	refusal: 2_000,
	/** Until a station notices that the access point is gone. */
	beaconLoss: 3_000
});

/**
 * A virtual Wi-Fi with one access point. A station is anything with a `mac`, `deliver(frame, at)` and
 * `linkLost(at)`; times are nanoseconds of the house.
 */
export class WifiNetwork {
	ssid;
	password;
	accessPoint;
	/** Of the frames that go from station to station, how many get lost, 0 to 1. */
	loss = 0;
	/** Given each datagram that is sent, as `{ at, from, to, data, isLost }`: addresses as texts with their ports. */
	onDatagram = () => {};
	#stations = new Set();
	#isOn = true;
	#random;

	/** `time`: seconds since 1970, as a function, for SNTP. */
	constructor({ ssid = "testnet", password = "secret123", time, seed = 1 } = {}) {
		this.ssid = ssid;
		this.password = password;
		this.accessPoint = new AccessPoint({ time });
		this.#random = new Random(seed);
	}

	/** What comes of an attempt to join: "joined", "wrong password" or "no network". */
	join(station, ssid, password) {
		this.leave(station);
		if (!this.#isOn || ssid !== this.ssid) return "no network";
		if (password !== this.password) return "wrong password";
		this.#stations.add(station);
		return "joined";
	}

	leave(station) {
		this.#stations.delete(station);
	}

	/** Whether frames of this station reach anybody. */
	has(station) {
		return this.#stations.has(station);
	}

	/** The access point loses its power: nothing gets through, and its stations notice later. */
	turnOff(now) {
		this.#isOn = false;
		for (const station of this.#stations) station.linkLost(now + delays.beaconLoss * million);
		this.#stations.clear();
	}

	/** It is there again; stations have to join anew. */
	turnOn() {
		this.#isOn = true;
	}

	/** A frame leaves a station at that moment. */
	send(from, frame, now) {
		if (!this.#stations.has(from)) return;
		const to = frame.subarray(0, 6);
		const isGroup = (to[0] & 1) !== 0;
		const isLost = this.#random.below(1_000_000) < this.loss * 1_000_000;
		this.#note(frame, now, isLost);
		if (isLost) return;
		const at = now + delays.frame * million;
		for (const station of this.#stations) {
			if (station !== from && (isGroup || isSame(station.mac, to))) station.deliver(Buffer.from(frame), at);
		}
		if (!isSame(to, everyone) && !isSame(to, this.accessPoint.mac)) return;
		const answer = this.accessPoint.answer(frame, now);
		if (answer !== undefined) from.deliver(answer, at);
	}

	#note(frame, at, isLost) {
		const datagram = readDatagram(frame);
		if (datagram === undefined) return;
		const [from, to] = [datagram.from, datagram.to].map(({ address, port }) => `${textOf(address)}:${port}`);
		this.onDatagram({ at, from, to, data: Buffer.from(datagram.data), isLost });
	}
}
