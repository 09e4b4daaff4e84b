/** How Node is doing, as far as it knows; the fault is in memory. */
const start = performance.now();
let fault;

export function heap() {
	const { heapUsed, heapTotal, arrayBuffers } = process.memoryUsage();
	return {
		slots: { used: heapUsed, size: heapTotal },
		chunks: { used: arrayBuffers, size: arrayBuffers }
	};
}

export function freeStorage() {
	return undefined;
}

export function uptime() {
	return performance.now() - start;
}

export function lastFault() {
	return fault;
}

export function noteFault(text) {
	fault = text === "" ? undefined : String(text);
}
