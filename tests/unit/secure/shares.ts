import { Code, decodeMessage, findOption, MessageType, OptionNumber } from "../../../modules/coap/coap.js";
import { equal, ok } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { beginsHandshake, isSealed, restart, secureHome } from "./house.js";

export default suite("shares of members", {
	"a member that leaves answers without acknowledgement keeps no place that another needs": () => {
		const { network, lamp, door, knob } = secureHome();
		// Nobody tells the lock that its chain is fresh, so each unlock waits, and is answered in a message of its own.
		let isAlone = true;
		network.passes = ({ from, to, bytes }) => {
			if (isAlone && [from, to].includes(lamp.address)) return false;
			const isAnswer = !isSealed(bytes) && decodeMessage(bytes).code === Code.Empty;
			return !(from === knob.address && to === door.address && isAnswer);
		};
		restart(door);
		for (let count = 0; count < 20; count += 1) {
			knob.type("task door read");
			network.clock.advance(600);
			knob.type("task door unlock");
			network.clock.advance(600);
		}
		isAlone = false;
		lamp.ask("task door read", /^door: locked\n/);
		ok(!/asked: unlock/.test(door.output), door.output);
	},
	"who watches a device is not told that it is away when the two make new keys": () => {
		const { network, lamp, door, knob } = secureHome();
		knob.type("watch lamp");
		network.clock.advance(23 * 3_600_000);
		const before = knob.output.length;
		let isRekeyed = false;
		network.tap = datagram => {
			const places = [datagram.from, datagram.to];
			isRekeyed ||=
				beginsHandshake(datagram) && places.includes(knob.address) && places.includes(lamp.address);
		};
		while (!isRekeyed) network.clock.advance(1_000);
		network.clock.advance(1_000);
		// Under the new keys: those under which it is watched end with that.
		lamp.ask("task knob read", /knob: /);
		network.clock.advance(10_000);
		equal(knob.output.slice(before), "");
		door.ask("task lamp on", /lamp: on/);
		network.clock.advance(1_000);
		equal(knob.output.slice(before), "lamp: on\n");
		lamp.cut();
		knob.waitFor(/^lamp: no answer\n/, 90_000, knob.output.length);
	},
	"who watches a device and asks it for something under new keys hears of its next change within seconds":
		() => {
			const { network, lamp, door, knob } = secureHome();
			knob.type("watch lamp");
			network.clock.advance(23 * 3_600_000);
			let isRekeyed = false;
			network.tap = datagram => {
				const places = [datagram.from, datagram.to];
				isRekeyed ||=
					beginsHandshake(datagram) && places.includes(knob.address) && places.includes(lamp.address);
			};
			while (!isRekeyed) network.clock.advance(100);
			network.clock.advance(100);
			// From now on the device knows that both have them, and what it was watched under ends there first.
			const before = knob.output.length;
			knob.ask("task lamp read", /^lamp: off\n/);
			network.clock.advance(100);
			door.ask("task lamp on", /lamp: on/);
			network.clock.advance(8_000);
			equal(knob.output.slice(before), "lamp: off\nlamp: on\n");
		},
	"a quiet device that is watched for long keeps one observation for it, and its change is told at once":
		() => {
			const { network, lamp, door, knob } = secureHome();
			knob.type("watch lamp");
			network.clock.advance(1_230_000);
			let told = 0;
			network.tap = ({ from, bytes }) => {
				if (from === lamp.address && isNotification(bytes)) told += 1;
			};
			const before = knob.output.length;
			door.ask("task lamp on", /lamp: on/);
			network.clock.advance(1_000);
			equal([knob.output.slice(before), told], ["lamp: on\n", 1]);
		}
});

/** Whether it is a state that nobody has asked for just now. */
function isNotification(bytes: Uint8Array): boolean {
	const { type, options } = decodeMessage(bytes);
	return type === MessageType.Confirmable && findOption(options, OptionNumber.Observe) !== undefined;
}
