import { randomBytes } from "entropy";
import { Socket } from "socket";
import { equal, ok, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { standIn } from "./stand-in.js";
import { until, wait } from "./wait.js";

const local = "127.0.0.1";

/** A socket on a port that nobody else is likely to have. */
function open(): { socket: Socket; port: number } {
	for (let tries = 1; ; tries++) {
		const [high = 0, low = 0] = new Uint8Array(randomBytes(2));
		const port = 20_000 + (((high << 8) | low) % 12_000);
		try {
			return { socket: new Socket({ kind: "UDP", port }), port };
		} catch (error) {
			if (tries === 10) throw error;
		}
	}
}

interface Arrival {
	readonly bytes: ArrayBuffer;
	readonly announced: number | undefined;
	readonly address: string | undefined;
	readonly port: number | undefined;
}

/** Keeps what arrives. */
function collect(socket: Socket): Arrival[] {
	const arrivals: Arrival[] = [];
	socket.callback = (message, announced, address, port) => {
		if (message !== 2) return;
		arrivals.push({ bytes: socket.read(ArrayBuffer), announced, address, port });
	};
	return arrivals;
}

/** Two open sockets for `action`, closed after it. */
async function pair(
	action: (a: Socket, aPort: number, b: Socket, bPort: number) => Promise<void>
): Promise<void> {
	const a = open();
	const b = open();
	await wait(10);
	try {
		await action(a.socket, a.port, b.socket, b.port);
	} finally {
		a.socket.close();
		b.socket.close();
	}
}

export default [
	suite("host: Socket", {
		"carries whole datagrams of 0 bytes to 60 KB, with their sender"() {
			return pair(async (a, aPort, b, bPort) => {
				const arrivals = collect(b);
				const sizes = [0, 1, 1152, 1500, 60_000, 0, 3];
				for (const [index, size] of sizes.entries()) {
					a.write(local, bPort, Uint8Array.from({ length: size }, (_, i) => (i * 31 + size) & 0xff).buffer);
					await until(() => arrivals.length > index);
				}
				for (const [index, size] of sizes.entries()) {
					const arrival = arrivals[index];
					equal(arrival?.announced, size);
					equal(arrival?.bytes, Uint8Array.from({ length: size }, (_, i) => (i * 31 + size) & 0xff).buffer);
					equal([arrival?.address, arrival?.port], [local, aPort]);
				}
			});
		},
		"answers go back to the sender's address and port"() {
			return pair(async (a, _, b, bPort) => {
				const answers = collect(a);
				b.callback = (message, _count, address = "", port = 0) => {
					if (message === 2) b.write(address, port, b.read(ArrayBuffer));
				};
				a.write(local, bPort, Uint8Array.of(1, 2, 3).buffer);
				await until(() => answers.length > 0);
				equal(answers[0]?.bytes, Uint8Array.of(1, 2, 3).buffer);
				equal(answers[0]?.port, bPort);
			});
		},
		"keeps a burst in order, one callback for each"() {
			return pair(async (a, _, b, bPort) => {
				const arrivals = collect(b);
				for (let i = 0; i < 100; i++) a.write(local, bPort, Uint8Array.of(i).buffer);
				await until(() => arrivals.length === 100);
				equal(
					arrivals.map(arrival => new Uint8Array(arrival.bytes)[0]),
					Array.from({ length: 100 }, (_, i) => i)
				);
			});
		},
		"a second read of a datagram throws, and so does a read outside the callback"() {
			return pair(async (a, _, b, bPort) => {
				let checked = false;
				b.callback = message => {
					if (message !== 2) return;
					b.read(ArrayBuffer);
					throws(() => b.read(ArrayBuffer), Error);
					checked = true;
				};
				a.write(local, bPort, Uint8Array.of(1).buffer);
				await until(() => checked);
				throws(() => b.read(ArrayBuffer), Error);
			});
		},
		"what a callback does not read is gone, and the next datagram comes"() {
			return pair(async (a, _, b, bPort) => {
				const sizes: (number | undefined)[] = [];
				b.callback = (message, size) => {
					if (message !== 2) return;
					sizes.push(size);
					if (size === 2) equal(b.read(ArrayBuffer).byteLength, 2);
				};
				a.write(local, bPort, new ArrayBuffer(1));
				a.write(local, bPort, new ArrayBuffer(2));
				await until(() => sizes.length === 2);
				equal(sizes, [1, 2]);
			});
		},
		"closed in its own callback is not called again, whatever has come meanwhile"() {
			return pair(async (a, _, b, bPort) => {
				let count = 0;
				b.callback = message => {
					if (message !== 2) return;
					count += 1;
					b.close();
				};
				for (let i = 0; i < 5; i++) a.write(local, bPort, Uint8Array.of(i).buffer);
				await wait(50);
				equal(count, 1);
			});
		},
		async "closed frees its port, a second close is harmless and nothing more is sent"() {
			const { socket, port } = open();
			await wait(10);
			socket.close();
			socket.close();
			throws(() => socket.write(local, port, new ArrayBuffer(1)), Error);
			await wait(10);
			new Socket({ kind: "UDP", port }).close();
		},
		"survives datagrams to a port where nobody listens"() {
			return pair(async (a, aPort, b) => {
				const nobody = open();
				await wait(10);
				nobody.socket.close();
				await wait(10);
				const arrivals = collect(a);
				for (let i = 0; i < 5; i++) a.write(local, nobody.port, Uint8Array.of(i).buffer);
				await wait(20);
				b.write(local, aPort, Uint8Array.of(7).buffer);
				await until(() => arrivals.length > 0);
				equal(arrivals[0]?.bytes, Uint8Array.of(7).buffer);
			});
		},
		"takes broadcasts, or says that this machine cannot send"() {
			return pair(async (a, _, _b, bPort) => {
				try {
					a.write("255.255.255.255", bPort, Uint8Array.of(1).buffer);
				} catch (error) {
					ok(error instanceof Error && error.message === "Socket: Network is unreachable", String(error));
				}
				await wait(5);
			});
		},
		"refuses addresses that are none"() {
			return pair(async (a, _, _b, bPort) => {
				for (const address of ["", "localhost", "1.2.3", "1.2.3.4.5", "256.1.1.1", "::1"]) {
					throws(() => a.write(address, bPort, new ArrayBuffer(1)), Error, "address");
				}
			});
		},
		"refuses a port that is taken, ports that are none and datagrams that are too long"() {
			if (standIn) return Promise.resolve();
			return pair(async (a, aPort, _b, bPort) => {
				throws(() => new Socket({ kind: "UDP", port: aPort }), Error, `port ${aPort}`);
				for (const port of [-1, 65_536, 1.5, Number.NaN]) {
					throws(() => new Socket({ kind: "UDP", port }), RangeError, "port");
					throws(() => a.write(local, port, new ArrayBuffer(1)), RangeError, "port");
				}
				throws(() => a.write(local, bPort, new ArrayBuffer(65_536)), Error);
				throws(() => Reflect.apply(a.write, a, [local, bPort, "text"]), TypeError);
			});
		},
		async "stays open though nobody keeps it, until it is closed"() {
			const sender = open();
			let received = 0;
			const port = (() => {
				const { socket, port } = open();
				socket.callback = message => {
					if (message !== 2) return;
					received += 1;
					if (received === 2) socket.close();
				};
				return port;
			})();
			await wait(10);
			for (let i = 0; i < 2; i++) {
				const litter: number[][] = [];
				for (let j = 0; j < 2000; j++) litter.push(new Array(10).fill(j));
				ok(litter.length === 2000);
				sender.socket.write(local, port, Uint8Array.of(i).buffer);
				await until(() => received > i);
			}
			sender.socket.close();
			equal(received, 2);
		}
	})
];
