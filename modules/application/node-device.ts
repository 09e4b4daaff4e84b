import type { Clock } from "../clock/clock.js";
import { Device, type DeviceType, Input, isInputType, type State } from "../devices/devices.js";
import type { Pin } from "../node/node.js";
import type { Guard } from "./guard.js";
import type { EdgeEvents, Host } from "./host.js";

export interface NodeDeviceOptions {
	readonly host: Host;
	readonly clock: Clock;
	readonly guard: Guard;
	readonly type: DeviceType;
	/** Its line; without one it has a state all the same. */
	readonly pin: Pin | undefined;
	/** The state that is kept of it. */
	readonly last: State | undefined;
	/** What it senses is other than before. */
	readonly onChange: () => void;
}

/** The device of this node, on the line that is configured. */
export class NodeDevice implements EdgeEvents {
	readonly device: Device;
	readonly #guard: Guard;
	readonly #input: Input | undefined;

	/** Throws what the host throws when it has no such line. */
	constructor({ host, clock, guard, type, pin, last, onChange }: NodeDeviceOptions) {
		this.#guard = guard;
		if (pin === undefined) this.device = new Device({ type, last });
		else if (isInputType(type)) {
			const input = new Input({ clock, line: host.openInput(pin, this), onChange });
			this.#input = input;
			this.device = new Device({ type, input });
		} else this.device = new Device({ type, line: host.openOutput(pin), last });
	}

	onEdge(): void {
		const input = this.#input;
		// A line that changes all the time must not cost more than this.
		if (input === undefined || input.isLooking) return;
		this.#guard.run("a line", () => input.edge());
	}
}
