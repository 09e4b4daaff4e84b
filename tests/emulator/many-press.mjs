import { addMemoryOfC, assertCalm, built, online, ready, standstillLimit } from "./home.mjs";
import { keptHome } from "./kept-home.mjs";
import { isWholeNight } from "./night.mjs";
import { PressCount } from "./press-count.mjs";
import { Random } from "./random.mjs";
import { Stranger } from "./stranger.mjs";

/** Simulated minutes of several people pressing. */
const minutes = isWholeNight ? 20 : 2;

/** Several boards have one lamp for their button, more of them than it has security contexts. */
export async function manyPress(context, figures) {
	for (const members of isWholeNight ? [9, 16] : [9]) {
		await context.test(`a home of ${members}`, each => pressing(each, members, figures));
	}
}

async function pressing(context, members, figures) {
	const { house, boards } = await keptHome(members);
	const { network } = house;
	const [lamp, ...others] = boards;
	await house.run(20_000);
	/** One cause, or several, each in a test of its own; `isCalm`: nothing is in the way, and no press may be refused. */
	const step = (what, act, { isCalm = true } = {}) =>
		context.test(what, async each => {
			const count = new PressCount({ house, lamp });
			try {
				await act(count);
			} finally {
				const name = `home of ${members}, ${what}`;
				if (count.times.length > 0)
					figures.add(`${name}: press to remote LED, slowest, ms`, Math.max(...count.times));
				each.diagnostic(String(count));
				figures.add(
					`home of ${members}, ${what}: presses that did not act, of ${count.pressed}`,
					count.pressed - count.acted
				);
			}
			if (isCalm) count.assertAllActed();
			else count.assertJust();
			assertCalm(boards);
		});
	const restart = async () => {
		lamp.powerOff();
		await house.run(2_000);
		lamp.powerOn();
		await lamp.waitFor(ready);
		await lamp.waitFor(online);
	};
	const withStranger = async act => {
		const stranger = new Stranger({ house, target: lamp });
		stranger.begin();
		try {
			await act();
		} finally {
			stranger.end();
		}
	};

	await step("in turn", async count => {
		for (let round = 0; round < 2; round += 1) await count.inTurn(others, 1_500);
	});
	await step("in quick turn", count => count.inTurn(others, 200));
	await step("at once", async count => {
		for (let round = 0; round < 3; round += 1) await count.atOnce(others);
	});
	await step("after a power cut of the lamp, in turn", async count => {
		await restart();
		await count.inTurn(others, 1_500);
	});
	await step("after a power cut of the lamp, at once", async count => {
		await restart();
		for (let round = 0; round < 2; round += 1) await count.atOnce(others);
	});
	await step(
		"in turn, with a tenth of all frames lost",
		async count => {
			network.loss = 0.1;
			await count.inTurn(others, 1_500);
			network.loss = 0;
		},
		{ isCalm: false }
	);
	await step(
		"at once, beside a stranger's junk and handshakes",
		count => withStranger(() => count.atOnce(others)),
		{ isCalm: false }
	);
	await step(
		"in turn, each denied by a stranger with a forged 4.01",
		async count => {
			const stranger = new Stranger({ house, target: lamp });
			stranger.deny();
			await count.inTurn(others, 1_500);
			stranger.end();
		},
		{ isCalm: false }
	);
	await step(
		"the lamp's power is cut when it has acted, and its answer is lost",
		async count => {
			for (const board of others.slice(0, 3)) {
				await house.run(12_000);
				const { length } = lamp.edges;
				await count.atOnce([board], async () => {
					await house.run(10_000, () => lamp.edges.slice(length).some(({ pin }) => pin === built.line));
					network.loss = 1;
					// Until it has printed who asked it.
					await house.run(100);
					network.loss = 0;
					await restart();
				});
			}
		},
		{ isCalm: false }
	);
	await step(
		`${minutes} minutes of several people, with power cuts, losses and a stranger`,
		count => longTime({ house, network, others, count, restart, withStranger }),
		{ isCalm: false }
	);
	for (const { memory } of boards) {
		figures.most(
			`home of ${members}: XS RAM after a collection, most of any board, KB`,
			memory.peak / 1024,
			120
		);
	}
	const longest = Math.max(...boards.map(({ standstill }) => standstill));
	figures.add(`home of ${members}: longest standstill, ms`, longest, standstillLimit);
	addMemoryOfC(figures, boards);
}

/** Each minute another trouble; some boards press, at moments of their own. */
async function longTime({ house, network, others, count, restart, withStranger }) {
	const random = new Random(11);
	const troubles = [
		act => act(),
		async act => {
			network.loss = 0.1;
			await act();
			network.loss = 0;
		},
		async act => {
			await restart();
			await act();
		},
		withStranger
	];
	for (let minute = 0; minute < minutes; minute += 1) {
		const trouble = troubles[minute % troubles.length];
		const end = house.milliseconds + 60_000;
		await trouble(async () => {
			while (house.milliseconds < end - 10_000) {
				const some = others.filter(() => random.below(3) === 0);
				await count.inTurn(some, random.below(2_000));
				await house.run(random.below(4_000));
			}
		});
		await house.run(Math.max(0, end - house.milliseconds));
	}
}
