/** The bare specifiers of hosts/types, and where Node finds each. */
const hosts = new Map([
	["bulk", "bulk.mjs"],
	["primitives", "primitives.mjs"],
	["entropy", "entropy.mjs"],
	["timer", "timer.mjs"],
	["time", "time.mjs"],
	["preference", "preference.mjs"],
	["socket", "socket.mjs"],
	["terminal", "terminal.mjs"],
	["network", "network.mjs"],
	["vitals", "vitals.mjs"],
	["embedded:io/digital", "digital.mjs"],
	["mc/config", "config.mjs"]
]);

export function resolve(specifier, context, nextResolve) {
	const file = hosts.get(specifier);
	if (file === undefined) return nextResolve(specifier, context);
	return { url: new URL(`./hosts/${file}`, import.meta.url).href, shortCircuit: true };
}
