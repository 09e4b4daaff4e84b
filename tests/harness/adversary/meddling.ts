import type { Machine } from "./machine.js";
import type { Fate } from "./network.js";
import type { Meddling } from "./scenario.js";
import type { World } from "./world.js";

/** What the adversary can do to a machine. */
export interface Hands {
	stop(machine: Machine, milliseconds: number, order: number): void;
	restart(machine: Machine, milliseconds: number): void;
}

/** Hands that take hold of a machine at once and let go of it after the given time, in a world without other cares. */
export function handsIn(world: World): Hands {
	return {
		stop: (machine, milliseconds, order) => {
			if (!machine.isOn || machine.isStopped) return;
			machine.stop();
			world.after(milliseconds, () => machine.resume(order));
		},
		restart: (machine, milliseconds) => {
			if (machine.isInTurn || !machine.isOn) return;
			machine.cut();
			world.after(milliseconds, () => machine.start());
		}
	};
}

/** What becomes of a datagram that is meddled with; sender and receiver are undefined where they are no nodes. */
export function fateOf(
	way: Meddling,
	hands: Hands,
	sender: Machine | undefined,
	receiver: Machine | undefined
): Fate {
	const stop = (machine: Machine | undefined, ms: number, order: number) => () => {
		if (machine !== undefined) hands.stop(machine, ms, order);
	};
	const restart = (machine: Machine | undefined, ms: number) => () => {
		if (machine !== undefined) hands.restart(machine, ms);
	};
	switch (way.is) {
		case "dropped":
			return { arrivals: [] };
		case "held":
			return { arrivals: [way.ms] };
		case "repeated":
			return { arrivals: [1, way.ms] };
		case "dropped, and answered by":
			return { arrivals: [], forged: way.forgery };
		case "held, and answered by":
			return { arrivals: [way.ms], forged: way.forgery };
		case "passed, and answered by":
			return { arrivals: [1], forged: way.forgery };
		case "taken by one who then stops":
			return { arrivals: [1], after: stop(receiver, way.ms, way.order) };
		case "taken by one who then restarts":
			return { arrivals: [1], after: restart(receiver, way.ms) };
		case "sent by one who then restarts":
			return { arrivals: [2], before: restart(sender, way.ms) };
		case "sent by one who then stops":
			return { arrivals: [2], before: stop(sender, way.ms, way.order) };
	}
}
