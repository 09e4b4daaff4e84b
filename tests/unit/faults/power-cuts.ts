import { Kind } from "../../../modules/chain/chain.js";
import { ok } from "../../harness/assert.js";
import {
	chainOf,
	cutAtEveryWrite,
	type House,
	type NodeName,
	type Scenario
} from "../../harness/power-cuts.js";
import { homePassword, homePin } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";

const ready = /ready [0-9a-f]{32} /;

/** The door has joined, also where it asked and found nobody for a while, or its sponsor fell while it tried its password. */
function doorJoined(house: House): void {
	const door = house.node("door");
	const [text] = door.waitFor(/ready [0-9a-f]{32} |Not joined: [^\n]*\nPassword/, 120_000);
	if (text.startsWith("ready")) return;
	for (const answer of [homePassword, homePin]) door.type(answer);
	door.waitFor(ready, 120_000);
}

function invites(house: House): void {
	house.node("lamp").type("invite");
}

/** Whether a node has a block of this kind in its flash. */
function has(house: House, name: NodeName, kind: number): boolean {
	const chain = chainOf(house.node(name));
	return Array.from({ length: chain.length }, (_, number) => chain.kindAt(number)).includes(kind);
}

function removeKnob(house: House): void {
	// The last answer is to the question for a new password.
	for (const line of ["remove knob", "y", "n"]) house.node("lamp").type(line);
}

function completeRemoval(house: House): void {
	if (chainOf(house.node("lamp")).members.directory.alike("knob").length > 0) {
		removeKnob(house);
		house.node("lamp").waitFor(/knob is removed/);
	}
	const knob = house.node("knob");
	// Who was removed hears of it when it asks for something.
	knob.type("task lamp on");
	knob.until("status", /removed from the home/, 180_000);
	knob.cut();
	knob.start().waitFor(/ready /);
	knob.ask("status", /removed from the home/);
	knob.cut();
	house.node("door").until("status", /members +2;/);
}

function completeRotation(house: House): void {
	const door = house.node("door");
	if (!has(house, "door", Kind.rotate)) door.ask("rotate", /This node has a new key/);
	house.node("lamp").until("task door unlock", /door: unlocked\n/);
	door.until("task lamp on", /lamp: on\n/);
}

function makeCheckpoint(house: House): void {
	for (const line of ["checkpoint", "y"]) house.node("lamp").type(line);
}

function completeCheckpoint(house: House): void {
	if (chainOf(house.node("lamp")).checkpoint === 0) {
		makeCheckpoint(house);
		house.node("lamp").waitFor(/Checkpoint 1 is made/);
	}
	house.agree();
	for (const name of ["lamp", "door"] as const) ok(chainOf(house.node(name)).checkpoint === 1, name);
	house.node("door").until("task lamp on", /lamp: on\n/);
}

function recover(house: House): void {
	for (const line of ["recover door", house.recoveryKey, "-", "y"]) house.node("lamp").type(line);
}

const three = Object.freeze(["lamp", "door", "knob"] as const);
const two = Object.freeze(["lamp", "door"] as const);

