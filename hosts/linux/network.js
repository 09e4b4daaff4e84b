/** The system connects, so the state is "online" at once and never changes. */
export default class Network {
	constructor(options) {
		if (typeof options?.onChange !== "function") throw new TypeError("Network: onChange is no function");
	}

	get state() {
		return "online";
	}

	get isFixed() {
		return true;
	}

	join() {
		throw new Error("Network: the system connects this machine, not this program");
	}

	close() {}
}
