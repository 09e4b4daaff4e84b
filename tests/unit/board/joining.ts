import { Joining, type NetworkState } from "../../../hosts/board/network/joining.js";
import { equal } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";

/** A Wi-Fi chip that does what a test says. */
class Chip {
	readonly clock = new VirtualClock();
	/** Each try: when, and with what. */
	readonly tries: string[] = [];
	readonly told: string[] = [];
	left = 0;
	isBusy = false;
	/** What a look finds. */
	now: readonly [number, string?] = [0];
	readonly joining = new Joining({
		connect: (ssid, password) => {
			if (this.isBusy) throw new Error("already connecting");
			this.tries.push(`${this.clock.now()} ${ssid} ${password}`);
		},
		disconnect: () => {
			this.left += 1;
		},
		look: () => this.joining.changed(...this.now),
		after: (milliseconds, action) => this.clock.after(milliseconds, action),
		onChange: (state: NetworkState, address) =>
			this.told.push(address === undefined ? state : `${state} ${address}`)
	});

	join(): this {
		this.joining.join("home", "password");
		return this;
	}

	/** The chip has joined and got an address. */
	online(address = "10.0.0.7"): void {
		this.now = [500, address];
		this.joining.changed(400, undefined);
		this.joining.changed(500, address);
	}

	/** The chip could not join, or lost the connection. */
	lose(): void {
		this.joining.changed(200, undefined);
	}
}

const seconds = (times: readonly string[]) => times.map(text => Number(text.split(" ")[0]) / 1000);

export default [
	suite("board: Joining", {
		"is on the way at once, and online with the address"() {
			const chip = new Chip();
			equal(chip.joining.state, "none");
			chip.join();
			equal(chip.joining.state, "joining");
			equal(chip.tries, ["0 home password"]);
			chip.online();
			equal(chip.joining.state, "online");
			equal(chip.told, ["online 10.0.0.7"]);
		},
		"tries for ever, after 1 s, 2 s, 4 s and 8 s, and says once that it is offline"() {
			const chip = new Chip().join();
			for (let i = 0; i < 10; i++) {
				chip.lose();
				chip.clock.advance(60_000);
			}
			const starts = seconds(chip.tries);
			// A try that hears nothing ends by itself, so only the beginnings of each minute count here.
			equal(starts.slice(0, 2), [0, 1]);
			equal(chip.told, ["offline"]);
			equal(starts.length >= 10, true);
		},
		"doubles the pause with each refusal, up to 8 s"() {
			const chip = new Chip().join();
			const pauses = [];
			for (let i = 0; i < 9; i++) {
				const refused = chip.clock.now();
				chip.lose();
				while (chip.tries.length === i + 1) chip.clock.advance(500);
				pauses.push((chip.clock.now() - refused) / 1000);
			}
			equal(pauses, [1, 2, 4, 8, 8, 8, 8, 8, 8]);
		},
		"gives up a try of which nothing is heard after 20 s"() {
			const chip = new Chip().join();
			chip.clock.advance(19_999);
			equal(chip.joining.state, "joining");
			chip.clock.advance(1);
			equal(chip.joining.state, "offline");
			chip.clock.advance(1_000);
			equal(seconds(chip.tries), [0, 21]);
			equal(chip.left, 1);
		},
		"tries again when the connection is lost, and begins with the short pause"() {
			const chip = new Chip().join();
			for (let i = 0; i < 5; i++) {
				chip.lose();
				chip.clock.advance(64_000);
			}
			chip.online();
			chip.lose();
			const before = chip.tries.length;
			chip.clock.advance(1_000);
			equal(chip.tries.length, before + 1);
			chip.online("10.0.0.8");
			equal(chip.told, ["offline", "online 10.0.0.7", "offline", "online 10.0.0.8"]);
		},
		"does not count one refusal twice"() {
			const chip = new Chip().join();
			chip.lose();
			chip.lose();
			chip.lose();
			chip.clock.advance(1_000);
			equal(chip.tries.length, 2);
		},
		"takes a chip that is busy as one that refuses, and tells from the loop"() {
			const chip = new Chip();
			chip.isBusy = true;
			chip.join();
			equal(chip.told, []);
			chip.isBusy = false;
			chip.clock.advance(1_000);
			equal(chip.told, ["offline"]);
			equal(chip.tries.length, 1);
		},
		"joins another network in place of the first, from whatever state"() {
			const chip = new Chip().join();
			chip.lose();
			chip.joining.join("other", "");
			equal(chip.joining.state, "joining");
			equal(chip.tries.at(-1), "0 other ");
			chip.clock.advance(5_000);
			equal(chip.tries.length, 2);
			chip.online();
			equal(chip.told, ["offline", "online 10.0.0.7"]);
		},
		"tells of a new address, and not of the same one again"() {
			const chip = new Chip().join();
			chip.online();
			chip.online();
			chip.online("10.0.0.9");
			equal(chip.told, ["online 10.0.0.7", "online 10.0.0.9"]);
		},
		"looks at the address while it is online, since nobody tells of one by a renewed lease"() {
			const chip = new Chip().join();
			chip.online();
			chip.now = [500, "10.0.0.9"];
			chip.clock.advance(2_000);
			equal(chip.told, ["online 10.0.0.7", "online 10.0.0.9"]);
			chip.clock.advance(10_000);
			equal(chip.told.length, 2);
			chip.now = [500, "10.0.0.10"];
			chip.clock.advance(2_000);
			equal(chip.told.at(-1), "online 10.0.0.10");
			equal(chip.tries.length, 1);
		},
		"is offline without an address, and joins anew"() {
			const chip = new Chip().join();
			chip.online();
			chip.now = [500];
			chip.clock.advance(2_000);
			equal(chip.told, ["online 10.0.0.7", "offline"]);
			chip.clock.advance(1_000);
			equal([chip.tries.length, chip.left], [2, 1]);
			chip.online();
			equal(chip.told.at(-1), "online 10.0.0.7");
		},
		"does nothing any more once it has left"() {
			const chip = new Chip().join();
			chip.joining.leave();
			chip.online();
			chip.clock.advance(100_000);
			equal(chip.told, []);
			equal(chip.tries.length, 1);
			equal(chip.joining.state, "none");
		}
	})
];