const scenarios: Readonly<Record<string, Scenario>> = {
	"a founder is found again, or as new as before": {
		members: [],
		victim: "lamp",
		act: house => house.begin("lamp"),
		complete: house => house.node("lamp").waitFor(ready),
		after: ["lamp"]
	},
	"a joiner becomes one member, never two": {
		members: ["lamp"],
		victim: "door",
		act: house => {
			invites(house);
			house.begin("door");
		},
		complete: house => {
			invites(house);
			doorJoined(house);
		},
		after: ["lamp", "door"]
	},
	"a sponsor keeps who it has admitted": {
		members: ["lamp"],
		victim: "lamp",
		act: house => {
			invites(house);
			house.begin("door");
		},
		complete: house => {
			invites(house);
			doorJoined(house);
		},
		after: ["lamp", "door"]
	},
	"a lock that hears of a new member comes up locked, and hears of it again": {
		members: ["lamp", "door"],
		victim: "door",
		act: house => {
			house.node("lamp").ask("task door unlock", /door: unlocked/);
			invites(house);
			house.begin("knob");
		},
		complete: house => house.node("knob").waitFor(ready, 120_000),
		after: ["lamp", "door", "knob"]
	},
	"a light is lit as the asker was told": {
		members: ["lamp", "door"],
		victim: "lamp",
		act: house => house.node("door").type("task lamp on"),
		complete: house => {
			house.node("door").until("task lamp on", /lamp: on\n/);
			ok(house.node("lamp").line.value === 1, "lit");
		},
		after: ["lamp", "door"]
	},
	"a founder's new password is the old one or the new one": {
		members: ["lamp", "door"],
		victim: "lamp",
		act: house => {
			for (const line of ["password", "better password", "better password", "97531", "97531"])
				house.node("lamp").type(line);
		},
		complete: house => {
			for (const line of ["password", "better password", "better password", "97531", "97531"])
				house.node("lamp").type(line);
			house.node("lamp").waitFor(/The home has a new password/);
			house.node("door").waitFor(/the home has a new password/);
		},
		after: ["lamp", "door"]
	},
	"a founder that removes a node has removed it, or can": {
		members: three,
		victim: "lamp",
		act: removeKnob,
		complete: completeRemoval,
		after: two
	},
	"a lock that hears of a removal obeys the removed no more": {
		members: three,
		victim: "door",
		act: removeKnob,
		complete: completeRemoval,
		after: two
	},
	"a node that is removed knows it": {
		members: three,
		victim: "knob",
		act: house => {
			removeKnob(house);
			house.node("lamp").waitFor(/knob is removed/);
			house.node("knob").type("task lamp on");
		},
		complete: completeRemoval,
		after: two
	},
	"a node that takes a new key has the old one or the new one, and is heard under it": {
		members: two,
		victim: "door",
		act: house => house.node("door").type("rotate"),
		complete: completeRotation,
		after: two
	},
	"a node that hears of another's new key talks to it": {
		members: two,
		victim: "lamp",
		act: house => house.node("door").type("rotate"),
		complete: completeRotation,
		after: two
	},
	"a grant counts, or can be given again": {
		members: three,
		victim: "lamp",
		act: house => house.node("lamp").type("grant knob unlock door"),
		complete: house => {
			if (!has(house, "lamp", Kind.grant))
				house.node("lamp").ask("grant knob unlock door", /knob may unlock/);
			house.node("knob").until("task door unlock", /door: unlocked\n/);
		},
		after: three
	},
	"a founder that makes a checkpoint has made it, or can": {
		members: two,
		victim: "lamp",
		act: makeCheckpoint,
		complete: completeCheckpoint,
		after: two
	},
	"a node that takes over a checkpoint has it, or gets it": {
		members: two,
		victim: "door",
		act: makeCheckpoint,
		complete: completeCheckpoint,
		after: two
	},
	"the paper key makes an owner, or can": {
		members: two,
		victim: "lamp",
		act: recover,
		complete: house => {
			const isOwner = () => chainOf(house.node("lamp")).members.directory.alike("door")[0]?.isOwner === true;
			if (!isOwner()) {
				recover(house);
				house.node("lamp").waitFor(/A new era of the home has begun/);
			}
			house.agree();
			ok(isOwner(), "an owner");
		},
		after: two
	},
	"a wipe that was cut short is finished, or was none": {
		members: ["lamp", "door"],
		victim: "door",
		wipes: true,
		act: house => {
			house.node("door").type("reset");
			house.node("door").type("wipe");
		},
		complete: house => {
			const door = house.node("door");
			if (!door.isOn) house.begin("door");
			invites(house);
			// A wiped node is another one, and its old name is taken by the one that it was.
			const [text] = door.waitFor(/ready [0-9a-f]{32} |Not joined: the name "door" is taken/, 120_000);
			if (text.startsWith("ready")) return;
			door.cut();
		},
		after: ["lamp", "door"]
	}
};

const tests: Record<string, () => string> = {};
for (const [sentence, scenario] of Object.entries(scenarios)) {
	tests[sentence] = () => `${cutAtEveryWrite(scenario)} cuts`;
}

export default suite("with the power cut at every write", tests);
