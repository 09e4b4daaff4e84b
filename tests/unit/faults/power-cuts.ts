import { ok } from "../../harness/assert.js";
import { cutAtEveryWrite, type House, type Scenario } from "../../harness/power-cuts.js";
import { suite } from "../../harness/suite.js";

const ready = /ready [0-9a-f]{16} /;

/** The door has joined, also where it asked and found nobody for a while. */
function doorJoined(house: House): void {
	house.node("door").waitFor(ready, 120_000);
}

function invites(house: House): void {
	house.node("lamp").type("invite");
}

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
			for (const line of ["password", "better password", "97531"]) house.node("lamp").type(line);
		},
		complete: house => {
			for (const line of ["password", "better password", "97531"]) house.node("lamp").type(line);
			house.node("lamp").waitFor(/The home has a new password/);
			house.node("door").waitFor(/the home has a new password/);
		},
		after: ["lamp", "door"]
	},
	"a wipe that was cut short is finished, or was none": {
		members: ["lamp", "door"],
		victim: "door",
		wipes: true,
		act: house => {
			house.node("door").type("reset");
			house.node("door").type("y");
		},
		complete: house => {
			const door = house.node("door");
			if (!door.isOn) house.begin("door");
			invites(house);
			// A wiped node is another one, and its old name is taken by the one that it was.
			const [text] = door.waitFor(/ready [0-9a-f]{16} |Not joined: the name "door" is taken/, 120_000);
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
