import {
	type Action,
	ActionError,
	actions,
	actionsOf,
	Device,
	deviceTypes,
	Input,
	type Line,
	typeName,
	typeNumber
} from "../../../modules/devices/devices.js";
import { equal, throws } from "../../harness/assert.js";
import { type Suite, suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";
import inputLine from "./input.js";

class FakeLine implements Line {
	value = 0;
	read(): number {
		return this.value;
	}
	write(value: 0 | 1): void {
		this.value = value;
	}
}

export default [
	suite("devices", {
		"a light does on, off and toggle, and its line follows": () => {
			const line = new FakeLine();
			const light = new Device({ type: "light", line });
			equal(light.state, "off");
			for (const [action, state, level] of [
				["on", "on", 1],
				["toggle", "off", 0],
				["toggle", "on", 1],
				["read", "on", 1],
				["off", "off", 0]
			] as const) {
				equal(light.perform(action), state, action);
				equal(line.value, level, action);
			}
		},
		"a light comes back as it was": () => {
			const line = new FakeLine();
			equal(new Device({ type: "light", line, last: "on" }).state, "on");
			equal(line.value, 1);
			equal(new Device({ type: "light", last: "locked" }).state, "off");
		},
		"a lock powers up locked whatever it was": () => {
			const line = new FakeLine();
			line.value = 1;
			const lock = new Device({ type: "lock", line, last: "unlocked" });
			equal(lock.state, "locked");
			equal(line.value, 0);
			equal(lock.perform("unlock"), "unlocked");
			equal(line.value, 1);
			equal(lock.perform("lock"), "locked");
			equal(line.value, 0);
		},
		"switches and sensors are read off their line and never drive it": () => {
			for (const type of ["switch", "sensor"] as const) {
				const line = new FakeLine();
				line.value = 1;
				const input = new Input({ clock: new VirtualClock(), line, onChange: () => undefined });
				const device = new Device({ type, input, last: "off" });
				equal(device.perform("read"), "on");
				line.value = 0;
				equal(device.state, "off");
			}
		},
		"an action of another type is refused and changes nothing": () => {
			for (const type of deviceTypes) {
				const device = new Device({ type });
				const before = device.state;
				for (const action of actions) {
					if (device.actions.includes(action)) continue;
					throws(() => device.perform(action), ActionError, `a ${type} cannot be`);
					equal(device.state, before);
				}
			}
		},
		"what a device cannot do is said together with what it can": () => {
			const light = () => new Device({ type: "light" }).perform("lock");
			throws(
				light,
				ActionError,
				"a light cannot be locked: it can be switched on, switched off, toggled or read"
			);
			const wall = () => new Device({ type: "switch" }).perform("on");
			throws(wall, ActionError, "a switch cannot be switched on: it can be read");
		},
		"types and actions have the numbers that stand on the chain": () => {
			equal(deviceTypes.map(typeNumber), [0, 1, 2, 3]);
			equal([0, 1, 2, 3].map(typeName), ["light", "lock", "switch", "sensor"]);
			equal(typeName(9), "type-9");
			equal(typeNumber("door"), undefined);
			const expected: Action[] = ["read", "on", "off", "toggle", "lock", "unlock"];
			equal(actions, expected);
			equal(actionsOf(9), []);
		}
	}),
	inputLine
] as Suite[];
