function addresses() @ "xs_network_address";

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

	/** Those of this machine as they are now; undefined where it has none but the loopback's. */
	get addresses() {
		return addresses();
	}

	join() {
		throw new Error("Network: the system connects this machine, not this program");
	}

	close() {}
}
