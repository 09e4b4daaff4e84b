import type { Guard } from "./guard.js";
import type { Host } from "./host.js";

/** A host of which every callback into the application goes through a guard. */
export function guardHost(host: Host, guard: Guard): Host {
	const { config, preference, clock, vitals } = host;
	return {
		config,
		preference,
		vitals,
		clock: {
			now: () => clock.now(),
			after: (milliseconds, action) => clock.after(milliseconds, () => guard.run("a timer", action))
		},
		random: count => host.random(count),
		time: () => host.time(),
		openTerminal: ({ onLine, onEnd }) =>
			host.openTerminal({
				onLine: line => guard.run("a line", () => onLine(line)),
				onEnd: () => guard.run("the end of the input", onEnd)
			}),
		openNetwork: (credentials, { onChange }) =>
			host.openNetwork(credentials, {
				onChange: (state, address) => guard.run("the network", () => onChange(state, address))
			}),
		openSocket: (port, receive) =>
			host.openSocket(port, (bytes, address, from) =>
				guard.run("a datagram", () => receive(bytes, address, from))
			),
		openLine: (pin, isOutput) => host.openLine(pin, isOutput),
		openButton: (pin, onEdge) => host.openButton(pin, () => guard.run("the button", onEdge)),
		exit: code => host.exit(code)
	};
}
